import Bisection
import Foundation
import HostSystem
import KernelTree
import Reports
import TestSupport
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

  /// As git replays it.
  @Test func `of a fix calls the commit fixed, and git takes it`() async throws {
    let scratch = try Scratch()
    func git(_ words: String...) async throws -> String {
      let settings = ["user.name=a", "user.email=a", "init.defaultBranch=main"].flatMap { ["-c", $0] }
      return try await Tool("git", remedy: "").succeed(settings + words, in: scratch.url.path).output
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    _ = try await git("init", "-q")
    var commits: [Commit] = []
    for number in 0..<4 {
      _ = try await git("commit", "-q", "--allow-empty", "-m", "commit \(number)")
      let id = CommitID(try await git("rev-parse", "HEAD"))
      commits.append(Commit(id: id, parents: commits.last.map { [$0.id] } ?? [], tree: "", subject: "commit \(number)"))
    }
    let opening = LedgerEntry.opened(
      LedgerEntry.Opening(
        tree: "/tree", goodName: "new", good: commits[3].id, badName: "old", bad: commits[0].id,
        question: .failure(any: false), arguments: [], digests: [:], findsFix: true))
    let conclusion = Conclusion(claim: .confirmed, commits: [commits[2]], reasons: [])
    let lines = try GitBisectLog.lines(
      Record([
        opening, .marked(commit: commits[1].id, as: .bad), .marked(commit: commits[2].id, as: .good),
        .closed(conclusion),
      ]))
    #expect(lines.last == "# first fixed commit: [\(commits[2].id)] commit 2")
    let log = try scratch.file("log", lines.joined(separator: "\n") + "\n")
    let words = try await git("bisect", "replay", log.path)
    #expect(words.contains("\(commits[2].id) is the first fixed commit"), "\(words)")
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
