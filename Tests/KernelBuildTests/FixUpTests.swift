import Foundation
import HostSystem
import Testing

@testable import KernelBuild

/// A tree and its history, as far as fix-ups ask.
private struct Facts: TreeFacts {
  var files: [String: String] = [:]
  var commits: [String] = []

  func content(of path: String) async throws -> String? { files[path] }
  func history(has commit: FixUp.CommitName) async throws -> Bool {
    commits.contains(commit.id) || commits.contains(commit.title)
  }
}

private func failure(_ signature: String, _ lines: String...) -> BuildFailure {
  BuildFailure(phase: .build, signature: signature, lines: lines)
}

private let modern: [BuildProgram: ToolVersion] = [.gcc: "12.2.0", .hostGCC: "12.2.0", .binutils: "2.40", .make: "4.3"]

@Suite("A row of the table of fix-ups")
struct FixUpRowTests {
  private func row(
    _ name: String = "a", _ symptom: FixUp.Symptom = .build("x"), _ moment: FixUp.Moment = .afterwards,
    tools: [ToolRange] = [], trees: [FixUp.TreeCondition] = [], _ verification: FixUp.Verification = .verified("here")
  ) -> FixUp {
    FixUp(
      name, "something", symptom: symptom, moment: moment, tools: tools, trees: trees,
      actions: [.compilerFlag("-f\(name)")], provenance: "somebody", verification)
  }

  @Test("is for tools of a range")
  func tools() async throws {
    let range = row(tools: [ToolRange(.gcc, from: "10", below: "12.3"), ToolRange(.clang)])
    #expect(try await range.isNeeded(Facts(), modern))
    #expect(try await range.isNeeded(Facts(), [.clang: "9"]))
    for gcc: ToolVersion in ["9.5", "12.3.0", "13"] {
      #expect(try await !range.isNeeded(Facts(), [.gcc: gcc]))
    }
    #expect(try await !range.isNeeded(Facts(), [:]))
  }

  @Test("is for trees by what their files hold")
  func files() async throws {
    let wanted = row(trees: [.holds("a.c", "old()"), .lacks("b.c", "guard()"), .without("c.c")])
    var facts = Facts(files: ["a.c": "old();", "b.c": "nothing"])
    #expect(try await wanted.isNeeded(facts, modern))
    facts.files["b.c"] = "guard();"
    #expect(try await !wanted.isNeeded(facts, modern))
    // A file that is not there says nothing of what it lacks.
    facts.files["b.c"] = nil
    #expect(try await !wanted.isNeeded(facts, modern))
    facts.files = ["a.c": "old();", "b.c": "", "c.c": ""]
    #expect(try await !wanted.isNeeded(facts, modern))
  }

  @Test("is for trees by their history, by id as well as by title")
  func history() async throws {
    let guilty = FixUp.CommitName("aaa", "break it"), repair = FixUp.CommitName("bbb", "mend it")
    let wanted = row(trees: [.since(guilty), .until(repair)])
    #expect(try await wanted.isNeeded(Facts(commits: ["aaa"]), modern))
    #expect(try await wanted.isNeeded(Facts(commits: ["break it"]), modern))
    #expect(try await !wanted.isNeeded(Facts(), modern))
    #expect(try await !wanted.isNeeded(Facts(commits: ["aaa", "mend it"]), modern))
  }

  @Test("knows its symptom in the first error or in the lines about it, with anything where a star stands")
  func symptom() {
    let known = row("a", .build("util.h*after 'realloc'"))
    #expect(known.explains(failure("util.h: error: pointer may be used after 'realloc' [-Werror=use-after-free]")))
    #expect(known.explains(failure("make fails", "first", "tools/util.h:1: x after 'realloc'")))
    #expect(!known.explains(failure("after 'realloc'", "util.h")))
    #expect(!row("a", .console("x")).explains(failure("x")))
  }
}

@Suite("The fix-ups of a session")
struct FixUpSetTests {
  private let table: [FixUp] = [
    FixUp(
      "ahead", "s", symptom: .console("c"), moment: .ahead, trees: [.holds("f", "old")],
      actions: [.makeArgument("A=1")], provenance: "p", .verified("v")),
    FixUp(
      "first", "s", symptom: .build("wrong"), moment: .afterwards, actions: [.hostFlag("-h")], provenance: "p",
      .verified("v")),
    FixUp(
      "second", "s", symptom: .build("wrong"), moment: .afterwards, actions: [.linkerFlag("-z")], provenance: "p",
      .verified("v")),
    FixUp(
      "rumour", "s", symptom: .build("worse"), moment: .afterwards, actions: [.config("CONFIG_A", "n")],
      provenance: "p", .unverified),
  ]

  @Test("are those that somebody verified, all, none, or those that are named")
  func choice() throws {
    func names(_ argument: String) throws -> [String] {
      try FixUpSet(argument: argument, of: table).rows.map(\.name)
    }
    #expect(try names("verified") == ["ahead", "first", "second"])
    #expect(try names("all") == ["ahead", "first", "second", "rumour"])
    #expect(try names("none") == [])
    #expect(try names("rumour,first") == ["first", "rumour"])
    #expect(try names("verified,rumour,-ahead") == ["first", "second", "rumour"])
    for wrong in ["", "other", "verified,", "-x"] {
      let found = #expect(throws: Failure.self) { try FixUpSet(argument: wrong, of: table) }
      #expect(found?.kind == .usage)
    }
  }

  @Test("come one after the other, each once, as long as the build fails with a symptom")
  func order() async throws {
    let set = FixUpSet(\.isVerified, of: table)
    let old = Facts(files: ["f": "old"])
    #expect(try await set.ahead(old, modern).map(\.name) == ["ahead"])
    #expect(try await set.ahead(Facts(), modern).isEmpty)
    var applied: [FixUp] = []
    while let next = try await set.next(after: failure("wrong"), applied: applied, old, modern) { applied.append(next) }
    #expect(applied.map(\.name) == ["first", "second"])
    #expect(try await set.next(after: failure("worse"), applied: [], old, modern) == nil)
    #expect(try await set.hints(for: failure("worse"), old, modern).map(\.name) == ["rumour"])
  }

  @Test("make another kernel: the store's key has what is done, and the session's digest what may be done")
  func keys() throws {
    #expect(FixUp.key(of: []) == "")
    #expect(FixUp.key(of: [table[1]]).hasPrefix("first:"))
    let changed = FixUp(
      "first", "s", symptom: .build("wrong"), moment: .afterwards, actions: [.hostFlag("-g")], provenance: "p",
      .verified("v"))
    #expect(FixUp.key(of: [changed]) != FixUp.key(of: [table[1]]))
    #expect(FixUp.key(of: [table[1], table[2]]) != FixUp.key(of: [table[1]]))
    let sets = try ["none", "verified", "all"].map { try FixUpSet(argument: $0, of: table).digest }
    #expect(Set(sets).count == 3)
  }

  @Test("are told to make behind the programs' names, and to kconfig below everybody else's word")
  func arguments() async throws {
    let chain = try await ToolChain.find()
    let words = chain.arguments(
      ccache: nil,
      table + [
        FixUp(
          "flag", "s", symptom: .silent("s"), moment: .ahead, actions: [.compilerFlag("-fno-pie")], provenance: "p",
          .unverified)
      ])
    #expect(words == ["CC=gcc -fno-pie", "HOSTCC=gcc -h"] + chain.programs + ["LD=ld -z", "A=1"])
    var recipe = BuildRecipe()
    let plain = recipe.digest
    recipe.fixUpSymbols = [BuildRecipe.Assignment("A", "n")]
    #expect(recipe.fragment().contains("# CONFIG_A is not set\n") && recipe.digest != plain)
    recipe.userSymbols = [BuildRecipe.Assignment("A", "y")]
    #expect(recipe.fragment().contains("CONFIG_A=y\n") && !recipe.fragment().contains("# CONFIG_A is"))
    // A wish of a search among configurations stands above a fix-up, too, and what is exact is left alone.
    recipe.userSymbols = []
    recipe.wishes = [BuildRecipe.Assignment("A", "m")]
    #expect(recipe.fragment().contains("CONFIG_A=m\n") && !recipe.fragment().contains("# CONFIG_A is"))
    var exact = BuildRecipe(base: .exact(contents: "CONFIG_A=y\n"))
    exact.fixUpSymbols = [BuildRecipe.Assignment("A", "n")]
    #expect(exact.requests().isEmpty)
    // Nor may it take what the guest needs.
    var guest = BuildRecipe()
    guest.fixUpSymbols = [BuildRecipe.Assignment("PROC_FS", "n")]
    #expect(guest.fragment().contains("CONFIG_PROC_FS=y\n"))
  }
}

@Suite("The table of fix-ups")
struct FixUpTableTests {
  @Test("has sound rows")
  func rows() {
    #expect(Set(FixUp.table.map(\.name)).count == FixUp.table.count)
    for row in FixUp.table {
      #expect(!row.actions.isEmpty && !row.provenance.isEmpty && !row.summary.isEmpty, "\(row.name)")
      #expect(row.name.allSatisfy { $0.isLowercase || $0 == "-" || $0.isNumber }, "\(row.name)")
      if row.moment == .afterwards, case .build = row.symptom { continue }
      #expect(row.moment == .ahead, "\(row.name) waits for a symptom that no build shows")
      #expect(!row.trees.isEmpty, "\(row.name) would be applied to every tree")
    }
  }

  @Test("tells Swift's clang from others of its version")
  func swiftClang() async throws {
    let tree = Facts(files: ["arch/x86/Makefile": "KBUILD_CFLAGS += -mcmodel=kernel"])
    #expect(try await FixUpSet.verified.ahead(tree, [.clang: "21", .swiftClang: "21"]).map(\.name) == ["cold-shifts"])
    #expect(try await FixUpSet.verified.ahead(tree, [.clang: "21"]).isEmpty)
  }

  @Test("knows the words of real builds")
  func realWords() async throws {
    // Linux 5.10.13 with gcc 12.2 and binutils 2.40.
    let set = try FixUpSet(argument: "all")
    func name(_ signature: String, _ lines: String...) async throws -> String? {
      try await set.next(
        after: BuildFailure(phase: .build, signature: signature, lines: lines), applied: [],
        Facts(files: ["Makefile": ""]), modern
      )?.name
    }
    #expect(
      try await name("subcmd-util.h: error: pointer may be used after 'realloc' [-Werror=use-after-free]")
        == "objtool-realloc")
    #expect(try await name("ld: multiple definition of 'yylloc'") == "device-tree-lexer")
    #expect(try await name("ld: undefined reference to 'nothing_of_the_kind'") == nil)
    // What sums up a link that failed says nothing.
    let log = """
        HOSTLD  scripts/dtc/dtc
      /usr/bin/ld: scripts/dtc/dtc-parser.tab.o:(.bss+0x20): multiple definition of `yylloc'; scripts/dtc/dtc-lexer.lex.o:\
      (.bss+0x0): first defined here
      collect2: error: ld returned 1 exit status
      make[2]: *** [scripts/Makefile.host:104: scripts/dtc/dtc] Error 1
      """
    let report = try #require(ErrorReport(log: log, source: "/s", objects: "/o"))
    #expect(report.signature == "ld: multiple definition of 'yylloc'")
  }
}

@Suite("The version of a tool")
struct ToolVersionTests {
  @Test(
    "is found in what tools of several distributions say",
    arguments: [
      ("gcc (Debian 12.2.0-14+deb12u1) 12.2.0", "12.2.0"), ("gcc-11 (Debian 11.3.0-12) 11.3.0", "11.3.0"),
      ("gcc (GCC) 14.2.1 20240801 (Red Hat 14.2.1-1)", "14.2.1"),
      ("Debian clang version 16.0.6 (15~deb12u1)", "16.0.6"),
      ("GNU ld (GNU Binutils for Debian) 2.40", "2.40"), ("GNU ld version 2.41-37.fc40", "2.41"),
      ("GNU Make 4.3", "4.3"),
      ("clang version 21.0.0 (https://example.invalid/x 1234)", "21.0.0"),
    ])
  func lines(_ line: String, _ version: String) {
    #expect(ToolVersion(line: line)?.description == version)
  }

  @Test("is compared number by number")
  func order() {
    #expect(("2.9" as ToolVersion) < "2.31" && ("10" as ToolVersion) < "10.1" && ("2.40" as ToolVersion) == "2.40.0")
    let word: String = "unknown"
    #expect(ToolVersion(word) == nil && ToolVersion(line: "no number") == nil)
  }

  @Test("is that of the programs themselves")
  func real() async throws {
    let versions = try await ToolChain.find().versions
    #expect(versions[.gcc] != nil && versions[.binutils] != nil && versions[.make] != nil && versions[.hostGCC] != nil)
    #expect(versions[.clang] == nil && versions[.swiftClang] == nil)
    // A clang lies beside the Swift of this build.
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let swift = try #require(folders.first { FileManager.default.isExecutableFile(atPath: "\($0)/swiftc") })
    let ours = try await ToolChain.find(compiler: "\(swift)/clang").versions
    #expect(ours[.swiftClang] != nil && ours[.swiftClang] == ours[.clang])
  }
}
