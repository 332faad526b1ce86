import Judgement
import KernelTree
import Testing

@testable import Bisection
@testable import Reports

@Suite struct `A line of a bisection among commits` {
  private let commit = Commit(id: CommitID(String(repeating: "a", count: 40)), parents: [], tree: "", subject: "s")

  private func line(_ observations: [String: String]) -> String {
    let seen = Seen(.good, phase: .done, reason: "", observations: observations)
    let examination = Examination(
      tree: "", identity: "i", image: nil, seen: seen, buildSeconds: 9, bootMilliseconds: 700, isClean: true)
    return CommitBisectionText.line(
      .examined(.commit(commit), .step, examination, .good, open: 3, wasKnown: false),
      of: CommitRange(good: commit, bad: commit, mergeBases: [], commits: [commit], findsFix: false)) ?? ""
  }

  @Test func `says what was seen, what it cost and what is left`() {
    let line = line(["errno": "EINVAL", "a": "1"])
    #expect(line.contains("good  a=1 errno=EINVAL"), "\(line)")
    #expect(line.contains("(built clean in 9.0 s, booted in 0.7 s)  [3 left]"), "\(line)")
  }

  /// A probe may observe a whole file.
  @Test func `is one, whatever a probe observes`() {
    let line = line(["file": "one\ntwo\u{1B}[31m" + String(repeating: "x", count: 300)])
    #expect(line.contains(#"file=one\x0atwo\x1b[31mxxx"#) && line.contains("(318 characters)"), "\(line)")
    #expect(!line.contains("\n") && line.hasSuffix("[3 left]"), "\(line)")
  }
}
