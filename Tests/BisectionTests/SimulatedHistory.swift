import Bisection
import TestSupport

/// A range of commits with a truth that only the tests of a search reveal.
struct SimulatedHistory {
  var history: History
  /// The commit that brought the change.
  var culprit: Int
  /// Commits that cannot tell, with the reason.
  var broken: [Int: String] = [:]

  /// Whether one commit has another among its ancestors, or is it.
  func isAncestor(_ old: Int, of new: Int) -> Bool {
    var stack = [new]
    var seen: Set<Int> = []
    while let commit = stack.popLast() {
      if commit == old { return true }
      if commit < old || !seen.insert(commit).inserted { continue }
      stack += history.parents[commit]
    }
    return false
  }

  /// Searches to the end and says how many tests it took, and which.
  func search() -> (result: CommitSearch.Result?, tests: [Int]) {
    var hasChange = [Bool](repeating: false, count: history.count)
    for commit in culprit..<history.count {
      hasChange[commit] = commit == culprit || history.parents[commit].contains { hasChange[$0] }
    }
    var search = CommitSearch(history)
    var tests: [Int] = []
    while let next = search.next, tests.count <= 2 * history.count {
      tests.append(next)
      search.record(broken[next].map { .untestable($0) } ?? (hasChange[next] ? .bad : .good), for: next)
    }
    return (search.result, tests)
  }

  /// Breaks all that lies on a way from one commit to another, both included.
  mutating func breakAll(from first: Int, to last: Int, _ why: String) {
    for commit in first...last where isAncestor(first, of: commit) && isAncestor(commit, of: last) {
      broken[commit] = why
    }
    // The ends of a range are verified before a search begins.
    broken[history.count - 1] = nil
  }
}

extension History {
  /// A graph as developers make it: a main line, and branches that fork somewhere and are merged later.
  static func random(_ count: Int, merging share: Double, using random: inout Seeded) -> History {
    var parents: [[Int]] = [[]]
    var heads: [Int] = [0]
    for commit in 1..<count {
      let isLast = commit == count - 1
      let line = Int.random(in: 0..<heads.count, using: &random)
      let dice = Double.random(in: 0..<1, using: &random)
      if isLast {
        // Whatever is still open is merged in the end, so that the newest commit has them all.
        parents.append(Array(Set(heads)).sorted())
      } else if heads.count > 1 && dice < share {
        let other = (line + 1) % heads.count
        parents.append(Array(Set([heads[line], heads[other]])).sorted())
        heads[line] = commit
        heads.remove(at: other)
      } else if dice < 2 * share && heads.count < 6 {
        // A branch that forks from a commit of before, or from outside of the range.
        parents.append(dice < 1.1 * share ? [] : [Int.random(in: max(0, commit - 40)..<commit, using: &random)])
        heads.append(commit)
      } else {
        parents.append([heads[line]])
        heads[line] = commit
      }
    }
    return History(parents: parents)
  }
}

/// ⌈log₂ n⌉.
func halvings(of count: Int) -> Int {
  var tests = 0
  while 1 << tests < count { tests += 1 }
  return tests
}
