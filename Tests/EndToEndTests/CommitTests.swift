import Foundation
import HostSystem
import TestKernels
import Testing

/// What can be wrong with a range before anything is built: one sentence, status 128 or more, nothing lost.
@Suite struct `A range of commits` {
  private let scratch: Scratch
  private var tree: URL { scratch.url.appending(path: "tree") }

  /// A repository that looks like a kernel's from afar: four commits in a row, and a branch.
  init() async throws {
    scratch = try Scratch()
    _ = try scratch.file("tree/Makefile", "VERSION = 6\nPATCHLEVEL = 1\n")
    _ = try scratch.file("tree/Kconfig", "mainmenu \"Linux\"\n")
    _ = try scratch.file("tree/arch/x86/Kconfig", "config X86\n")
    try await git("init", "-q", "-b", "main")
    for number in 1...4 {
      _ = try scratch.file("tree/file.c", "int i = \(number);\n")
      try await git("add", "-A")
      try await git("commit", "-q", "-m", "commit \(number)")
      try await git("tag", "c\(number)")
    }
  }

  private func git(_ arguments: String...) async throws {
    let result = try await Command.host(
      "git", ["-c", "user.name=T", "-c", "user.email=t@example.org"] + arguments, in: tree)
    try #require(result.status == 0, "\(result.errors)")
  }

  private func bisect(_ arguments: String..., in folder: URL? = nil) async throws -> Tool.Result {
    let places = ["XDG_STATE_HOME": scratch.url.path, "XDG_CACHE_HOME": scratch.url.appending(path: "cache").path]
    return try await Command.firstbad(["bisect"] + arguments, in: folder ?? tree, environment: places)
  }

  private func expect(_ result: Tool.Result, says words: String, _ remedy: String) {
    #expect(result.status == 128, "\(result)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.errors.contains(remedy), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func `with a commit that does not exist is refused`() async throws {
    let result = try await bisect("--good", "v0", "--bad", "c4", "mm.pkey-alloc-errno")
    #expect(result.status == 128 && result.errors.contains("v0"), "\(result.errors)")
  }

  @Test func `whose ends are the same is refused`() async throws {
    expect(try await bisect("--good", "c4", "--bad", "main", "mm.pkey-alloc-errno"), says: "are the same", "name two")
  }

  @Test func `whose ends are swapped is refused, and the way out is named`() async throws {
    expect(
      try await bisect("--good", "c4", "--bad", "c1", "mm.pkey-alloc-errno"),
      says: "the bad commit is an ancestor of the good one", "--find-fix")
  }

  @Test func `for a fix whose ends are swapped is refused`() async throws {
    expect(
      try await bisect("--find-fix", "--good", "c1", "--bad", "c4", "mm.pkey-alloc-errno"),
      says: "the good commit is an ancestor of the bad one", "leave --find-fix out")
  }

  @Test func `without one of its ends is refused`() async throws {
    expect(try await bisect("--good", "c1", "mm.pkey-alloc-errno"), says: "no range is named", "--bad COMMIT")
  }

  @Test func `together with ready-made kernels is refused`() async throws {
    expect(
      try await bisect("--good", "c1", "--bad", "c4", "--kernel", "/x", "mm.pkey-alloc-errno"),
      says: "exclude each other", "--kernels")
  }

  @Test func `in a repository of something else is refused`() async throws {
    try await git("rm", "-q", "Kconfig")
    try await git("commit", "-q", "-m", "no kernel")
    let result = try await bisect("--good", "c1", "--bad", "main", "mm.pkey-alloc-errno")
    #expect(result.status == 128 && result.errors.contains("remedy"), "\(result.errors)")
  }

  @Test func `outside of any repository is refused`() async throws {
    let empty = scratch.url.appending(path: "empty")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    let result = try await bisect("--good", "c1", "--bad", "c4", "mm.pkey-alloc-errno", in: empty)
    #expect(result.status == 128 && result.errors.contains("remedy"), "\(result.errors)")
  }

  @Test func `of which nothing was searched yet cannot be gone on with`() async throws {
    expect(try await bisect("--resume"), says: "there is no bisection of", "start one")
    expect(try await bisect("log"), says: "there is no bisection of", "start one")
    expect(try await bisect("undo"), says: "there is no bisection of", "start one")
    expect(try await bisect("mark", "skip", "c2"), says: "there is no bisection of", "start one")
  }

  @Test func `that gives no kernel at its good end is refused with the reason`() async throws {
    // Its Makefile has no configuration to make.
    let result = try await bisect("--good", "c1", "--bad", "c4", "mm.pkey-alloc-errno")
    #expect(result.status == 128, "\(result)")
    #expect(result.errors.contains("bisect --resume"), "\(result.errors)")
  }

  @Test func `takes no mark on a commit that is not in it`() async throws {
    _ = try await bisect("--good", "c2", "--bad", "c4", "mm.pkey-alloc-errno")
    let outside = try await bisect("mark", "skip", "c1")
    expect(outside, says: "is no commit of the range c2..c4", "git rev-list c2..c4")
    try await git("checkout", "-q", "-b", "side", "c2")
    try await git("commit", "-q", "--allow-empty", "-m", "beside it")
    expect(try await bisect("mark", "bad", "side"), says: "is no commit of the range c2..c4", "start anew")
    expect(try await bisect("mark", "skip", "c4"), says: "is an end of the range", "other ends")
    let inside = try await bisect("mark", "skip", "c3")
    #expect(inside.status == 0, "\(inside)")
  }

  @Test func `in a tree with changes that belong to no commit is not built by step`() async throws {
    _ = try scratch.file("tree/file.c", "int changed;\n")
    let result = try await Command.firstbad(["step", "--build", "mm.pkey-alloc-errno"], in: tree)
    expect(result, says: "belong to no commit", "commit or stash")
  }
}
