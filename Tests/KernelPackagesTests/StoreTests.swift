import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelPackages

/// Packages are made by the tools that make them everywhere: dpkg-deb, and rpmbuild where it is.
@Suite struct `The store takes in` {
  private let scratch: Scratch
  private let places: Places
  private let store: KernelStore

  init() throws {
    scratch = try Scratch()
    places = Places(environment: ["XDG_CACHE_HOME": scratch.url.path, "HOME": scratch.url.path])
    store = KernelStore(places: places)
  }

  private func write(_ path: String, _ text: String) throws { try scratch.file(path, text) }

  private func deb(_ name: String, _ version: String, architecture: String = "amd64") async throws -> String {
    try await scratch.deb(name, version, architecture: architecture)
  }

  @Test func `a deb, whole or only what boots`() async throws {
    try write("tree/boot/vmlinuz-6.1.0-9", "kernel")
    try write("tree/boot/config-6.1.0-9", "CONFIG_NET=y\n")
    try write("tree/lib/modules/6.1.0-9/kernel/a.ko", "module")
    let file = try await deb("linux-image-6.1.0-9", "6.1.170-3")
    let some = try await store.add(file, whole: false)
    #expect(some.package == KernelPackage(name: "linux-image-6.1.0-9", version: "6.1.170-3"))
    #expect(!some.isWhole && !some.hasModules)
    #expect(!FileManager.default.fileExists(atPath: some.home.appending(path: "lib").path))
    let whole = try await store.add(file)
    #expect(whole.isWhole && whole.hasModules)
    #expect(FileManager.default.fileExists(atPath: whole.home.appending(path: "lib/modules/6.1.0-9/kernel/a.ko").path))
    #expect(store.all.map(\.package.version) == ["6.1.170-3"])
    #expect(whole.image == some.image, "the image that somebody may be booting stays in its place")
    // What is whole stays whole.
    #expect(try await store.add(file, whole: false).isWhole)
  }

  @Test func `a deb that was rebuilt under its old version in the place of the old one, and says so`() async throws {
    let notes = Notes()
    let store = KernelStore(places: places, note: notes.take)
    func rebuilt(image: String, module: String) async throws -> String {
      try write("tree/boot/vmlinuz-6.1.0", image)
      try write("tree/lib/modules/6.1.0/kernel/a.ko", module)
      return try await deb("linux-image-6.1.0", "6.1.0-1")
    }
    func text(_ kernel: FetchedKernel, _ path: String) throws -> String {
      try String(contentsOf: kernel.home.appending(path: path), encoding: .utf8)
    }
    _ = try await store.add(try await rebuilt(image: "yesterday", module: "one"))
    _ = try await store.add(try await rebuilt(image: "yesterday", module: "one"))
    #expect(notes.all == [], "the same once more is nothing new")
    let today = try await store.add(try await rebuilt(image: "today", module: "one"))
    #expect(try text(today, "boot/vmlinuz-6.1.0") == "today")
    // With the clock left out of the build a changed module is all that tells the two apart.
    let later = try await store.add(try await rebuilt(image: "today", module: "two"))
    #expect(try text(later, "lib/modules/6.1.0/kernel/a.ko") == "two")
    #expect(
      notes.all
        == ["boot/vmlinuz-6.1.0", "lib/modules/6.1.0/kernel/a.ko"].map {
          "linux-image-6.1.0 6.1.0-1 was here with another \($0); the new one took its place"
        })
    // Of a name that says no release another release may be.
    try FileManager.default.removeItem(at: scratch.url.appending(path: "tree/boot/vmlinuz-6.1.0"))
    try write("tree/boot/vmlinuz-6.2", "today")
    #expect(try await store.add(try await deb("linux-image-6.1.0", "6.1.0-1")).image.hasSuffix("/vmlinuz-6.2"))
    try FileManager.default.removeItem(at: scratch.url.appending(path: "tree/boot/vmlinuz-6.2"))
    let last = try await store.add(try await rebuilt(image: "today", module: "two"))
    // While it is booted it stays, and what is fetched replaces nothing.
    let newer = try await rebuilt(image: "tomorrow", module: "two")
    await #expect(throws: Failure.self) { try await store.add(newer, keepsOld: true) }
    store.hold(last.image)
    let failure = await #expect(throws: Failure.self) { try await store.add(newer) }
    #expect(failure?.kind == .inUse && failure?.message.contains("is in use") == true, "\(failure?.message ?? "-")")
    #expect(try text(last, "boot/vmlinuz-6.1.0") == "today")
  }

  @Test func `one whose image is beside its modules`() async throws {
    try write("tree/usr/lib/modules/7.2.13/vmlinuz", "kernel")
    try write("tree/usr/lib/modules/7.2.13/config", "CONFIG_NET=y\n")
    let kernel = try await store.add(try await deb("linux-binary-7.2.13", "7.2.13-1"), whole: false)
    #expect(kernel.image.hasSuffix("/boot/vmlinuz-7.2.13"))
    #expect(FileManager.default.fileExists(atPath: kernel.home.appending(path: "boot/config-7.2.13").path))
  }

  @Test func `a kernel that is in several packages, as one`() async throws {
    try write("tree/usr/share/doc/linux-image-7.2.13/x", "")
    let image = try await deb("linux-image-7.2.13", "7.2.13-1")
    try FileManager.default.removeItem(at: scratch.url.appending(path: "tree"))
    try write("tree/usr/lib/modules/7.2.13/vmlinuz", "kernel")
    let binary = try await deb("linux-binary-7.2.13", "7.2.13-1")
    try FileManager.default.removeItem(at: scratch.url.appending(path: "tree"))
    try write("tree/usr/lib/modules/7.2.13/config", "CONFIG_NET=y\n")
    let base = try await deb("linux-base-7.2.13", "7.2.13-1")
    try FileManager.default.removeItem(at: scratch.url.appending(path: "tree"))
    try write("tree/usr/lib/modules/7.2.13/kernel/a.ko", "module")
    let modules = try await deb("linux-modules-7.2.13", "7.2.13-1")
    let some = try await store.add(image, whole: false, parts: [base, binary])
    #expect(some.package.name == "linux-image-7.2.13" && !some.isWhole)
    #expect(FileManager.default.fileExists(atPath: some.home.appending(path: "boot/config-7.2.13").path))
    let whole = try await store.add(image, whole: true, parts: [base, binary, modules])
    #expect(whole.isWhole && whole.image == some.image)
    #expect(
      FileManager.default.fileExists(atPath: whole.home.appending(path: "usr/lib/modules/7.2.13/kernel/a.ko").path))
  }

  @Test func `which those are, the package's dependencies say`() {
    func parts(_ name: String, _ depends: String, whole: Bool = true) -> [String] {
      DebFile.parts(of: name, "7.2-1", depends: depends, whole: whole)
    }
    let all = "dracut | x, linux-base-7.2 (= 7.2-1), linux-binary-7.2 (= 7.2-1), linux-modules-7.2 (= 7.2-1)"
    #expect(parts("linux-image-7.2", all) == ["linux-base-7.2", "linux-binary-7.2", "linux-modules-7.2"])
    #expect(parts("linux-image-7.2", all, whole: false) == ["linux-base-7.2", "linux-binary-7.2"])
    #expect(parts("linux-binary-7.2", "linux-base-7.2 (= 7.2-1)") == ["linux-base-7.2", "linux-modules-7.2"])
    #expect(parts("linux-image-6.1.0-9-amd64", "kmod, linux-base (>= 4.3~)") == [])
    #expect(parts("linux-image-7.2", "linux-base-7.2 (= 7.1-1)") == [])
  }

  @Test func `an image with the configuration beside it, in the order of the releases`() async throws {
    let order = ["6.9.0", "6.10.0-rc1", "6.10.0-rc1-00012-gabcdef", "6.10.0", "6.10.0-12.x86_64"]
      .map { "vmlinuz-\($0)" }
    for image in order.reversed() {
      try write("images/\(image)", image)
      try write("images/config-\(image.dropFirst(8))", "CONFIG_NET=y\n")
      _ = try await store.add(scratch.url.appending(path: "images/\(image)").path)
    }
    #expect(store.all.map { URL(filePath: $0.image).lastPathComponent } == order)
    #expect(store.all.last?.package.name == "linux-image-6.10.0-12.x86_64")
    let folder = scratch.url.appending(path: "images").path
    #expect(try KernelFolder.expand(folder).map { URL(filePath: $0).lastPathComponent } == order)
    let supply = KernelSupply(places: places, note: { _ in }) { () throws(Failure) in
      throw Failure(.missingTool, "apt-cache is not installed")
    }
    #expect(try await supply.packages(matching: "linux-image-6.*") == store.all.map(\.package))
  }

  @Test func `nothing of a package of another architecture, without a kernel, or cut short`() async throws {
    try write("tree/usr/share/x", "x")
    await #expect(throws: Failure.self) { try await store.add(try await deb("linux-image-x", "1")) }
    let foreign = try await deb("linux-image-y", "1", architecture: "arm64")
    await #expect(throws: Failure.self) { try await store.add(foreign) }
    try write("broken.deb", "!<arch>\nnothing")
    await #expect(throws: Failure.self) { try await store.add(scratch.url.appending(path: "broken.deb").path) }
    try write("broken.rpm", "\u{ED}\u{AB}")
    await #expect(throws: Failure.self) { try await store.add(scratch.url.appending(path: "broken.rpm").path) }
    await #expect(throws: Failure.self) { try await store.add(scratch.url.path) }
    #expect(store.all.isEmpty)
  }

  @Test func `one that is cut short in the middle of its files is named`() async throws {
    try write("tree/boot/vmlinuz-6.1", String(repeating: "kernel \(UUID())", count: 40_000))
    let file = try await deb("linux-image-6.1", "1")
    let handle = try FileHandle(forUpdating: URL(filePath: file))
    try handle.truncate(atOffset: try handle.seekToEnd() / 2)
    try handle.close()
    let failure = await #expect(throws: Failure.self) { try await store.add(file) }
    #expect(failure?.message.contains("\(file) cannot be unpacked: ") == true, "\(failure?.message ?? "-")")
    #expect(failure?.kind == .badInput && failure?.remedy == "fetch it again")
    #expect(store.all.isEmpty)
  }

  @Test(arguments: ["w9.gzdio", "w6.xzdio", "w3.zstdio"])
  func `an RPM, without rpm`(payload: String) async throws {
    let rpmbuild = try Tool("rpmbuild", remedy: "install it: apt-get install rpm")
    try write(
      "kernel.spec",
      """
      %global _binary_payload \(payload)
      %global __os_install_post %{nil}
      %global debug_package %{nil}
      Name: kernel-core
      Version: 6.5.6
      Release: 300.fc39
      Summary: x
      License: GPL
      %description
      x
      %install
      mkdir -p %{buildroot}/lib/modules/6.5.6-300.fc39.x86_64/kernel
      echo kernel > %{buildroot}/lib/modules/6.5.6-300.fc39.x86_64/vmlinuz
      echo CONFIG_NET=y > %{buildroot}/lib/modules/6.5.6-300.fc39.x86_64/config
      echo module > %{buildroot}/lib/modules/6.5.6-300.fc39.x86_64/kernel/a.ko
      ln -s /etc %{buildroot}/lib/modules/6.5.6-300.fc39.x86_64/build
      %files
      /lib/modules
      %changelog
      * Fri Oct 06 2023 Somebody <x@x> - 6.5.6-300
      - tcp: a fix
      """)
    _ = try await rpmbuild.succeed(
      [
        "-bb", "--quiet", "--target", "x86_64-linux", "--define", "_topdir \(scratch.url.path)/rpm",
        scratch.url.appending(path: "kernel.spec").path,
      ])
    let file = scratch.url.appending(path: "rpm/RPMS/x86_64/kernel-core-6.5.6-300.fc39.x86_64.rpm").path
    let contents = try RPMFile(file).contents()
    #expect(contents.images == ["6.5.6-300.fc39.x86_64"] && contents.parts == ["6.5.6-300.fc39.x86_64"])
    let kernel = try await store.add(file)
    #expect(kernel.package == KernelPackage(name: "kernel-core", version: "6.5.6-300.fc39", scheme: .rpm))
    #expect(kernel.image.hasSuffix("boot/vmlinuz-6.5.6-300.fc39.x86_64"))
    #expect(try String(contentsOfFile: kernel.image, encoding: .utf8) == "kernel\n")
    let modules = kernel.home.appending(path: "lib/modules/6.5.6-300.fc39.x86_64")
    #expect(FileManager.default.fileExists(atPath: modules.appending(path: "kernel/a.ko").path))
    #expect(!FileManager.default.fileExists(atPath: modules.appending(path: "build").path), "links are left out")
    let log = try #require(try await Changelog(of: kernel))
    #expect(log.entries == [Changelog.Entry(version: "6.5.6-300", lines: ["tcp: a fix"])])
    #expect(store.all == [kernel])
    // A payload that is cut short is the file's fault, and a full disk is not.
    let handle = try FileHandle(forUpdating: URL(filePath: file))
    try handle.truncate(atOffset: try handle.seekToEnd() - 20)
    try handle.close()
    let damaged = await #expect(throws: Failure.self) { try await store.add(file) }
    #expect(damaged?.kind == .badInput && damaged?.remedy == "fetch it again", "\(damaged?.message ?? "-")")
    #expect(damaged?.message.hasPrefix("\(file) cannot be unpacked: ") == true, "\(damaged?.message ?? "-")")
    let full = #expect(throws: Failure.self) {
      let words = "zstd: error 70 : Write error : cannot write block : No space left on device\n"
      try Tool.Result(status: 1, output: "", errors: words).requireUnpacked(file, into: scratch.url)
    }
    #expect(full?.kind == .cannotWrite && full?.remedy?.contains("free some space") == true)
  }
}
