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
      try await PlantedHistory.make()
    }

    func git(_ arguments: String...) async throws -> String {
      try await Command.host("git", arguments, in: tree).output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func bisect(_ arguments: String..., limit: Duration = .seconds(1800)) async throws -> Tool.Result {
      try await Tool(Command.program, remedy: "run 'make build' first").run(
        ["bisect"] + arguments, in: tree.path, environment: environment, limit: limit)
    }

    /// The same, ended by KILL after a while.
    func bisect(_ arguments: [String], killedAfter time: Duration) async throws {
      let program = Process()
      program.executableURL = URL(filePath: Command.program)
      program.arguments = ["bisect"] + arguments
      program.currentDirectoryURL = tree
      program.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      program.standardError = FileHandle.nullDevice
      program.standardOutput = FileHandle.nullDevice
      try program.run()
      try await Task.sleep(for: time)
      kill(program.processIdentifier, SIGKILL)
      program.waitUntilExit()
    }

    /// What was built in the last session, by its ledger: the tree, and whether it began with nothing.
    func built() throws -> [String] {
      let sessions = scratch.url.appending(path: "state/firstbad/bisects")
      let last = try FileManager.default.contentsOfDirectory(atPath: sessions.path).max() ?? ""
      let ledger = try String(contentsOf: sessions.appending(path: "\(last)/ledger.jsonl"), encoding: .utf8)
      return try ledger.split(separator: "\n").compactMap { line in
        let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        let examined = (entry?["examined"] as? [String: Any])?["_0"] as? [String: Any]
        guard let found = examined?["examination"] as? [String: Any], found["buildSeconds"] != nil else { return nil }
        return "\(found["tree"] ?? "") \(found["isClean"] ?? "")"
      }
    }

    /// All that a user could notice.
    func appearance() async throws -> [String] {
      [
        try await git("status", "--porcelain"), try await git("for-each-ref"), try await git("rev-parse", "HEAD"),
        try await git("stash", "list"), try await git("reflog"),
      ]
    }
  }

  /// Killed in the middle of builds, the first one among them: what was compiled by then is in the compiler's cache,
  /// and what was built and judged is never built or judged again.
  @Test func `ends with the culprit, proven, however often it is killed, and leaves the user's tree alone`()
    async throws
  {
    let world = try await Self.world.value
    let before = try await world.appearance()
    var words = ["--good", "good", "--bad", "bad", "net.listen-backlog"]
    for seconds in [45, 30, 75] {
      try await world.bisect(words, killedAfter: .seconds(seconds))
      words = ["--resume"]
    }
    let result = try await world.bisect("--resume", limit: .seconds(3000))
    #expect(result.status == 0, "\(result)")
    let culprit = try await world.git("rev-parse", "--short=12", "culprit")
    #expect(result.output.contains("first bad commit, confirmed: \(culprit)"), "\(result.output)")
    #expect(result.output.contains("with it reverted is good"), "\(result.output)")
    #expect(try await world.appearance() == before)
    let built = try world.built()
    #expect(Set(built).count == built.count, "built twice: \(built)")
    // ⌈log₂ 18⌉ tests, two ends, the proof; and the edges of the stretch that does not build.
    #expect(built.count <= 5 + 2 + 3 + 3, "\(built)")
  }

  @Test func `asked again builds nothing and boots nothing`() async throws {
    let world = try await Self.world.value
    let result = try await world.bisect("--good", "good", "--bad", "bad", "net.listen-backlog")
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("\n0 builds, 0 boots"), "\(result.output)")
  }

  /// How long a client waits until it is let in: where the queue is full when it is empty its SYN is dropped, and it
  /// waits for as long as it is ready to.
  private static let waiting = """
    #include <firstbad/kit.h>
    #include <poll.h>
    PROBE("test.admission", "how long a client of listen(fd, 0) waits, 50 ms at the most",
          SYSCTL("net.ipv4.tcp_syncookies", "0"), NEEDS("CONFIG_INET"), TIMEOUT_S(15))
    {
    \tMEASURE("wait", 10) {
    \t\tstruct address place;
    \t\tint listener = tcp_listener(0, &place);
    \t\tint client = REQUIRE_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    \t\tconnect(client, SOCKADDR(place), place.size);
    \t\tpoll(&(struct pollfd){.fd = client, .events = POLLOUT}, 1, 50);
    \t\tclose(client);
    \t\tclose(listener);
    \t}
    \tPASS();
    }

    """

  @Test func `asked how long something takes finds the same commit by the kernels that are there`() async throws {
    let world = try await Self.world.value
    let probe = try world.scratch.file("admission.c", Self.waiting)
    let result = try await world.bisect("--good", "good", "--bad", "bad", "--changed", "wait:+300%", probe)
    #expect(result.status == 0, "\(result)")
    let culprit = try await world.git("rev-parse", "--short=12", "culprit")
    #expect(result.output.contains("first bad commit, confirmed: \(culprit)"), "\(result.output)")
    #expect(result.output.contains("\n0 builds, "), "\(result.output)")
    // The table says what a kernel is in this search, and not that the probe itself passed.
    #expect(result.output.contains(/planted\)"\) +bad +stored .* wait=[5-9][0-9]/), "\(result.output)")
  }

  /// Fails in three runs of ten where nobody is admitted; the kernel's domain name counts the runs of a boot.
  private static let sometimes = """
    #include <firstbad/kit.h>
    #include <poll.h>
    PROBE("test.sometimes", "listen(fd, 0) admits a client, most of the time",
          SYSCTL("net.ipv4.tcp_syncookies", "0"), NEEDS("CONFIG_INET"), TIMEOUT_S(15))
    {
    \tconst char *name = "/proc/sys/kernel/domainname";
    \tint run = atoi(read_text(name)) + 1;
    \tchar text[16];
    \tsnprintf(text, sizeof text, "%d", run);
    \twrite_text(name, text);
    \tstruct address place;
    \ttcp_listener(0, &place);
    \tint client = REQUIRE_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    \tconnect(client, SOCKADDR(place), place.size);
    \tint admitted = poll(&(struct pollfd){.fd = client, .events = POLLOUT}, 1, 300) == 1;
    \tCHECK(admitted || run % 10 % 3 != 2);
    \tPASS();
    }

    """

  @Test func `failing three times in ten is found by many runs, and told how sure that is`() async throws {
    let world = try await Self.world.value
    let probe = try world.scratch.file("sometimes.c", Self.sometimes)
    let result = try await world.bisect("--good", "good", "--bad", "bad", "--flaky", "--repeat", "10", probe)
    #expect(result.status == 0, "\(result)")
    let culprit = try await world.git("rev-parse", "--short=12", "culprit")
    #expect(result.output.contains("first bad commit, confirmed: \(culprit)"), "\(result.output)")
    #expect(result.output.contains("\n0 builds, "), "\(result.output)")
    #expect(result.output.contains(/bad in [0-9]+ of [0-9]+, 9[0-9]/), "\(result.output)")
  }

  @Test(arguments: [30, 120, 250, 400, 600])
  func `killed by KILL and resumed ends with the same culprit`(_ milliseconds: Int) async throws {
    let world = try await Self.world.value
    try await world.bisect(
      ["--good", "good", "--bad", "bad", "--any-failure", "net.listen-backlog"],
      killedAfter: .milliseconds(milliseconds))
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
