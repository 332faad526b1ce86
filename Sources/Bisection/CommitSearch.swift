import Foundation

/// Which commit to test next, and what follows from those tested. Pure.
///
/// The rule of the world it searches: one commit brought the change, all that build on it have it, no other
/// has. Beyond `git bisect` it copes with commits that cannot tell: all that lie between two of them with the
/// same signature are taken for untestable too, and the search goes on at the edges of such a stretch. What it
/// names was either tested, or is handed out as a set.
public struct CommitSearch: Sendable {
  /// What a test said.
  public enum Answer: Equatable, Sendable {
    /// As the old end.
    case good
    /// As the new end.
    case bad
    /// It cannot tell, for this reason.
    case untestable(String)

    /// The same, for whatever reason it cannot tell.
    func isLike(_ other: Answer) -> Bool {
      switch (self, other) {
      case (.untestable, .untestable): true
      default: self == other
      }
    }
  }

  /// What is known in the end. Numbers are those of ``History``.
  public enum Result: Equatable, Sendable {
    /// This one brought the change: it has it and none of its parents does.
    case culprit(Int)
    /// One of these did, oldest first; all but one cannot be tested, or as many as were tried: see ``CommitSearch/next``.
    case range([Int])
    /// Good and bad contradict each other: no single commit can have brought the change.
    case contradiction
  }

  /// How many failed tests are spent inside of stretches that are taken for untestable, before the search
  /// settles for a range. See ``next`` for all bounds.
  public static let patience = 12
  /// Tests that a search may take beyond twice the logarithm of the range. Where hundreds of branches were merged
  /// into a stretch that cannot be tested, each would take a test of its own to be cleared, for next to nothing.
  public static let spare = 24

  /// The graph.
  public let history: History
  /// Answers so far, by commit.
  public private(set) var answers: [Int: Answer] = [:]
  /// Those of them that came of no test, but of the user.
  private(set) var marked: Set<Int> = []
  /// Commits that may have brought the change.
  private var isSuspect: [Bool]
  /// How many commits of the range each has, itself included: its place, where branches run side by side.
  private let positions: [Int]
  /// Tests that were made within a supposed stretch and failed.
  private var failuresInside = 0
  private var successesInside = 0

  /// A search in a range whose ends are verified: the newest commit is bad, all outside of the range are good.
  public init(_ history: History) {
    precondition(history.count > 0, "a range holds at least its new end")
    self.history = history
    isSuspect = history.ancestry(of: history.count - 1)
    positions = history.weights(counted: isSuspect)
    answers[history.count - 1] = .bad
  }

  /// Takes an answer. One that came of no test (`isMark`) costs none, and says nothing of the commits around it: whoever skips
  /// two commits did not say that all between them cannot be tested.
  public mutating func record(_ answer: Answer, for commit: Int, isMark: Bool = false) {
    if isMark {
      marked.insert(commit)
    } else if stretches.isInside(positions[commit]) {
      if case .untestable = answer { failuresInside += 1 } else { successesInside += 1 }
    }
    answers[commit] = answer
    let related = history.ancestry(of: commit)
    for other in 0..<history.count {
      switch answer {
      case .good: if related[other] { isSuspect[other] = false }
      case .bad: if !related[other] { isSuspect[other] = false }
      case .untestable: break
      }
    }
  }

  /// Commits that may have brought the change, oldest first.
  public var suspects: [Int] { (0..<history.count).filter { isSuspect[$0] } }

  /// How many of them are still to be told apart.
  public var remaining: Int { isSuspect.count { $0 } }

  /// Whether a test could not tell.
  var isBroken: Bool {
    answers.contains { number, answer in answer.isLike(.untestable("")) && !marked.contains(number) }
  }

  /// How many tests there were.
  var tests: Int { answers.count - marked.subtracting([history.count - 1]).count - 1 }

  /// How many of them are untested.
  public var open: Int { (0..<history.count).count { isSuspect[$0] && answers[$0] == nil } }

  /// What to test next; nil when the result is there.
  ///
  /// A clean row of n commits takes at most ⌈log₂ n⌉ tests. A stretch that cannot be tested costs up to log₂ n
  /// more, as both of its edges may have to be found, and ``patience`` within it. No search takes more than
  /// 2 ⌈log₂ n⌉ + ``spare``; what is then still open is handed out as a range.
  public var next: Int? {
    guard remaining > 1, !isSpent else { return nil }
    let stretches = stretches
    let edge = best(stretches, inside: false)
    guard failuresInside < Self.patience, let inner = best(stretches, inside: true) else { return edge?.commit }
    guard let edge else { return inner.commit }
    // Bits that a test is expected to give. Inside of a stretch one is unlikely to succeed, unless some did.
    let chance = (Double(successesInside) + 0.5) / Double(successesInside + failuresInside + 5)
    return chance * inner.bits > edge.bits ? inner.commit : edge.commit
  }

  /// Whether it took as many tests as it may.
  var isSpent: Bool { tests >= 2 * Self.tests(among: history.count) + Self.spare }

  /// ⌈log₂ n⌉: the tests that find one of so many commits, when all can be tested.
  public static func tests(among commits: Int) -> Int {
    commits < 2 ? 0 : Int.bitWidth - (commits - 1).leadingZeroBitCount
  }

  /// The result, once ``next`` is nil.
  public var result: Result? {
    guard next == nil else { return nil }
    let left = suspects
    if left.isEmpty { return .contradiction }
    return left.count == 1 ? .culprit(left[0]) : .range(left)
  }

  /// What the untestable suspects say of the others.
  private var stretches: Stretches {
    var broken: [(position: Int, signature: String)] = []
    for (commit, answer) in answers where isSuspect[commit] && !marked.contains(commit) {
      if case .untestable(let signature) = answer { broken.append((positions[commit], signature)) }
    }
    return broken.isEmpty ? Stretches() : Stretches(broken, among: suspects.map { positions[$0] })
  }

  /// The untested commit that parts the suspects most evenly, at a distance from what could not be tested.
  private func best(_ stretches: Stretches, inside: Bool) -> (commit: Int, bits: Double)? {
    var open = suspects.filter { answers[$0] == nil && stretches.isInside(positions[$0]) == inside }
    if open.isEmpty { return nil }
    // Suspects are ancestors of one commit: without merges they are a row, and in order already.
    if history.hasMerges { open.sort { (positions[$0], $0) < (positions[$1], $1) } }
    let weights = history.weights(counted: isSuspect)
    let total = remaining
    var best: (commit: Int, split: Int)?
    for gap in stretches.gaps(of: open.map { positions[$0] }) {
      // What lies next to an untestable commit is likely to be so too: keep away from it as far as the stretch
      // is known to be long, squared, so that few steps find a far edge; at most to the middle of the gap.
      // Inside of a stretch all are likely to be untestable, so it is probed far from what was probed.
      let middle = (gap.ranks.count + 1) / 2
      func reach(_ length: Int) -> Int { inside ? middle : min(max(2, length * length), middle) }
      let first = gap.ranks.lowerBound + (gap.below.map { reach($0) - 1 } ?? 0)
      let last = gap.ranks.upperBound - 1 - (gap.above.map { reach($0) - 1 } ?? 0)
      for rank in first...max(first, last) {
        let split = min(weights[open[rank]], total - weights[open[rank]])
        if split > best?.split ?? -1 { best = (open[rank], split) }
      }
    }
    return best.map { ($0.commit, Self.entropy(Double($0.split) / Double(total))) }
  }

  /// Bits that an answer gives whose chance to be good is `share`.
  private static func entropy(_ share: Double) -> Double {
    share <= 0 || share >= 1 ? 0 : -share * log2(share) - (1 - share) * log2(1 - share)
  }
}
