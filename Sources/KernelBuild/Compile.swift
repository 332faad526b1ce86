import Foundation
import HostSystem

/// `make bzImage` in a folder that is configured.
struct Compile {
  enum End {
    case built
    /// The first run failed with these words and the second, of the same tree, did not.
    case builtAtSecondTry(String)
    case failed(BuildFailure)
  }

  let source: URL
  let objects: Objects
  let arguments: [String]
  let log: BuildLog
  let silence: Duration
  /// See ``ToolChain/compilesPreprocessed``.
  let compilesPreprocessed: Bool

  /// Less than this, and a build that failed is taken for one that ran out of space: not every program of a build
  /// says that a write failed.
  private static let leastSpace = 16 << 20

  /// Builds. A build that fails is run to the end of what can be built, for a signature that does not depend on which
  /// job was first; what is compiled then is not lost, as the next commit finds it.
  func run(line: @escaping @Sendable (Substring) -> Void) async throws -> End {
    let start = log.position()
    if try await make([], once: compilesPreprocessed, line) == 0 { return try end(.built) }
    let first = try failure(since: start)
    let second = log.position()
    // Not preprocessed before: a warning that is an error may be none of the source's (`fall through` in a comment).
    if try await make(["-k"], once: false, line) == 0 { return try end(.builtAtSecondTry(first.signature)) }
    return .failed(try failure(since: second))
  }

  private func make(_ further: [String], once: Bool, _ line: @escaping @Sendable (Substring) -> Void) async throws
    -> Int
  {
    let words = arguments + further + ["bzImage"]
    try log.head("make \(words.joined(separator: " "))")
    // Gone when the run before ended in order.
    try Places.write(Data(), to: objects.marker)
    let run = MakeRun(
      arguments: words, environment: Kbuild.environment(compilesPreprocessed: once),
      marker: objects.marker, silence: silence)
    return try await run.run(log: log, line: line)
  }

  private func end(_ end: End) throws(Failure) -> End {
    for file in [Kbuild.image(in: objects.folder), objects.vmlinux] {
      guard FileManager.default.fileExists(atPath: file.path) else {
        throw Failure(
          .toolFailed, "make succeeded and left no \(file.path)", remedy: "look at the end of \(log.file.path)")
      }
    }
    return end
  }

  private func failure(since position: UInt64) throws(Failure) -> BuildFailure {
    let text = log.text(from: position)
    if let trouble = OurTrouble.find(in: text) { throw trouble }
    if let free = objects.free, free < Self.leastSpace {
      throw Failure(
        .cannotWrite, "a build failed with \(free >> 10) KiB free in \(objects.folder.path)",
        remedy: "free some space there")
    }
    let report = ErrorReport(log: text, source: source.path, objects: objects.folder.path)
    return BuildFailure(
      phase: .build, signature: report?.signature ?? "make fails without a word", lines: report?.lines ?? [])
  }
}
