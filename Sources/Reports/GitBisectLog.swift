public import Bisection
public import HostSystem
import KernelTree

/// A bisection as git writes it down, for `git bisect replay` (git-bisect(1), "Bisect log and bisect replay"). git looks for
/// what the newer commit has and the older one has not, and calls that bad unless it is given other words.
public enum GitBisectLog {
  /// The lines.
  public static func lines(_ record: Record) throws(Failure) -> [String] {
    guard let opening = record.opening else { throw Failure(.badInput, "the ledger has no first line") }
    let isFix = opening.findsFix == true
    func word(_ own: String) -> String { isFix ? ["good": "fixed", "bad": "unfixed"][own] ?? own : own }
    let terms = isFix ? "'--term-new=fixed' '--term-old=unfixed' " : ""
    let ends = isFix ? (opening.good, opening.bad) : (opening.bad, opening.good)
    var lines = [
      "# \(word("bad")): [\(opening.bad)] \(opening.badName)",
      "# \(word("good")): [\(opening.good)] \(opening.goodName)",
      "git bisect start \(terms)'\(ends.0)' '\(ends.1)'",
    ]
    if let base = record.base { lines.append("# kernels: base \(base)") }
    if let text = record.disabledText { lines.append("# with \(text), as not all commits build otherwise") }
    let answers = answers(record, opening)
    for (commit, own) in answers {
      lines += ["# \(word(own)): [\(commit.id)] \(commit.subject)", "git bisect \(word(own)) \(commit.id)"]
    }
    // Judged by the user, and not looked at with this configuration.
    let looked = Set(answers.map(\.0.id) + [opening.good, opening.bad])
    for (id, mark) in record.marks.sorted(by: { $0.key.hex < $1.key.hex }) where !looked.contains(id) {
      lines.append("git bisect \(word(mark.rawValue)) \(id)")
    }
    if let conclusion = record.conclusion, conclusion.commits.count == 1 {
      // As git writes it, and never more than was shown.
      let doubt = conclusion.claim == .confirmed ? "" : " (\(conclusion.claim.rawValue))"
      lines.append(
        "# first \(isFix ? "fixed" : "bad") commit\(doubt): [\(conclusion.commits[0].id)] \(conclusion.commits[0].subject)"
      )
    }
    return lines
  }

  /// The last word on each commit between the ends, in the order of the tests.
  private static func answers(_ record: Record, _ opening: LedgerEntry.Opening) -> [(Commit, String)] {
    var words: [(Commit, String)] = []
    for one in record.examined {
      guard case .commit(let commit) = one.sample, ![opening.good, opening.bad].contains(commit.id),
        // Of many runs one tells less than what they came to.
        let answer = one.examination.flatMap({ found -> CommitSearch.Answer? in
          found.trial?.isBad.map { $0 ? .bad : .good } ?? record.answer(to: found.seen)
        })
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
