import Bisection
import Foundation
import TestSupport
import Testing

/// 4096 commits, builds of a minute, runs of two seconds: what it costs to find a culprit that shows only sometimes.
@Suite struct `Noise, by simulation` {
  struct Case: Sendable, CustomTestStringConvertible {
    let bad: Double
    let good: Double
    /// Share that must be right.
    let right: Double
    /// Seconds that Wald's test with known rates takes, one commit after the other.
    let known: Double
    var testDescription: String { "\(bad) against \(good)" }
  }

  static let cases = [
    Case(bad: 1, good: 0.02, right: 0.99, known: 770), Case(bad: 0.5, good: 0.02, right: 0.97, known: 901),
    Case(bad: 0.2, good: 0.02, right: 0.96, known: 1410), Case(bad: 0.8, good: 0.2, right: 0.95, known: 879),
  ]

  /// More with FIRSTBAD_TRIALS, other ones with FIRSTBAD_SEED.
  private func number(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
  }

  @Test(arguments: cases)
  func `it is right as often as it must be, and costs what it may`(_ one: Case) {
    let trials = number("FIRSTBAD_TRIALS", 80)
    var random = Seeded(number("FIRSTBAD_SEED", 3))
    let world = SimulatedNoise(bad: one.bad, good: one.good)
    let all = (0..<trials).compactMap { _ in world.search(&random) }
    func mean(_ value: (SimulatedNoise.Outcome) -> Double) -> Double {
      all.reduce(0) { $0 + value($1) } / Double(all.count)
    }
    let right = mean { $0.isRight ? 1 : 0 }
    let seconds = mean { Double($0.seconds) }
    print(
      String(
        format:
          "%.1f / %.2f: right %5.1f %%  said %5.1f %%  search %4.0f s (%.1f builds)  ends %3.0f s  reversals %.2f  refused %d",
        one.bad, one.good, right * 100, mean { $0.confidence } * 100, seconds, mean { Double($0.builds) },
        mean { Double($0.secondsAtEnds) },
        mean { Double($0.reversals) }, trials - all.count))
    #expect(right >= one.right)
    #expect(seconds <= one.known * 1.1)
    #expect(Double(all.count) >= 0.99 * Double(trials))
  }
}
