import Foundation

/// The error of a build's log that stands for all of them.
///
/// With several jobs the first error in time is another one each time. So make ends with one job, or makes all that it can
/// (``Compile``), with the words of each job together (`--output-sync=target`). Where several targets failed, the first of the
/// alphabet is taken, and of its errors the first, as the compiler's later ones often come of it. The same tree then gives
/// the same signature whatever the order, with few jobs each time, and with many. What remains: an error that only shows
/// while another file is missing, as when a generator fails and what it made before is out of date.
struct ErrorReport: Equatable {
  /// Stable from build to build and, as far as the fault is the same, from commit to commit: no line numbers, no
  /// counters of the compiler's, no paths of this machine.
  let signature: String
  /// The compiler's own words: the error, what it stands in, and what is said below it.
  let lines: [String]
  /// What was being made, `net/ipv4/tcp.o`; empty where the log does not tell.
  let target: String

  /// See ``BuildFailure/isOfCode``. The build's own programs are made by another compiler, which is no part of a
  /// kernel's key.
  let isOfCode: Bool

  /// The most lines that are kept.
  static let limit = 12

  /// Reads a log; nil when it holds no error in a form that is known, or none of these.
  init?(log: String, source: String, objects: String, of suspects: Suspects? = nil) {
    let lines = log.split(separator: "\n").map { Self.plain($0, source, objects) }
    let wanted = Self.candidates(lines).filter { found in
      suspects?.list.contains { $0.target == found.target && $0.signature == found.signature } ?? true
    }
    guard let best = wanted.min(by: { $0.key < $1.key }) else { return nil }
    signature = best.signature
    target = best.target
    isOfCode =
      best.error.kind <= .linker && !best.target.isEmpty && !best.isOfHost
      && !["scripts/", "tools/"].contains(where: best.target.hasPrefix) && !best.target.contains("/tools/")
    self.lines = Self.context(of: best.index, in: lines)
  }

  /// The objects that failed and that make can be asked for alone, in the order of the alphabet.
  static func targets(in log: String, source: String, objects: String) -> [String] {
    let all = candidates(log.split(separator: "\n").map { plain($0, source, objects) })
    return Set(all.map(\.target).filter(isAskedForAlone)).sorted()
  }

  /// Kbuild makes single objects of its own folders.
  static func isAskedForAlone(_ target: String) -> Bool {
    target.hasSuffix(".o") && target.contains("/") && !target.hasPrefix("/")
  }

  private struct Candidate {
    let error: BuildError
    let index: Int
    /// What was being made; empty where the log does not tell.
    var target = ""
    /// Whether kbuild called it a program of the build's own.
    var isOfHost = false

    /// An assertion at compile time is reported where its macro stands; what was compiled tells more.
    var signature: String {
      let isAssertion = error.message.contains("__compiletime_assert_") && !target.isEmpty
      return isAssertion ? "\(target): \(error.message)" : error.signature
    }

    /// Deeper makes first: they come before those that pass the failure on.
    var key: (BuildError.Kind, Int, String, String) { (error.kind, -error.depth, target, signature) }
  }

  /// The first error of each job. A job's words begin with kbuild's line and end with make's word on its target.
  private static func candidates(_ lines: [String]) -> [Candidate] {
    var all: [Candidate] = []
    var open: Candidate?
    var isOfHost = false
    for (index, line) in lines.enumerated() {
      if let job = KernelLine(line[...]) {
        isOfHost = job.isOfHost
        if let found = open { all.append(found) }
        open = nil
      } else if let error = BuildError(line[...]) {
        let new = Candidate(error: error, index: index, isOfHost: isOfHost)
        if let target = error.target {
          if var found = open {
            found.target = target
            all.append(found)
          }
          all.append(new)
          open = nil
        } else if open.map({ error.kind < $0.error.kind }) ?? true {
          open = new
        }
      }
    }
    return all + (open.map { [$0] } ?? [])
  }

  /// Without this machine's paths, whatever way the compiler was told them.
  private static func plain(_ line: Substring, _ source: String, _ objects: String) -> String {
    var text = String(line)
    for folder in [objects, source] { text = text.replacing("\(folder)/", with: "") }
    while let up = text.firstRange(of: "../") { text.removeSubrange(up) }
    return text.hasPrefix("./") ? String(text.dropFirst(2)) : text
  }

  private static func context(of index: Int, in lines: [String]) -> [String] {
    var start = index
    // "In file included from a.h:1," / "                 from b.c:2:", "a.c: In function 'f':", the linker's
    // "ld: a.o: in function `f':".
    while start > 0, index - start < 5, isAbove(lines[start - 1]) { start -= 1 }
    var end = index + 1
    while end < lines.count, end - start < limit, isBelow(lines[end]) { end += 1 }
    return Array(lines[start..<end])
  }

  private static func isAbove(_ line: String) -> Bool {
    line.hasPrefix("In file included from ") || line.hasPrefix("                 from ")
      || line.contains(": In function ") || line.contains(": in function ") || line.hasSuffix(": At top level:")
      || line.hasSuffix(": Assembler messages:")
  }

  private static func isBelow(_ line: String) -> Bool {
    // Two blanks and a capital are make's progress: `  CC      a.o`.
    let isProgress = KernelLine(line[...]) != nil
    return line.hasPrefix(" ") && !isProgress || line.contains(": note: ") || line.hasPrefix(">>> ")
  }
}

/// A line of kbuild's that says what is made: `  CC      net/ipv4/tcp.o`.
struct KernelLine {
  /// The file.
  let file: Substring
  /// Whether it is a program of the build's own: `  HOSTCC  arch/x86/entry/vdso/vdso2c`.
  let isOfHost: Bool

  init?(_ line: Substring) {
    guard line.hasPrefix("  "), let first = line.dropFirst(2).first, first.isUppercase else { return nil }
    let words = line.split(separator: " ")
    guard words.count >= 2, words[0].allSatisfy({ $0.isUppercase || $0.isNumber || $0 == "_" || $0 == "-" }) else {
      return nil
    }
    file = words[words.count - 1]
    isOfHost = words[0].hasPrefix("HOST")
  }
}
