import Bisection
import TestSupport
import Testing

@Suite struct `A search among commits` {
  @Test(arguments: [1, 2, 3, 4, 7, 8, 9, 33, 100])
  func `names the culprit of a clean row in ⌈log₂ n⌉ tests, wherever it is`(_ count: Int) {
    for culprit in 0..<count {
      let row = SimulatedHistory(history: History(row: count), culprit: culprit)
      let (result, tests) = row.search()
      #expect(result == .culprit(culprit))
      #expect(tests.count <= halvings(of: count))
    }
  }

  @Test func `walks around the stretch on which git bisect skip spends 442 tests`() {
    // 1024 commits in a row, 300 to 720 do not build, the culprit is among them.
    var row = SimulatedHistory(history: History(row: 1024), culprit: 500)
    row.breakAll(from: 300, to: 720, "build")
    let (result, tests) = row.search()
    #expect(result == .range(Array(300...721)))
    #expect(tests.count <= 2 * 10 + 3 + CommitSearch.patience, "\(tests)")
  }

  @Test(arguments: [(299, 1), (300, 422), (721, 422), (722, 1)])
  func `knows what is inside of a stretch and what is at its edge`(_ culprit: Int, _ suspects: Int) {
    var row = SimulatedHistory(history: History(row: 1024), culprit: culprit)
    row.breakAll(from: 300, to: 720, "build")
    let (result, _) = row.search()
    #expect(result == (suspects == 1 ? .culprit(culprit) : .range(Array(300...721))))
  }

  @Test func `a single broken commit costs hardly more than one test`() {
    for broken in stride(from: 1, to: 255, by: 31) {
      for culprit in stride(from: 0, to: 256, by: 9) where culprit != broken && culprit != broken + 1 {
        var row = SimulatedHistory(history: History(row: 256), culprit: culprit)
        row.broken[broken] = "build"
        let (result, tests) = row.search()
        #expect(result == .culprit(culprit))
        #expect(tests.count <= 8 + 3, "broken \(broken), culprit \(culprit): \(tests)")
      }
    }
  }

  @Test func `a merge is the culprit when both its sides are good`() {
    //   0 - 1 - 2 ---- 5 - 6
    //    \- 3 - 4 ----/
    let history = History(parents: [[], [0], [1], [0], [3], [2, 4], [5]])
    let (result, _) = SimulatedHistory(history: history, culprit: 5).search()
    #expect(result == .culprit(5))
  }

  @Test func `an untestable culprit is handed out with the first bad one behind it`() {
    var row = SimulatedHistory(history: History(row: 9), culprit: 4)
    row.broken[4] = "build"
    #expect(row.search().result == .range([4, 5]))
  }

  @Test func `answers that contradict each other are said to do so`() {
    // Two branches, each with a bad commit, and the merge's own bad is no news: no single commit did it.
    var search = CommitSearch(History(parents: [[], [], [0, 1]]))
    search.record(.bad, for: 0)
    search.record(.bad, for: 1)
    #expect(search.result == .contradiction)
  }
}

/// 10,200 histories, each searched once. Whatever is broken, a wrong commit is never named.
@Suite struct `Over thousands of histories` {
  /// What may be broken in a history.
  enum Damage: CaseIterable {
    case none, oneStretch, twoReasons, healsAndBreaksAgain, singles, half
  }

  private static func simulated(_ damage: Damage, _ seed: Int, merging: Double) -> SimulatedHistory {
    var random = Seeded(seed &* 1_000_003 &+ (Damage.allCases.firstIndex(of: damage) ?? 0))
    let count = Int.random(in: 2...40, using: &random)
    let history = merging > 0 ? History.random(count, merging: merging, using: &random) : History(row: count)
    var simulated = SimulatedHistory(history: history, culprit: Int.random(in: 0..<count, using: &random))
    func stretch(_ why: String) {
      let ends = [Int.random(in: 0..<count, using: &random), Int.random(in: 0..<count, using: &random)].sorted()
      simulated.breakAll(from: ends[0], to: ends[1], why)
    }
    switch damage {
    case .none: return simulated
    case .oneStretch:
      stretch("build")
      return simulated
    case .twoReasons:
      stretch("build")
      stretch("boot")
      return simulated
    case .healsAndBreaksAgain:
      for _ in 0..<3 { stretch("build") }
      return simulated
    case .singles:
      for _ in 0..<count / 10 { simulated.broken[Int.random(in: 0..<count, using: &random)] = "build" }
    case .half:
      for commit in 0..<count where Bool.random(using: &random) { simulated.broken[commit] = "build" }
    }
    simulated.broken[count - 1] = nil
    return simulated
  }

  @Test(arguments: Damage.allCases, [0, 0.1])
  func `what is named is true, and the tests stay within 2 ⌈log₂ n⌉ and a constant`(
    _ damage: Damage, _ merging: Double
  ) {
    for seed in 0..<850 {
      let simulated = Self.simulated(damage, seed, merging: merging)
      let (result, tests) = simulated.search()
      #expect(Set(tests).count == tests.count, "seed \(seed): a commit was tested twice")
      switch result {
      case .culprit(let named): #expect(named == simulated.culprit, "seed \(seed)")
      case .range(let suspects):
        #expect(suspects.contains(simulated.culprit), "seed \(seed)")
        #expect(suspects.contains { simulated.broken[$0] != nil }, "seed \(seed): given up for nothing")
      case .contradiction, nil: Issue.record("seed \(seed): \(String(describing: result)) after \(tests)")
      }
      let most =
        damage == .none
        ? halvings(of: simulated.history.count) + (merging > 0 ? 3 : 0)
        : 2 * halvings(of: simulated.history.count) + CommitSearch.spare
      #expect(tests.count <= most, "seed \(seed)")
    }
  }
}
