import Bisection
import TestSupport

/// A row of commits whose kernels fail only sometimes: a commit that has the change in this share of its runs, another in
/// that one. All that decides is the product's: ``EndTrial`` measures the rates, ``NoisySearch`` says what to run.
struct SimulatedNoise {
  /// Commits between the ends.
  var commits = 4096
  /// Seconds that a build takes.
  var build = 60
  /// Seconds that a run takes.
  var run = 2
  /// Rates of failure.
  let bad: Double
  /// See `bad`.
  let good: Double

  /// What one search came to.
  struct Outcome {
    let isRight: Bool
    /// Seconds of its builds and runs, one after the other; those of the ends not counted.
    let seconds: Int
    /// Seconds of the runs at the ends.
    let secondsAtEnds: Int
    let reversals: Int
    let builds: Int
    /// How sure it said it was.
    let confidence: Double
  }

  /// One search for a culprit somewhere, from the first run of an end; nil when the ends were refused.
  func search(_ random: inout Seeded) -> Outcome? {
    let culprit = Int.random(in: 0..<commits, using: &random)
    func seen(_ rate: Double) -> Seen { Double.random(in: 0..<1, using: &random) < rate ? .failing : .fine }

    var ends = EndTrial(.failure(any: false))
    while ends.wanted != (0, 0) {
      let wanted = ends.wanted
      ends.take(good: (0..<wanted.good).map { _ in seen(good) })
      ends.take(bad: (0..<wanted.bad).map { _ in seen(bad) })
    }
    guard let yardstick = try? ends.yardstick(called: "good", "bad"), let rates = yardstick.rates else { return nil }

    var search = NoisySearch(History(row: commits), rates: rates)
    var built: Set<Int> = []
    var runs = 0
    while case .run(let commit, let times) = search.next() {
      built.insert(commit)
      for _ in 0..<times { search.record(yardstick.run(seen(commit >= culprit ? bad : good)), for: commit) }
      runs += times
    }
    let named: Int? = if case .culprit(let commit)? = search.search.result { commit } else { nil }
    let rest = named.map { [$0, $0 - 1] } ?? []
    return Outcome(
      isRight: named == culprit, seconds: built.count * build + runs * run,
      secondsAtEnds: (ends.good.count + ends.bad.count) * run,
      reversals: search.settlements.count { $0.isReversal }, builds: built.count,
      confidence: rest.reduce(1) { $0 * (search.confidence(of: $1) ?? 1) })
  }
}
