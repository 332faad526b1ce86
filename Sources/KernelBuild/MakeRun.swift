import Foundation
import HostSystem
import Judgement
import Subprocess
import Synchronization
import SystemPackage

/// One run of make, with its words in the log and its end under control.
struct MakeRun: Sendable {
  /// Arguments of make.
  var arguments: [String]
  var environment: [String: String]
  /// The marker of an unfinished build; the launcher removes it when make ended in order.
  var marker: URL
  /// How long make may say nothing. Linking a large kernel takes a minute; half an hour is no build any more.
  var silence: Duration = .seconds(1800)

  /// Whose make this is: ``Phase/configure`` or ``Phase/build``.
  var phase = Phase.build
  /// How much make may say. A build of everything with all warnings says a tenth of it.
  var loudness = 256 << 20

  private enum End: Sendable {
    case closed
    case endless(String)
  }

  /// Runs make to its end and gives its status. Its words go to the log as they come, and line by line to the caller.
  ///
  /// Throws when make does not start or is killed, when the task is cancelled, and ``Endless`` when make falls silent or
  /// says too much. Nothing of make's is alive afterwards.
  func run(log: BuildLog, line: @escaping @Sendable (Substring) -> Void) async throws -> Int {
    let setpriv = try Tool("setpriv", remedy: BuildTool.remedy("setpriv"))
    let make = try Tool("make", remedy: BuildTool.remedy("make"))
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = Self.gently
    var variables: [Environment.Key: String] = [:]
    for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
    let (settled, custom) = (options, Environment.custom(variables))
    let words = Self.launch(parent: getpid(), marker: marker, command: [make.path] + arguments)
    let group = Mutex<pid_t?>(nil)
    defer {
      // The teardown is over when the launcher ends; others of the group need not heed TERM.
      if let group = group.withLock({ $0 }) { kill(-group, SIGKILL) }
    }
    let finished = try await Subprocess.run(
      .path(FilePath(setpriv.path)), arguments: Arguments(words), environment: custom, platformOptions: settled,
      input: .none, output: .sequence, error: .combinedWithOutput
    ) { execution in
      group.withLock { $0 = execution.processIdentifier.value }
      let end = try await follow(execution.standardOutput, log, line)
      if case .endless = end { await execution.teardown(using: Self.gently) }
      return end
    }
    try Task.checkCancellation()
    if case .endless(let what) = finished.closureResult {
      throw Endless(what: what, phase: phase, lines: log.lastLines)
    }
    switch finished.terminationStatus {
    case .exited(let status) where status < 128: return Int(status)
    case .exited(let status): throw killed(by: Int(status) - 128, log)
    case .signaled(let number): throw killed(by: Int(number), log)
    }
  }

  private func killed(by signal: Int, _ log: BuildLog) -> Failure {
    Failure(
      .toolFailed, "make was ended by signal \(signal)",
      remedy: "see whether memory ran out (dmesg), and look at the end of \(log.file.path)")
  }

  private func follow(
    _ output: SubprocessOutputSequence, _ log: BuildLog, _ line: @escaping @Sendable (Substring) -> Void
  ) async throws -> End {
    let lastWord = LastWord()
    let (silence, loudness) = (silence, loudness)
    return try await withThrowingTaskGroup(of: End.self) { group in
      group.addTask {
        var rest: [UInt8] = []
        var said = 0
        for try await buffer in output {
          let bytes = buffer.withUnsafeBytes { Array($0) }
          lastWord.time.withLock { $0 = .now }
          try log.add(bytes)
          said += bytes.count
          if said > loudness { return .endless("make said more than \(loudness >> 20) MiB") }
          rest += bytes
          guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
          for word in String(decoding: rest[...end], as: UTF8.self).split(separator: "\n") { line(word) }
          rest.removeSubrange(...end)
        }
        return .closed
      }
      group.addTask {
        // Counted in looks, not by the clock: a host that slept, or that was stopped, is no make that hangs.
        let pause = min(silence / 4, .seconds(5))
        var (quiet, heard) = (Duration.zero, lastWord.time.withLock { $0 })
        while quiet < silence {
          try await Task.sleep(for: pause)
          let last = lastWord.time.withLock { $0 }
          quiet = last == heard ? quiet + pause : .zero
          heard = last
        }
        return .endless("make said nothing for \(silence)")
      }
      defer { group.cancelAll() }
      return try await group.next() ?? .closed
    }
  }

  /// When make last said something.
  private final class LastWord: Sendable {
    let time = Mutex(ContinuousClock.now)
  }

  /// TERM lets make remove what it was writing, for which a loaded machine may need seconds; KILL to the whole group
  /// follows, and costs a clean build.
  private static var gently: [TeardownStep] {
    [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(10)),
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero),
    ]
  }

  /// Arguments of setpriv that start make under its launcher, in a session of its own.
  static func launch(parent: pid_t, marker: URL, command: [String]) -> [String] {
    ["--pdeathsig", "USR1", "--", "/bin/sh", "-c", launcher, "sh", String(parent), marker.path] + command
  }

  /// The leader of make's process group.
  ///
  /// PR_SET_PDEATHSIG tells it, and nobody else of the group, that firstbad ended, even by KILL; it then kills the
  /// group. The signal also comes when only the thread that started it ended, so it looks who its parent is; and a
  /// parent that ended before all that is noticed the same way. A shell waits for a job in the background only, as a
  /// trap runs after a job in the foreground, too late. TERM of ours is for make; the leader outlives it, as
  /// make's end tells whether objects were left half written: after KILL (137) the marker stays.
  private static let launcher = #"""
    parent=$1 marker=$2
    shift 2
    orphaned() { read -r pid name state ppid rest </proc/$$/stat; [ "$ppid" != "$parent" ]; }
    trap 'if orphaned; then kill -KILL 0; fi' USR1
    trap : TERM
    if orphaned; then exit 1; fi
    nice -n 10 "$@" </dev/null &
    job=$!
    while wait "$job"; status=$?; kill -0 "$job" 2>/dev/null; do :; done
    [ "$status" = 137 ] || rm -f "$marker"
    exit "$status"
    """#
}
