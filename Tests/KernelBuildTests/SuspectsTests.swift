import Foundation
import TestSupport
import Testing

@testable import KernelBuild

/// A commit near one that did not build mostly fails by the same error, and to see that one file is compiled.
@Suite("A file that did not compile")
struct SuspectsTests {
  /// Three objects in a folder, made and called as kbuild does it.
  private static let makefile =
    ToyTree.makefile.replacing("bzImage: $(O)/a.o $(O)/b.o", with: "bzImage: $(all)")
    .replacing("vmlinux $^", with: "vmlinux $(addprefix $(O)/,$(all))")
    .replacing("VERSION = 6\n", with: "VERSION = 6\nall = sub/a.o sub/b.o sub/c.o\n") + """
      sub/%.o: sub/%.c
      \t@echo '  CC      $@'
      \t@mkdir -p $(O)/sub
      \t@$(CC) -ffreestanding -c -o $(O)/$@ $(CURDIR)/$<

      """

  private static let good = "int f(void) { return 1; }\n"
  private static let broken = "#error not yet\n"
  private static let failing = "sub/b.c: error: #error not yet"

  private func tree() throws -> ToyTree {
    let tree = try ToyTree()
    try tree.write("Makefile", Self.makefile)
    try tree.write("sub/a.c", "int f(void); void _start(void) { f(); }\n")
    try tree.write("sub/b.c", Self.good)
    try tree.write("sub/c.c", "int g(void) { return 1; }\n")
    return tree
  }

  /// How it ended, an empty text where there is a kernel, and what make was told to make, run by run.
  private func build(
    _ tree: ToyTree, _ recipe: BuildRecipe = BuildRecipe(), isClean: Bool = false, jobs: Int = 2
  ) async throws -> (failure: String, runs: [String]) {
    let outcome = try await tree.build(recipe, isClean: isClean, jobs: jobs)
    let runs = try tree.logText().split(separator: "\n").filter { $0.hasPrefix("== make ") }.compactMap { line in
      line.firstRange(of: "--output-sync=target ").map { String(line[$0.upperBound...]) }
    }
    if case .failed(let failure) = outcome { return (failure.signature, runs) }
    return ("", runs)
  }

  @Test("is compiled first in the next build, which ends there when the error is the same")
  func same() async throws {
    let tree = try tree()
    try tree.write("sub/b.c", Self.broken)
    #expect(try await build(tree) == (Self.failing, ["bzImage", "-k sub/b.o", "-j1 bzImage"]))
    try tree.write("sub/a.c", "void _start(void) { }\n")
    #expect(try await build(tree) == (Self.failing, ["-k sub/b.o"]))
    #expect(try !tree.logText().contains("CC      sub/a.o"))
    #expect(!tree.exists("objects/.firstbad-unfinished"))
    // A clean build, as of a proof, and the folder that it emptied.
    #expect(try await build(tree, isClean: true) == (Self.failing, ["-k sub/b.o"]))
  }

  @Test("is compiled first, and then all others, when it compiles by then")
  func mended() async throws {
    let tree = try tree()
    try tree.write("sub/b.c", Self.broken)
    _ = try await build(tree)
    try tree.write("sub/b.c", Self.good)
    for _ in 0..<Suspects.patience { #expect(try await build(tree) == ("", ["-k sub/b.o", "bzImage"])) }
    #expect(try await build(tree) == ("", ["bzImage"]))
  }

  @Test("decides nothing when it fails by another error: the first in make's order is what the commit is known by")
  func another() async throws {
    let tree = try tree()
    try tree.write("sub/b.c", Self.broken)
    _ = try await build(tree)
    try tree.write("sub/b.c", "#error otherwise\n")
    try tree.write("sub/a.c", "#error here, too\n")
    // With two jobs it is chance whether both of them have failed by then.
    let next = try await build(tree, jobs: 1)
    #expect(next == ("sub/a.c: error: #error here, too", ["-k sub/b.o", "bzImage", "-k sub/a.o", "-j1 bzImage"]))
    #expect(try await build(tree) == ("sub/a.c: error: #error here, too", ["-k sub/a.o sub/b.o"]))
  }

  @Test("is come to by one job, or where there are many by all of them, and what lies behind it with that")
  func order() async throws {
    for (jobs, last, isMade) in [(1, "-j1 bzImage", false), (Compile.few + 1, "-k bzImage", true)] {
      let tree = try tree()
      try tree.write("sub/b.c", Self.broken)
      #expect(try await build(tree, jobs: jobs) == (Self.failing, ["bzImage", "-k sub/b.o", last]))
      #expect(tree.exists("objects/sub/c.o") == isMade)
    }
    // Of several errors the first is that of make's order, and of many jobs' that of the alphabet.
    for (jobs, first) in [(1, "sub/c.c"), (2, "sub/c.c"), (Compile.few + 1, "sub/a.c")] {
      let tree = try tree()
      try tree.write("Makefile", Self.makefile.replacing("sub/a.o sub/b.o sub/c.o", with: "sub/c.o sub/b.o sub/a.o"))
      for name in ["a", "c"] { try tree.write("sub/\(name).c", Self.broken) }
      #expect(try await build(tree, jobs: jobs).failure == "\(first): error: #error not yet")
    }
  }

  /// As the preprocessor takes away the comments by which a compiler is told that a case falls through on purpose.
  @Test("is compiled from its source where it was compiled preprocessed, and if that is well all jobs go on")
  func preprocessed() async throws {
    let tree = try tree()
    let fails = "\t@[ $*$$CCACHE_NOCPP2 != b1 ] || { echo 'sub/b.c:1:1: error: fall through'; exit 1; }\n"
    let folder = "\t@mkdir -p $(O)/sub\n"
    try tree.write("Makefile", Self.makefile.replacing(folder, with: folder + fails))
    #expect(try await build(tree) == ("", ["bzImage", "-k sub/b.o", "bzImage"]))
  }

  /// Kbuild, too, makes a single object whether the configuration has it or not.
  private static let optional = makefile.replacing("all = sub/a.o sub/b.o sub/c.o\n", with: "-include sub/Kbuild\n")
  private static let kbuild = "-include $(O)/.config\nall = sub/a.o sub/c.o $(if $(CONFIG_B),sub/b.o)\n"

  @Test("is none where the configuration leaves it out")
  func configuration() async throws {
    let tree = try tree()
    try tree.write("Makefile", Self.optional)
    try tree.write("sub/Kbuild", Self.kbuild)
    try tree.write("sub/a.c", "void _start(void) { }\n")
    try tree.write("sub/b.c", Self.broken)
    var with = BuildRecipe()
    with.userSymbols = [BuildRecipe.Assignment("B", "y")]
    #expect(try await build(tree, with) == (Self.failing, ["bzImage", "-k sub/b.o", "-j1 bzImage"]))
    #expect(try await build(tree, with) == (Self.failing, ["-k sub/b.o"]))
    #expect(try await build(tree) == ("", ["bzImage"]))
    // What another configuration built says nothing of it.
    #expect(try await build(tree, with) == (Self.failing, ["-k sub/b.o"]))
  }

  @Test("is none where a makefile leaves it out")
  func makefiles() async throws {
    let tree = try tree()
    try tree.write("Makefile", Self.optional)
    try tree.write("sub/Kbuild", "all = sub/a.o sub/c.o sub/b.o\n")
    try tree.write("sub/a.c", "void _start(void) { }\n")
    try tree.write("sub/b.c", Self.broken)
    _ = try await build(tree)
    // The release is no matter.
    try tree.write("Makefile", Self.optional.replacing("PATCHLEVEL = 1\n", with: "PATCHLEVEL = 2\n"))
    #expect(try await build(tree) == (Self.failing, ["-k sub/b.o"]))
    try tree.write("sub/Kbuild", "all = sub/a.o sub/c.o\n")
    #expect(try await build(tree) == ("", ["bzImage"]))
  }

  @Test("is one of few, and not for ever")
  func few() throws {
    func report(_ name: String, _ words: String = "error: x") -> ErrorReport? {
      ErrorReport(
        log: "\(name).c:1:2: \(words)\nmake[1]: *** [Makefile:1: \(name).o] Error 1\n", source: "/s", objects: "/o")
    }
    let scratch = try Scratch()
    let setting = try BuildSetting(source: scratch.url, config: try scratch.file("config", "CONFIG_A=y\n"))
    var suspects = Suspects()
    for name in ["k/a", "k/b", "k/c", "k/d", "k/b"] { suspects = suspects.after(failure: report(name), in: setting) }
    #expect(suspects.list.map(\.target) == ["k/b.o", "k/d.o", "k/c.o"])
    suspects = suspects.after(failure: nil, in: setting)
    // What failed last has the most tries left.
    #expect(suspects.list.map(\.misses) == [1, 2, 3])
    suspects = suspects.after(failure: nil, in: setting)
    #expect(suspects.list.map(\.target) == ["k/b.o", "k/d.o"])
    // Of no folder of kbuild's.
    for name in ["vmlinux", "/o/x", "/usr/x"] {
      #expect(Suspects().after(failure: report(name), in: setting).list.isEmpty)
    }
    // The whole build may make what is missing.
    let missing = report("k/a", "fatal error: made.h: No such file or directory")
    #expect(missing?.target == "k/a.o")
    #expect(Suspects().after(failure: missing, in: setting).list.isEmpty)
  }
}
