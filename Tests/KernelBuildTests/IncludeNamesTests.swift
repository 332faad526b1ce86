import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelBuild

@Suite struct `What an include may mean` {
  private static let files = [
    "Documentation/a.h", "Makefile", "arch/arm/include/asm/a.h", "arch/x86/include/uapi/asm/a.h",
    "arch/x86/kernel/setup.c", "drivers/net/a.c", "include/linux/a.h", "kernel/core.c", "lib/tables.inc",
  ]

  private func digest(_ paths: [String], lines: String = "generic-y += a.h\n", link: String? = nil) -> String {
    var files = paths.map { IncludeNames.File(mode: "100644", id: "content of \($0)", path: $0) }
    if let link { files.append(IncludeNames.File(mode: "120000", id: link, path: "scripts/headers")) }
    return IncludeNames(files: files, makefileLines: lines).digest
  }

  @Test(arguments: [
    "arch/x86/include/asm/a.h", "include/linux/new.h", "scripts/Kconfig.h", "security/landlock/errata/abi-1.h",
    "lib/other.inc",
    // Beside or before its namesake.
    "kernel/setup.c", "drivers/net/core.c", "arch/x86/boot/a.c",
  ])
  func `is something else where there is one more file`(_ path: String) {
    #expect(digest(Self.files + [path]) != digest(Self.files))
  }

  @Test(arguments: [
    "drivers/net/unique.c", "Documentation/new.h", "arch/arm/include/asm/new.h", "drivers/net/Makefile", "init/Kconfig",
    "Documentation/devicetree/a.yaml", "arch/arm64/boot/dts/new.dts",
  ])
  func `is the same where that is one that no other can be taken for`(_ path: String) {
    #expect(digest(Self.files + [path]) == digest(Self.files))
  }

  @Test func `is something else where a file is gone or moved`() {
    #expect(digest(Self.files.filter { $0 != "include/linux/a.h" }) != digest(Self.files))
    #expect(
      digest(Self.files.map { $0.replacing("uapi/", with: "") }) != digest(Self.files), "the same name elsewhere")
  }

  @Test func `is something else where a link leads elsewhere or a rule makes another header`() {
    #expect(digest(Self.files, link: "1") != digest(Self.files, link: "2"))
    #expect(digest(Self.files, lines: "generic-y += b.h\n") != digest(Self.files))
  }

  @Test func `is the same whatever the files hold`() {
    let files = Self.files.map { IncludeNames.File(mode: "100755", id: "another", path: $0) }
    #expect(IncludeNames(files: files, makefileLines: "generic-y += a.h\n").digest == digest(Self.files))
  }

  @Test(arguments: ["generic-y += a.h", "$(obj)/table.h: gen", "hostprogs := x.c", "targets += a.S"])
  func `is looked for in lines of makefiles that name a source`(_ line: String) {
    #expect(line.range(of: IncludeNames.makefileLines, options: .regularExpression) != nil)
  }

  @Test(arguments: ["obj-y += a.o", "CFLAGS_a.o += -Wno-x", "obj-$(CONFIG_A) += b/"])
  func `is not looked for in the others`(_ line: String) {
    #expect(line.range(of: IncludeNames.makefileLines, options: .regularExpression) == nil)
  }
}

@Suite struct `ccache may go by what was read the last time` {
  private let ccache: Tool

  init() throws { ccache = try Tool("ccache", remedy: "install it: apt-get install ccache") }

  @Test func `as it keeps that apart for sources whose includes mean something else`() async throws {
    let seen = try await DirectMode.Trial(ccache: ccache, compiler: "gcc").run()
    #expect(seen.stale, "otherwise it did not go by that at all, and nothing is shown")
    #expect(seen.fresh)
    #expect(await DirectMode.isSafe(ccache, "gcc"))
  }

  /// A ccache that does not have that variable in its key, as by a later version's change.
  @Test func `and not where it does not`() async throws {
    let scratch = try Scratch()
    let other = try scratch.file("ccache", "#!/bin/sh\nunset OBJC_INCLUDE_PATH\nexec \(ccache.path) \"$@\"\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: other.path)
    let forgetful = try Tool(other.path, remedy: "")
    let seen = try await DirectMode.Trial(ccache: forgetful, compiler: "gcc").run()
    #expect(seen.stale && !seen.fresh)
    #expect(await !DirectMode.isSafe(forgetful, "gcc"))
  }

  @Test func `nor with a compiler that does not compile`() async throws {
    #expect(await !DirectMode.isSafe(ccache, "false"))
  }

  @Test func `in builds of a tree whose names are known, and only there`() async throws {
    let names = IncludeNames(files: [], makefileLines: "")
    let environment = Kbuild.environment(from: [:], compilesPreprocessed: true, names: names)
    #expect(environment["CCACHE_DIRECT"] == "1" && environment["CCACHE_NODIRECT"] == nil)
    #expect(environment["CCACHE_NODEPEND"] == "1")
    #expect(environment["OBJC_INCLUDE_PATH"] == "/include-names/\(names.digest)")
    let unknown = Kbuild.environment(from: ["OBJC_INCLUDE_PATH": "/x"])
    #expect(unknown["CCACHE_NODIRECT"] == "1" && unknown["OBJC_INCLUDE_PATH"] == nil)
  }
}
