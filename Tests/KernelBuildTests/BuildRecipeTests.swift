import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelBuild

@Suite("What a kernel is asked to be")
struct BuildRecipeTests {
  typealias Assignment = BuildRecipe.Assignment

  @Test("--config takes CONFIG_X=VALUE, and X=VALUE for the lazy")
  func assignments() throws {
    #expect(try Assignment(argument: "CONFIG_NET=y") == Assignment("CONFIG_NET", "y"))
    #expect(try Assignment(argument: "NET=n").line == "# CONFIG_NET is not set")
    #expect(try Assignment(argument: "NR_CPUS=64").line == "CONFIG_NR_CPUS=64")
    #expect(try Assignment(argument: "PHYSICAL_START=0x1000000").value == "0x1000000")
    #expect(try Assignment(argument: "CMDLINE=\"a=b \\\"c\\\"\"").value == "\"a=b \\\"c\\\"\"")
  }

  @Test(
    "what is no assignment is refused with a remedy",
    arguments: [
      "CONFIG_NET", "=y", "CONFIG_=y", "NET-WORK=y", "NET=yes", "NET=", "NET=\"open", "NET=\"a\"b\"", "NET=0xg",
      "NET=\"ends in a backslash\\\"",
    ])
  func refused(argument: String) {
    let failure = #expect(throws: Failure.self) { try Assignment(argument: argument) }
    #expect(failure?.kind == .usage)
    #expect(failure?.remedy != nil)
  }

  @Test("@FILE holds lines as in a .config, and a bad one is named by its number")
  func files() throws {
    let scratch = try Scratch()
    let good = try scratch.file("good", "# a comment\n\nCONFIG_NET=y\n  IPV6=n\n# CONFIG_SMP is not set\r\n")
    #expect(
      try Assignment.list(["CONFIG_PKEYS=y", "@\(good.path)"])
        == [Assignment("PKEYS", "y"), Assignment("NET", "y"), Assignment("IPV6", "n"), Assignment("SMP", "n")])
    let bad = try scratch.file("bad", "CONFIG_NET=y\nCONFIG_NET\n")
    let failure = #expect(throws: Failure.self) { try Assignment.list(["@\(bad.path)"]) }
    #expect(failure?.message.contains("\(bad.path), line 2: ") == true)
    #expect(throws: Failure.self) { try Assignment.list(["@\(scratch.url.path)/none"]) }
    #expect(throws: Failure.self) { try Assignment.list(["@"]) }
  }

  @Test("--base is tiny, defconfig or a configuration")
  func bases() throws {
    let scratch = try Scratch()
    #expect(try BuildRecipe.Base(argument: "tiny") == .tiny)
    #expect(try BuildRecipe.Base(argument: "defconfig") == .defconfig)
    let file = try scratch.file("config", "# Linux/x86 6.1.0\nCONFIG_NET=y\n# CONFIG_SMP is not set\n")
    #expect(
      try BuildRecipe.Base(argument: file.path)
        == .file(contents: "# Linux/x86 6.1.0\nCONFIG_NET=y\n# CONFIG_SMP is not set\n"))
  }

  @Test("a base that is no configuration is refused: missing, a folder, an image, a script, empty")
  func notBases() throws {
    let scratch = try Scratch()
    let paths = [
      "\(scratch.url.path)/none", scratch.url.path, try scratch.file("image", [0, 1, 2, 0xFF]).path,
      try scratch.file("script", "#!/bin/sh\nmake\n").path, try scratch.file("empty", "").path,
      try scratch.file("comments", "# CONFIG_NET is not set\n").path,
    ]
    for path in paths {
      let failure = #expect(throws: Failure.self, "\(path)") { try BuildRecipe.Base(argument: path) }
      #expect(failure?.kind == .badInput)
      #expect(failure?.remedy != nil)
    }
    let packed = try scratch.file("config.gz", [0x1F, 0x8B, 8, 0, 0]).path
    let compressed = #expect(throws: Failure.self) { try BuildRecipe.Base(argument: packed) }
    #expect(compressed?.message == "the base \(packed) is compressed")
    #expect(compressed?.remedy?.contains("zcat \(packed) > ") == true)
    let script = #expect(throws: Failure.self) { try BuildRecipe.Base(argument: paths[3]) }
    #expect(script?.message.contains("line 2") == true)
  }

  @Test("the fragment names each symbol once; the user's word wins over the probe's, the probe's over the table")
  func precedence() {
    let recipe = BuildRecipe(
      probeSymbols: ["CONFIG_SMP", "RANDOMIZE_BASE"],
      userSymbols: [Assignment("SMP", "n"), Assignment("INET", "n"), Assignment("SMP", "y"), Assignment("INET", "n")])
    let lines = recipe.fragment().split(separator: "\n")
    #expect(lines.filter { $0.contains("CONFIG_SMP") } == ["CONFIG_SMP=y"])
    #expect(lines.filter { $0.contains("CONFIG_INET") } == ["# CONFIG_INET is not set"])
    #expect(lines.filter { $0.contains("RANDOMIZE_BASE") } == ["CONFIG_RANDOMIZE_BASE=y"])
    #expect(Set(lines).count == lines.count)
    #expect(lines.contains("CONFIG_SERIAL_8250_CONSOLE=y"))
  }

  @Test("of a choice only what is asked for is in the fragment")
  func choices() {
    #expect(BuildRecipe().fragment().contains("CONFIG_UNWINDER_GUESS=y"))
    let orc = BuildRecipe(userSymbols: [Assignment("UNWINDER_ORC", "y")])
    #expect(!orc.fragment().contains("UNWINDER_GUESS"))
    let without = BuildRecipe(userSymbols: [Assignment("UNWINDER_ORC", "n")])
    #expect(without.fragment().contains("CONFIG_UNWINDER_GUESS=y"))
    let dwarf = BuildRecipe(base: .defconfig, userSymbols: [Assignment("DEBUG_INFO_DWARF5", "y")])
    #expect(!dwarf.fragment().contains("DEBUG_INFO_NONE") && !dwarf.fragment().contains("DEBUG_INFO is not set"))
  }

  @Test("a configuration of the user's keeps its modules and its unwinder, and loses what needs the distribution")
  func otherBases() {
    let fragment = BuildRecipe(base: .file(contents: "CONFIG_MODULES=y\n")).fragment()
    #expect(!fragment.contains("CONFIG_MODULES") && !fragment.contains("UNWINDER"))
    #expect(fragment.contains("CONFIG_SYSTEM_TRUSTED_KEYS=\"\"") && fragment.contains("# CONFIG_DEBUG_INFO_BTF is"))
  }

  @Test("the digest tells what makes another kernel and nothing else")
  func digests() {
    let recipe = BuildRecipe(probeSymbols: ["CONFIG_INET", "CONFIG_SMP"])
    #expect(recipe.digest == BuildRecipe(probeSymbols: ["CONFIG_SMP", "CONFIG_INET", "CONFIG_SMP"]).digest)
    #expect(recipe.digest.count == 64)
    let others = [
      BuildRecipe(), BuildRecipe(base: .defconfig), BuildRecipe(base: .file(contents: "CONFIG_NET=y\n")),
      BuildRecipe(base: .file(contents: "CONFIG_NET=n\n")), BuildRecipe(userSymbols: [Assignment("SMP", "n")]), recipe,
    ]
    #expect(Set(others.map(\.digest)).count == others.count)
  }

  @Test("a recipe is the same after JSON")
  func coding() throws {
    let recipe = BuildRecipe(
      base: .file(contents: "CONFIG_NET=y\n"), probeSymbols: ["CONFIG_INET"], userSymbols: [Assignment("A", "\"b\"")])
    let decoded = try JSONDecoder().decode(BuildRecipe.self, from: try JSONEncoder().encode(recipe))
    #expect(decoded == recipe && decoded.digest == recipe.digest)
  }

  @Test("every row of the table has a reason, and no symbol has two rows")
  func table() {
    #expect(BootNeed.table.allSatisfy { !$0.reason.isEmpty && ($0.isForTiny || $0.isForOthers) })
    #expect(Set(BootNeed.table.map(\.assignment.symbol)).count == BootNeed.table.count)
  }
}
