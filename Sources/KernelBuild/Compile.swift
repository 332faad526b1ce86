import Foundation
import HostSystem

/// `make bzImage` in a folder that is configured.
struct Compile {
  enum End {
    case built
    /// The first run failed with these words and the second, of the same tree, did not.
    case builtAtSecondTry(String)
    /// It did not; the report is nil where make says nothing.
    case failed(BuildFailure, ErrorReport?)
  }

  let source: URL
  let objects: Objects
  let arguments: [String]
  /// How many compilers may run at once.
  let jobs: Int
  let log: BuildLog
  let silence: Duration
  /// See ``ToolChain/compilesPreprocessed``.
  let compilesPreprocessed: Bool
  /// By which ccache may go by what was read the last time; nil: it may not.
  let names: IncludeNames?
  /// What is compiled first.
  let suspects: Suspects

  /// Less than this, and a build that failed is taken for one that ran out of space: not every program of a build
  /// says that a write failed.
  private static let leastSpace = 16 << 20

  private static let silent = "make fails without a word"

  /// With so many jobs little is left before an error in make's order when one of them came to one. With more, one job may
  /// take longer for that than all of them take for everything.
  static let few = 4

  /// Builds. Where that fails one job alone goes on from there: then the first error in make's order is the one that
  /// make stops at, whatever came first of several jobs, and nothing behind it is compiled. Where there are many jobs they
  /// make all that can be made instead, and the first of the alphabet is taken. Not so where a suspect fails as it did.
  func run(line: @escaping @Sendable (Substring) -> Void) async throws -> End {
    let begin = log.position()
    if !suspects.list.isEmpty, try await make(["-k"] + suspects.list.map(\.target), once: false, line) != 0,
      let known = try report(since: begin, of: suspects)
    {
      return failed(known)
    }
    let start = log.position()
    if try await make(["bzImage"], once: compilesPreprocessed, line) == 0 { return try end(.built) }
    let first = try report(since: start)?.signature ?? Self.silent
    // Not preprocessed before: a warning that is an error may be none of the source's (`fall through` in a comment). Then
    // all jobs are for the rest.
    let targets = ErrorReport.targets(in: log.text(from: start), source: source.path, objects: objects.folder.path)
    if !targets.isEmpty, try await make(["-k"] + targets, once: false, line) == 0,
      try await make(["bzImage"], once: false, line) == 0
    {
      return try end(.builtAtSecondTry(first))
    }
    let last = log.position()
    let rest = jobs <= Self.few ? ["-j1", "bzImage"] : ["-k", "bzImage"]
    if try await make(rest, once: false, line) == 0 { return try end(.builtAtSecondTry(first)) }
    return failed(try report(since: last))
  }

  private func make(_ further: [String], once: Bool, _ line: @escaping @Sendable (Substring) -> Void) async throws
    -> Int
  {
    let words = arguments + ["-j\(jobs)", "--output-sync=target"] + further
    try log.head("make \(words.joined(separator: " "))")
    // Gone when the run before ended in order.
    try Places.write(Data(), to: objects.marker)
    let run = MakeRun(
      arguments: words, environment: Kbuild.environment(compilesPreprocessed: once, names: names),
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

  private func failed(_ report: ErrorReport?) -> End {
    .failed(
      BuildFailure(
        phase: .build, signature: report?.signature ?? Self.silent, lines: report?.lines ?? [],
        isOfCode: report?.isOfCode ?? false),
      report)
  }

  private func report(since position: UInt64, of suspects: Suspects? = nil) throws(Failure) -> ErrorReport? {
    let text = log.text(from: position)
    if let trouble = OurTrouble.find(in: text) { throw trouble }
    if let free = objects.free, free < Self.leastSpace {
      throw Failure(
        .cannotWrite, "a build failed with \(free >> 10) KiB free in \(objects.folder.path)",
        remedy: "free some space there")
    }
    return ErrorReport(log: text, source: source.path, objects: objects.folder.path, of: suspects)
  }
}
