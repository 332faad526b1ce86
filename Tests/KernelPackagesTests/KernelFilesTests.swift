import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelPackages

/// What `firstbad kernels add` makes of the files that it is given.
@Suite struct `Files to add` {
  private let scratch: Scratch
  private let store: KernelStore

  init() throws {
    scratch = try Scratch()
    store = KernelStore(
      places: Places(environment: ["XDG_CACHE_HOME": scratch.url.path, "HOME": scratch.url.path]))
  }

  private func name(_ path: String) -> String { URL(filePath: path).lastPathComponent }

  @Test func `are joined where they are packages of one kernel`() async throws {
    let head = try await scratch.deb("linux-image-7.2.13", "7.2.13-1", in: "in", ["usr/share/doc/x": "x"])
    let modules = try await scratch.deb(
      "linux-modules-7.2.13", "7.2.13-1", in: "in", ["usr/lib/modules/7.2.13/kernel/a.ko": "module"])
    let binary = try await scratch.deb(
      "linux-binary-7.2.13", "7.2.13-1", in: "in", ["usr/lib/modules/7.2.13/vmlinuz": "kernel"])
    let base = try await scratch.deb(
      "linux-base-7.2.13", "7.2.13-1", in: "in", ["usr/lib/modules/7.2.13/config": "CONFIG_NET=y\n"])
    let files = try await KernelFiles([modules, binary, base, head])
    #expect(files.kernels == [KernelFiles.Kernel(file: head, parts: [binary, modules, base])])
    #expect(files.notes == [] && files.failure == nil)
    let kernel = try await store.add(files.kernels[0].file, parts: files.kernels[0].parts)
    #expect(kernel.package == KernelPackage(name: "linux-image-7.2.13", version: "7.2.13-1") && kernel.hasModules)
    #expect(FileManager.default.fileExists(atPath: kernel.home.appending(path: "boot/config-7.2.13").path))
    // Without the head the one with the image gives the name.
    #expect(try await KernelFiles([binary, base]).kernels == [KernelFiles.Kernel(file: binary, parts: [base])])
  }

  @Test func `of a folder are those with a kernel; what make bindeb-pkg leaves beside is passed over`() async throws {
    for (name, files) in [
      "linux-headers-6.2.0": ["usr/src/x": "x", "lib/modules/6.2.0/build": "x"],
      "linux-image-6.2.0-dbg": ["usr/lib/debug/lib/modules/6.2.0/vmlinux": "x"],
      "linux-image-6.2.0": ["boot/vmlinuz-6.2.0": "kernel", "lib/modules/6.2.0/kernel/a.ko": "module"],
      "linux-libc-dev": ["usr/include/x.h": ""],
    ] { _ = try await scratch.deb(name, "6.2.0-1", in: "out", files) }
    _ = try await scratch.deb("linux-extra-6.2.0", "6.2.0-0", in: "out", ["lib/modules/6.2.0/b.ko": "module"])
    let files = try await KernelFiles([scratch.url.appending(path: "out").path])
    #expect(files.kernels.map { name($0.file) } == ["linux-image-6.2.0_6.2.0-1_amd64.deb"])
    #expect(files.kernels[0].parts == [] && files.failure == nil)
    // A module of another build is no module of this kernel.
    #expect(
      files.notes == [
        "passed over: linux-extra-6.2.0_6.2.0-0_amd64.deb is of version 6.2.0-0, and linux-image-6.2.0 of 6.2.0-1",
        "passed over: linux-headers-6.2.0_6.2.0-1_amd64.deb holds no kernel image",
        "passed over: linux-image-6.2.0-dbg_6.2.0-1_amd64.deb holds no kernel image",
        "passed over: linux-libc-dev_6.2.0-1_amd64.deb holds no kernel image",
      ])
  }

  @Test func `that were named and hold none are told of when the others are added`() async throws {
    let headers = try await scratch.deb("linux-headers-6.2.0", "6.2.0-1", in: "in", ["usr/src/x": "x"])
    let image = try await scratch.deb("linux-image-6.2.0", "6.2.0-1", in: "in", ["boot/vmlinuz-6.2.0": "kernel"])
    let files = try await KernelFiles([headers, image])
    #expect(files.kernels.map(\.file) == [image] && files.notes == [])
    #expect(files.failure?.kind == .badInput)
    #expect(files.failure?.message == "linux-headers-6.2.0_6.2.0-1_amd64.deb holds no kernel image")
    // A folder of nothing else is refused.
    try FileManager.default.removeItem(atPath: image)
    _ = try await scratch.deb("linux-libc-dev", "6.2.0-1", in: "in", ["usr/include/x.h": ""])
    let others = try await KernelFiles([scratch.url.appending(path: "in").path])
    #expect(others.kernels == [] && others.failure?.message.hasSuffix("holds no kernel image") == true)
  }

  @Test func `are looked into by an RPM's header as by a deb's list`() {
    let core = PackageContents(
      file: "core", name: "kernel-core", version: "6.5.6-300.fc39",
      paths: ["/boot/vmlinuz-6.5.6-300.fc39.x86_64", "/lib/modules/6.5.6-300.fc39.x86_64/vmlinuz", "/etc/x"])
    let modules = PackageContents(
      file: "modules", name: "kernel-modules-core", version: "6.5.6-300.fc39",
      paths: ["/lib/modules/6.5.6-300.fc39.x86_64/kernel/fs/ext4/ext4.ko.xz"])
    let devel = PackageContents(
      file: "devel", name: "kernel-devel", version: "6.5.6-300.fc39",
      paths: ["/lib/modules/6.5.6-300.fc39.x86_64/build", "/usr/src/kernels/x"])
    #expect(
      KernelFiles.join([devel, modules, core]).map(\.kernel) == [KernelFiles.Kernel(file: "core", parts: ["modules"])])
  }
}
