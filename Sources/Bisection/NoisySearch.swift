import Foundation

/// A search in which a test is a row of runs of one kernel. Pure: it says what to run next, and is told what came of it.
///
/// Each commit that ``CommitSearch`` wants is run until a ``SequentialTest`` decides. As the range narrows, the verdicts that
/// bound it have to bear more: each time all later answers point the same way, it becomes likelier that the verdict behind
/// them is wrong. So before another kernel is built, and at the end, each bound is held against the odds that it needs by
/// now, and is run more often where it falls short; its kernel is there, so that this costs seconds. When it turns over,
/// the search goes on from there.
public struct NoisySearch: Sendable {
  /// What is to be done next.
  public enum Want: Equatable, Sendable {
    /// So many more runs of this commit; fewer are fine, too.
    case run(Int, times: Int)
    /// Nothing: see ``NoisySearch/search``.
    case nothing
  }

  /// A verdict, with what it rests on.
  public struct Settlement: Equatable, Sendable {
    /// The commit.
    public let commit: Int
    /// What is taken for its answer.
    public let answer: CommitSearch.Answer
    /// Its runs.
    public let tally: SequentialTest.Tally
    /// How sure it is, by its own runs.
    public let confidence: Double
    /// It was the other way before.
    public let isReversal: Bool
  }

  /// Error of a verdict, by all that is known, while the search goes on; where it would be smaller, runs would cost more than the
  /// builds that are saved.
  public static let stepError = 0.03
  /// Error of each of the verdicts that the answer rests on.
  public static let finalError = 0.001
  /// Verdicts that may turn over before the search is left as it is.
  static let reversalsAtMost = 40

  /// The search as it stands.
  public private(set) var search: CommitSearch {
    didSet {
      upcoming = nil
      known = nil
    }
  }
  /// Its next commit, so that it is looked for once; the inner nil says that it is at its end.
  private var upcoming: Int??
  /// Verdicts in the order in which they came.
  public private(set) var settlements: [Settlement] = []
  /// Runs of each commit.
  public private(set) var tallies: [Int: SequentialTest.Tally] = [:]
  private let measured: FailureRates
  private let cap: Int
  /// Answers that no run can change: the user's.
  private let fixed: [Int: CommitSearch.Answer]
  /// Decided commits, in order, and those that took all the runs that they may.
  private var decided: [Int] = []
  private var exhausted: Set<Int> = []
  /// See ``opened()``; nil when an answer came since.
  private var known: [Int: Int]?
  private var ancestries: [Int: [Bool]] = [:]
  private var goal: (commit: Int, threshold: Double)?
  private var reversals = 0

  /// A search with the rates that were measured at the ends; the newest commit is as the bad end.
  public init(
    _ history: History, rates: FailureRates, fixed: [Int: CommitSearch.Answer] = [:], cap: Int = SequentialTest.cap
  ) {
    search = CommitSearch(history)
    measured = rates
    self.fixed = fixed
    self.cap = cap
    for (commit, answer) in fixed.sorted(by: { $0.key < $1.key }) { search.record(answer, for: commit, isMark: true) }
  }

  /// Takes a run.
  public mutating func record(_ run: SequentialTest.Run, for commit: Int) {
    tallies[commit, default: SequentialTest.Tally()].take(run)
  }

  /// What to do next.
  public mutating func next() -> Want {
    while true {
      if let (commit, threshold) = goal {
        let test = test(of: commit, threshold)
        switch test.decision {
        case .goOn: return .run(commit, times: test.fewest)
        case .good: settle(commit, .good, test)
        case .bad: settle(commit, .bad, test)
        case .untestable(let why): settle(commit, .untestable(why), test)
        }
        goal = nil
      }
      let upcoming = upcoming ?? search.next
      self.upcoming = upcoming
      if let weak = weakest(isLast: upcoming == nil) {
        goal = weak
      } else if let commit = upcoming {
        goal = (commit, SequentialTest.threshold(Self.stepError))
      } else {
        return .nothing
      }
    }
  }

  /// How sure it is that the last verdict on a commit is right; nil when there is none.
  public func confidence(of commit: Int) -> Double? {
    switch search.answers[commit] {
    case .good?, .bad?: decided.contains(commit) ? test(of: commit, 0).confidence : nil
    case .untestable?, nil: nil
    }
  }

  /// The rates as all runs say that were made until now: those at the ends, and those of commits that were decided.
  public func rates(without commit: Int? = nil) -> FailureRates {
    var rates = measured
    for other in decided where other != commit {
      guard let tally = tallies[other] else { continue }
      let own = FailureRate(failed: tally.failed, of: tally.failed + tally.passed)
      switch search.answers[other] {
      case .good?: rates.good = rates.good + own
      case .bad?: rates.bad = rates.bad + own
      case .untestable?, nil: break
      }
    }
    return rates
  }

  private func test(of commit: Int, _ threshold: Double) -> SequentialTest {
    SequentialTest(
      rates(without: commit), threshold: threshold, cap: cap, tallies[commit] ?? SequentialTest.Tally())
  }

  private mutating func settle(_ commit: Int, _ answer: CommitSearch.Answer, _ test: SequentialTest) {
    let before = search.answers[commit]
    if decided.contains(commit), case .untestable = answer {
      // It was decided before, only not as surely as would now be needed.
      exhausted.insert(commit)
      return
    }
    if case .untestable = answer { exhausted.insert(commit) }
    if !decided.contains(commit) { decided.append(commit) }
    let isReversal = before != nil && before != answer
    if isReversal {
      reversals += 1
      var answers = search.answers
      answers[commit] = answer
      var fresh = CommitSearch(search.history)
      for (commit, answer) in fixed.sorted(by: { $0.key < $1.key }) { fresh.record(answer, for: commit, isMark: true) }
      for other in decided { if let answer = answers[other] { fresh.record(answer, for: other) } }
      search = fresh
    } else if before == nil {
      search.record(answer, for: commit)
    }
    settlements.append(
      Settlement(
        commit: commit, answer: answer, tally: test.tally, confidence: test.confidence, isReversal: isReversal))
  }

  // MARK: - The weakest verdict

  /// A verdict that is not as sure as it has to be, and how sure that is.
  private mutating func weakest(isLast: Bool) -> (commit: Int, threshold: Double)? {
    if reversals >= Self.reversalsAtMost { return nil }
    let bounds = decided.filter { commit in
      if exhausted.contains(commit) { return false }
      switch search.answers[commit] {
      case .good?, .bad?: return true
      case .untestable?, nil: return false
      }
    }
    let remaining = search.remaining
    if remaining == 0 {
      // They contradict each other, so one of them is wrong: likely the one that fewest runs speak for.
      let odds = bounds.map { (commit: $0, odds: abs(test(of: $0, 0).logOdds)) }
      return odds.min { ($0.odds, $0.commit) < ($1.odds, $1.commit) }.map { ($0.commit, $0.odds + 2) }
    }
    let error = isLast ? Self.finalError : Self.stepError
    let opened = known ?? opened()
    known = opened
    for commit in bounds {
      guard let count = opened[commit], count > 0 else { continue }
      // The commits that would be suspects if it were wrong, against those that are: the odds before its own runs.
      let needed = SequentialTest.threshold(error) + max(0, log(Double(count) / Double(remaining)))
      if abs(test(of: commit, 0).logOdds) < needed { return (commit, needed) }
    }
    return nil
  }

  /// For each verdict: how many commits are cleared by it alone.
  private mutating func opened() -> [Int: Int] {
    let history = search.history
    let range = ancestries[history.count - 1] ?? history.ancestry(of: history.count - 1)
    ancestries[history.count - 1] = range
    var by = [Int](repeating: -1, count: history.count)
    for (commit, answer) in search.answers where commit != history.count - 1 {
      let isGood: Bool
      switch answer {
      case .good: isGood = true
      case .bad: isGood = false
      case .untestable: continue
      }
      let related = ancestries[commit] ?? history.ancestry(of: commit)
      ancestries[commit] = related
      var other = 0
      while other < related.count {
        if related[other] == isGood { by[other] = by[other] == -1 ? commit : -2 }
        other += 1
      }
    }
    var count: [Int: Int] = [:]
    for commit in 0..<history.count where range[commit] && by[commit] >= 0 { count[by[commit], default: 0] += 1 }
    return count
  }
}
