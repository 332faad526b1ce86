import Bisection
import KernelTree
import Reports
import Testing

@Suite struct `A log for git bisect replay` {
  private func id(_ digit: Character) -> CommitID { CommitID(String(repeating: digit, count: 40)) }

  private var opening: LedgerEntry {
    .opened(
      LedgerEntry.Opening(
        tree: "/tree", goodName: "v1", good: id("1"), badName: "v2", bad: id("2"), question: .failure(any: false),
        arguments: [], digests: [:]))
  }

  @Test func `has what only the user judged, and not what was taken back`() throws {
    let entries = [opening, .marked(commit: id("3"), as: .skip), .marked(commit: id("4"), as: .good), .undone]
    let lines = try GitBisectLog.lines(Record(entries))
    #expect(lines.last == "git bisect skip \(id("3"))")
    #expect(lines.count == 4, "\(lines)")
  }

  @Test func `says in a comment what kernels were built without`() throws {
    let lines = try GitBisectLog.lines(Record([opening, .disabled(["CONFIG_NET", "CONFIG_SOUND"])]))
    #expect(lines.contains("# with CONFIG_NET=n, CONFIG_SOUND=n, as not all commits build otherwise"), "\(lines)")
    #expect(!(try GitBisectLog.lines(Record([opening]))).contains { $0.hasPrefix("# with") })
  }

  @Test func `says no more than was shown`() throws {
    let commit = Commit(id: id("5"), parents: [id("1")], tree: id("6").hex, subject: "x")
    for (claim, words) in [(Conclusion.Claim.confirmed, ""), (.likely, " (likely)")] {
      let conclusion = Conclusion(claim: claim, commits: [commit], reasons: [])
      let lines = try GitBisectLog.lines(Record([opening, .closed(conclusion)]))
      #expect(lines.last == "# first bad commit\(words): [\(commit.id)] x")
    }
  }
}
