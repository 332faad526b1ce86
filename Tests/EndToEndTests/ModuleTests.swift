import Foundation
import HostSystem
import TestKernels
import Testing

/// Modules of Debian's kernels, which the run fetches when they are not there yet.
@Suite struct `A probe on a ready-made kernel` {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func probe(_ id: String, _ attributes: String, _ body: String) throws -> String {
    try scratch.file(
      "\(id).c",
      """
      #include <firstbad/kit.h>
      #include <sys/mount.h>
      PROBE("\(id)", "as it says", \(attributes))
      {
      \(body)
      PASS();
      }
      """)
  }

  /// Sees whether a module, or a file system of this name, is there.
  private static let loads = """
    CHECK(has_word(read_text("/proc/filesystems"), "xfs"));
    CHECK(access("/sys/module/libcrc32c", F_OK) == 0);
    """
  private static let overlays = """
    char options[256];
    const char *low = temp_folder(), *high = temp_folder(), *work = temp_folder(), *both = temp_folder();
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", low, high, work);
    CHECK_OK(mount("overlay", both, "overlay", 0, options));
    CHECK_OK(umount(both));
    """
  private static let loadsNone = #"CHECK_STR_EQ(read_text("/proc/modules"), "");"#

  private func folder(of kernel: String) -> URL {
    let image = URL(filePath: kernel)
    let release = image.lastPathComponent.replacing("vmlinuz-", with: "")
    return image.deletingLastPathComponent().deletingLastPathComponent().appending(path: "lib/modules/\(release)")
  }

  /// Two kernels of which the modules are there.
  private func kernels() async throws -> (oldest: String, newest: String) {
    let (oldest, newest) = (try await TestKernels.oldest(), try await TestKernels.newest())
    let probe = try probe("test.fetch", #"MODULE("veth")"#, "")
    let result = try await Command.firstbad(["run", "--kernels", oldest, newest, probe])
    try #require(result.status == 0, "\(result.output)\(result.errors)")
    return (oldest, newest)
  }

  @Test
  func `gets the modules that it names or whose symbols it needs, with what they depend on, and no other probe does`()
    async throws
  {
    let (oldest, newest) = try await kernels()
    let probes = [
      try probe("test.overlay", #"MODULE("overlay")"#, Self.overlays),
      try probe("test.symbol", #"NEEDS("CONFIG_OVERLAY_FS"), NEEDS("CONFIG_INET")"#, Self.overlays),
      try probe("test.depends", #"NEEDS("CONFIG_XFS_FS")"#, Self.loads),
      try probe("test.built-in", #"MODULE("ext4")"#, Self.loadsNone),
      try probe("test.plain", #"TIMEOUT_S(5)"#, Self.loadsNone),
    ]
    let result = try await Command.firstbad(["run", "--json", "--kernels", oldest, newest] + probes)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 10)
    let logs = Set(result.output.matches(of: #/"log":"([^"]*)"/#).map { String($0.1) })
    #expect(logs.count == 6, "three boots a kernel: overlay, xfs, none")
  }

  @Test(arguments: ["fs.overlay-layers-singly", "net.veth-crossing"])
  func `of the library that wants one passes on the oldest and the newest`(_ id: String) async throws {
    let (oldest, newest) = try await kernels()
    let result = try await Command.firstbad(["run", "--kernels", oldest, newest, id])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  @Test func `cannot tell when its module is another kernel's, even with a check that would fail`() async throws {
    let (oldest, newest) = try await kernels()
    let other = folder(of: oldest).appending(path: "kernel/drivers/net/veth.ko").path
    let probe = try probe("test.strange", #"TIMEOUT_S(5)"#, "CHECK(0);")
    let result = try await Command.firstbad(["run", "--kernel", newest, "--module", other, probe])
    #expect(result.status == 125, "\(result.output)\(result.errors)")
    #expect(result.output.contains("the module veth cannot be loaded: ENOEXEC (it is built for another kernel"))
  }

  @Test func `cannot tell when its module wants symbols that are not there`() async throws {
    let newest = try await kernels().newest
    // The words by which xfs asks for libcrc32c are spoilt, so that nothing loads that before it.
    let real = try Data(contentsOf: folder(of: newest).appending(path: "kernel/fs/xfs/xfs.ko"))
    var bytes = [UInt8](real)
    let words = Array("depends=libcrc32c".utf8)
    let place = try #require(bytes.firstRange(of: words)?.lowerBound)
    bytes.replaceSubrange(place..<place + words.count, with: Array("nothing=libcrc32c".utf8))
    // With its signature the kernel would refuse a file that was changed; without one it only taints.
    let mark = Array("~Module signature appended~\n".utf8)
    if bytes.suffix(mark.count).elementsEqual(mark) {
      bytes.removeLast(mark.count)
      // The last field of struct module_signature is its size, big-endian.
      let size = bytes.suffix(4).reduce(0) { $0 << 8 | Int($1) }
      bytes.removeLast(12 + size)
    }
    let own = scratch.url.appending(path: "xfs.ko")
    try Data(bytes).write(to: own)
    let probe = try probe("test.symbols", #"TIMEOUT_S(5)"#, "CHECK(0);")
    let result = try await Command.firstbad(["run", "--json", "--kernel", newest, "--module", own.path, probe])
    #expect(result.status == 125, "\(result.output)\(result.errors)")
    #expect(result.output.contains("the module xfs cannot be loaded: ENOENT (it wants a symbol that this kernel"))
    #expect(result.output.contains(#""outcome":"unready""#))
  }

  @Test func `cannot tell when the kernel has no such module`() async throws {
    let newest = try await kernels().newest
    let probe = try probe("test.none", #"MODULE("no-such-thing")"#, "CHECK(0);")
    let result = try await Command.firstbad(["run", "--kernel", newest, probe])
    #expect(result.status == 125, "\(result.output)\(result.errors)")
    #expect(result.output.contains("this kernel has no module no_such_thing, neither built in nor as a file"))
  }

  @Test func `cannot tell when the modules are nowhere, and hears where they are looked for`() async throws {
    let newest = try await TestKernels.newest()
    for name in [newest, newest.replacing("/vmlinuz-", with: "/config-")] {
      let target = scratch.url.appending(path: "bare/\(URL(filePath: name).lastPathComponent)")
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: name, toPath: target.path)
    }
    let kernel = scratch.url.appending(path: "bare/\(URL(filePath: newest).lastPathComponent)").path
    let probe = try probe("test.bare", #"MODULE("overlay")"#, "CHECK(0);")
    let result = try await Command.firstbad(["run", "--kernel", kernel, probe])
    #expect(result.status == 125, "\(result.output)\(result.errors)")
    #expect(result.output.contains("the modules of this kernel are not here (they are looked for as lib/modules/"))
    try FileManager.default.removeItem(atPath: kernel.replacing("/vmlinuz-", with: "/config-"))
    let doubt = try await Command.firstbad(["run", "--kernel", kernel, probe])
    #expect(doubt.status == 125, "\(doubt.output)\(doubt.errors)")
    #expect(doubt.output.contains("needs the module overlay, and whether this kernel has that is not known"))
  }

  @Test(arguments: [("xz", "xz"), ("zstd", "zst")])
  func `gets modules that are compressed`(_ program: String, _ ending: String) async throws {
    let newest = try await kernels().newest
    let real = folder(of: newest)
    let home = scratch.url.appending(path: "packed")
    let copy = home.appending(path: "lib/modules/\(real.lastPathComponent)")
    try FileManager.default.createDirectory(
      at: copy.appending(path: "kernel"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: URL(filePath: newest).deletingLastPathComponent(), to: home.appending(path: "boot"))
    for path in ["fs/xfs/xfs.ko", "lib/libcrc32c.ko"] {
      let file = copy.appending(path: "kernel/\(URL(filePath: path).lastPathComponent)")
      try FileManager.default.copyItem(at: real.appending(path: "kernel/\(path)"), to: file)
      #expect(try await Command.host(program, ["-q", file.path]).status == 0)
      try? FileManager.default.removeItem(at: file)
      #expect(FileManager.default.fileExists(atPath: "\(file.path).\(ending)"))
    }
    let kernel = home.appending(path: "boot/\(URL(filePath: newest).lastPathComponent)").path
    let probe = try probe("test.packed", #"NEEDS("CONFIG_XFS_FS")"#, Self.loads)
    let result = try await Command.firstbad(["run", "--kernel", kernel, probe])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  @Test func `and a program of others get the user's module`() async throws {
    let newest = try await kernels().newest
    let source = try scratch.file(
      "has.c", "#include <unistd.h>\nint main(void) { return access(\"/sys/module/tun\", F_OK) != 0; }\n")
    let program = scratch.url.appending(path: "has").path
    try #require(try await Command.host("gcc", ["-static", source, "-o", program]).status == 0)
    let with = try await Command.firstbad(["run", "--kernel", newest, "--module", "tun", "--exec", program])
    #expect(with.status == 0, "\(with.output)\(with.errors)")
    let without = try await Command.firstbad(["run", "--kernel", newest, "--exec", program])
    #expect(without.status == 1, "\(without.output)\(without.errors)")
  }

  @Test(arguments: [("no/such.ko", "cannot be read"), ("a b", "say the module's name"), ("x.ko", "cannot be read")])
  func `with a module that makes no sense is no verdict`(_ name: String, _ sentence: String) async throws {
    let result = try await Command.firstbad(
      ["run", "--kernel", try await TestKernels.newest(), "--module", name, "guest.self-check"])
    #expect(result.status >= 128, "\(result.output)\(result.errors)")
    #expect(result.errors.contains(sentence))
  }
}
