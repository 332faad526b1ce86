public import Bisection
public import HostSystem
import KernelTree

/// A bisection as git writes it down, for `git bisect replay` (git-bisect(1), "Bisect log and bisect replay").
public enum GitBisectLog {
  /// The lines.
  public static func lines(_ record: Record) throws(Failure) -> [String] {
    guard let opening = record.opening else { throw Failure(.badInput, "the ledger has no first line") }
    var lines = [
      "# bad: [\(opening.bad)] \(opening.badName)", "# good: [\(opening.good)] \(opening.goodName)",
      "git bisect start '\(opening.bad)' '\(opening.good)'",
    ]
    if let text = record.disabledText { lines.append("# with \(text), as not all commits build otherwise") }
    let answers = answers(record, opening)
    for (commit, word) in answers {
      lines += ["# \(word): [\(commit.id)] \(commit.subject)", "git bisect \(word) \(commit.id)"]
    }
    // Judged by the user, and not looked at with this configuration.
    let looked = Set(answers.map(\.0.id) + [opening.good, opening.bad])
    for (id, mark) in record.marks.sorted(by: { $0.key.hex < $1.key.hex }) where !looked.contains(id) {
      lines.append("git bisect \(mark.rawValue) \(id)")
    }
    if let conclusion = record.conclusion, conclusion.commits.count == 1 {
      // As git writes it, and never more than was shown.
      let doubt = conclusion.claim == .confirmed ? "" : " (\(conclusion.claim.rawValue))"
      lines.append("# first bad commit\(doubt): [\(conclusion.commits[0].id)] \(conclusion.commits[0].subject)")
    }
    return lines
  }

  /// The last word on each commit between the ends, in the order of the tests.
  private static func answers(_ record: Record, _ opening: LedgerEntry.Opening) -> [(Commit, String)] {
    var words: [(Commit, String)] = []
    for one in record.examined {
      guard case .commit(let commit) = one.sample, ![opening.good, opening.bad].contains(commit.id),
        let answer = one.examination.flatMap({ record.answer(to: $0.seen) })
      else { continue }
      let word =
        switch answer {
        case .good: "good"
        case .bad: "bad"
        case .untestable: "skip"
        }
      words.removeAll { $0.0.id == commit.id }
      words.append((commit, record.marks[commit.id]?.rawValue ?? word))
    }
    return words
  }
}
