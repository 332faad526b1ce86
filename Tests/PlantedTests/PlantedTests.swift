import Foundation
import HostSystem
import TestKernels
import Testing

/// A whole bisection: a short history on Debian's newest 6.1 source into which changes were planted. One makes
/// listen(fd, 0) admit nobody, one does not build, one does not boot, and a branch is merged that forked early.
@Suite(.serialized) struct `A history with a planted culprit` {
  private static let world = Task { () async throws -> World in try await World() }

  /// The history, which is kept in the cache, and caches of this test alone, so that all is built.
  private final class World: Sendable {
    let scratch: Scratch
    let tree: URL
    let environment: [String: String]

    init() async throws {
      scratch = try Scratch()
      tree = Places().cache.appending(path: "histories/planted")
      environment = [
        "XDG_CACHE_HOME": scratch.url.appending(path: "cache").path,
        "XDG_STATE_HOME": scratch.url.appending(path: "state").path,
      ]
      if !FileManager.default.fileExists(atPath: tree.path) {
        try Places.make(tree.deletingLastPathComponent())
        let script = Command.tree.appending(path: "Tests/Histories/planted").path
        // Unpacking a kernel and taking it into git is some minutes' work.
        let made = try await Tool("sh", remedy: "none").run([script, tree.path], limit: .seconds(1200))
        try #require(made.status == 0, "\(made.errors)")
      }
    }

    func git(_ arguments: String...) async throws -> String {
      try await Command.host("git", arguments, in: tree).output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func bisect(_ arguments: String..., limit: Duration = .seconds(1800)) async throws -> Tool.Result {
      try await Tool(Command.program, remedy: "run 'make build' first").run(
        ["bisect"] + arguments, in: tree.path, environment: environment, limit: limit)
    }

    /// All that a user could notice.
    func appearance() async throws -> [String] {
      [
        try await git("status", "--porcelain"), try await git("for-each-ref"), try await git("rev-parse", "HEAD"),
        try await git("stash", "list"), try await git("reflog"),
      ]
    }
  }

  @Test func `ends with the culprit, proven, and leaves the user's tree alone`() async throws {
    let world = try await Self.world.value
    let before = try await world.appearance()
    let result = try await world.bisect("--good", "good", "--bad", "bad", "net.listen-backlog")
    #expect(result.status == 0, "\(result)")
    let culprit = try await world.git("rev-parse", "--short=12", "culprit")
    #expect(result.output.contains("first bad commit, confirmed: \(culprit)"), "\(result.output)")
    #expect(result.output.contains("with it reverted is good"), "\(result.output)")
    #expect(try await world.appearance() == before)
  }

  @Test func `asked again builds nothing and boots nothing`() async throws {
    let world = try await Self.world.value
    let result = try await world.bisect("--good", "good", "--bad", "bad", "net.listen-backlog")
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("\n0 builds, 0 boots"), "\(result.output)")
  }

  @Test(arguments: [30, 120, 250, 400, 600])
  func `killed by KILL and resumed ends with the same culprit`(_ milliseconds: Int) async throws {
    let world = try await Self.world.value
    let program = Process()
    program.executableURL = URL(filePath: Command.program)
    program.arguments = ["bisect", "--good", "good", "--bad", "bad", "--any-failure", "net.listen-backlog"]
    program.currentDirectoryURL = world.tree
    program.environment = ProcessInfo.processInfo.environment.merging(world.environment) { $1 }
    program.standardError = FileHandle.nullDevice
    program.standardOutput = FileHandle.nullDevice
    try program.run()
    try await Task.sleep(for: .milliseconds(milliseconds))
    kill(program.processIdentifier, SIGKILL)
    program.waitUntilExit()
    // Before the ledger's first line is written there is nothing to go on with but the bisection before.
    let result = try await world.bisect("--resume")
    let culprit = try await world.git("rev-parse", "--short=12", "culprit")
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("first bad commit, confirmed: \(culprit)"), "\(result.output)")
  }

  @Test func `tells git what was found`() async throws {
    let world = try await Self.world.value
    let log = try await world.bisect("log", "--git")
    #expect(log.status == 0, "\(log)")
    let file = try world.scratch.file("log", log.output)
    let clone = world.scratch.url.appending(path: "clone").path
    let cloned = try await Command.host("git", ["clone", "-q", "--no-checkout", world.tree.path, clone])
    #expect(cloned.status == 0, "\(cloned.errors)")
    _ = try await Command.host("git", ["-C", clone, "sparse-checkout", "set", "Documentation/networking"])
    let replay = try await Command.host("git", ["-C", clone, "bisect", "replay", file])
    let culprit = try await world.git("rev-parse", "culprit")
    #expect(replay.output.contains("\(culprit) is the first bad commit"), "\(replay)")
  }

  @Test func `is judged commit by commit under git bisect run`() async throws {
    let world = try await Self.world.value
    let step = try await Tool(Command.program, remedy: "run 'make build' first").run(
      ["step", "--build", "net.listen-backlog"], in: world.tree.path, environment: world.environment,
      limit: .seconds(900))
    #expect(step.status == 1, "\(step)")
  }
}
