import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelModules

@Suite struct `A kernel's modules` {
  private let scratch: Scratch
  private let places: Places

  init() throws {
    scratch = try Scratch()
    places = Places(environment: ["XDG_CACHE_HOME": scratch.url.path, "HOME": scratch.url.path])
  }

  private func module(_ path: String, _ texts: String) throws {
    try scratch.file("\(path)", ModuleFile(texts).bytes)
  }

  private func find(_ image: String, _ release: String = "6.1.0") -> ModuleFolder? {
    ModuleFolder(besideImage: scratch.url.appending(path: image), release: release)
  }

  @Test(arguments: [
    ("boot/vmlinuz-6.1.0", "lib/modules/6.1.0"), ("boot/vmlinuz-6.1.0", "usr/lib/modules/6.1.0"),
    ("usr/lib/modules/6.1.0/vmlinuz", "usr/lib/modules/6.1.0"), ("vmlinuz", "lib/modules/6.1.0"),
  ])
  func `are found where packages and systems have them`(_ image: String, _ folder: String) throws {
    try module("\(folder)/kernel/fs/a.ko", "name=a")
    #expect(find(image)?.find("a") == .file(scratch.url.appending(path: "\(folder)/kernel/fs/a.ko")))
  }

  @Test func `are not those of another release`() throws {
    try module("lib/modules/6.1.0/kernel/a.ko", "name=a")
    #expect(find("boot/vmlinuz-6.1.1", "6.1.1") == nil)
    #expect(find("boot/vmlinuz", "") == nil)
    #expect(find("boot/vmlinuz", "../modules/6.1.0") == nil)
  }

  @Test func `are not a folder without modules, as a package's without them has`() throws {
    try scratch.file("lib/modules/6.1.0/modules.builtin", "kernel/fs/ext4/ext4.ko\n")
    #expect(find("boot/vmlinuz-6.1.0") == nil)
  }

  @Test func `of a tree are those installed from there, when that came after the image`() throws {
    try module("tree/lib/modules/6.1.0/kernel/a.ko", "name=a")
    let order = try scratch.file("tree/lib/modules/6.1.0/modules.order", "kernel/a.ko\n")
    let image = try scratch.file("tree/arch/x86/boot/bzImage", "kernel")
    func set(_ file: URL, _ seconds: Double) throws {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: file.path)
    }
    try set(image, 1000)
    try set(order, 2000)
    #expect(find("tree/arch/x86/boot/bzImage") != nil)
    try set(image, 3000)
    #expect(find("tree/arch/x86/boot/bzImage") == nil, "modules of the kernel before this one")
  }

  @Test func `are built in where the list says so`() throws {
    try module("lib/modules/6.1.0/kernel/a-b.ko", "name=a_b")
    let silent = try #require(find("boot/vmlinuz"))
    #expect(silent.find("ext4") == .absent && !silent.knowsBuiltIn)
    try scratch.file("lib/modules/6.1.0/modules.builtin", "kernel/fs/ext4/ext4.ko\nkernel/x-y.ko\n")
    let folder = try #require(find("boot/vmlinuz"))
    #expect(folder.knowsBuiltIn)
    #expect(folder.find("ext4") == .builtIn && folder.find("x_y") == .builtIn && folder.find("x-y") == .builtIn)
    #expect(folder.find("a_b") == folder.find("a-b"))
    #expect(folder.find("b") == .absent)
  }

  @Test func `that were added go before those that came with the kernel`() throws {
    try module("lib/modules/6.1.0/kernel/net/a.ko", "name=a")
    try module("lib/modules/6.1.0/updates/a.ko", "name=a")
    guard case .file(let file)? = find("boot/vmlinuz")?.find("a") else { return #expect(Bool(false)) }
    #expect(file.path.hasSuffix("updates/a.ko"))
  }

  @Test(arguments: [("xz", ".xz"), ("zstd", ".zst"), ("gzip", ".gz")])
  func `are unpacked when they are compressed`(_ program: String, _ ending: String) async throws {
    let plain = try scratch.file("lib/modules/6.1.0/kernel/a.ko", ModuleFile("name=a", "depends=b").bytes)
    try module("lib/modules/6.1.0/kernel/b.ko", "name=b")
    _ = try await Tool("sh", remedy: "").succeed(
      ["-c", #""$1" -c "$2" >"$2$3" && rm "$2""#, "sh", try Tool(program, remedy: "").path, plain.path, ending])
    let loaded = try await ModuleSet(find("boot/vmlinuz"), places: places).load(["a"]).get()
    #expect(loaded.map(\.name) == ["b", "a"])
    #expect(loaded.last?.bytes == Data(ModuleFile("name=a", "depends=b").bytes))
  }

  @Test func `that are damaged are this side's trouble, and named`() async throws {
    try scratch.file("lib/modules/6.1.0/kernel/a.ko", "no ELF")
    try scratch.file("lib/modules/6.1.0/kernel/b.ko.xz", "no xz")
    let set = ModuleSet(find("boot/vmlinuz"), places: places)
    for name in ["a", "b"] {
      let failure = await #expect(throws: Failure.self) { try await set.load([name]) }
      #expect(failure?.kind == .badInput && failure?.message.contains("/\(name).ko") == true)
    }
  }

  @Test func `that are missing are the kernel's lack`() async throws {
    try module("lib/modules/6.1.0/kernel/a.ko", "depends=gone")
    let set = ModuleSet(find("boot/vmlinuz"), places: places)
    #expect(try await set.load(["a"]) == .failure(ModuleOrder.Missing(name: "gone", dependent: "a")))
    #expect(try await set.load(["z"]) == .failure(ModuleOrder.Missing(name: "z", dependent: nil)))
  }

  @Test func `answer to the aliases that others recommend them by`() async throws {
    try scratch.file(
      "lib/modules/6.1.0/kernel/lib.ko", ModuleFile("name=lib", "softdep=pre: crc32c", "depends=").bytes)
    try scratch.file("lib/modules/6.1.0/kernel/crc32c-intel.ko", ModuleFile("alias=crc32c").bytes)
    try scratch.file("lib/modules/6.1.0/kernel/crc32-pclmul.ko", ModuleFile("alias=crc32").bytes)
    let loaded = try await ModuleSet(find("boot/vmlinuz"), places: places).load(["lib"]).get()
    #expect(loaded.map(\.name) == ["crc32c_intel", "lib"])
    #expect(loaded.map(\.isRequired) == [false, true])
  }

  @Test func `of the user's own go before the kernel's, and need no folder`() async throws {
    let own = try scratch.file("own/a.ko", ModuleFile("name=a", "depends=").bytes)
    let loaded = try await ModuleSet(nil, files: ["a": own], places: places).load(["a"]).get()
    #expect(loaded.map(\.name) == ["a"])
  }
}
