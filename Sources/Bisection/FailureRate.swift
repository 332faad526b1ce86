import Foundation

/// How often something failed, of how many runs.
public struct FailureRate: Codable, Equatable, Sendable {
  /// Runs that failed.
  public var failed: Int
  /// All runs that could tell.
  public var runs: Int

  /// Both numbers; at most all runs failed.
  public init(failed: Int, of runs: Int) {
    self.failed = failed
    self.runs = runs
  }

  /// A rate that is known and needs no measuring, from 0 to 1.
  public init(known rate: Double) { self.init(failed: Int((rate * 1e6).rounded()), of: 1_000_000) }

  /// What is to be expected of the next run: Jeffreys' estimate, which is never quite 0 or 1.
  public var value: Double { (Double(failed) + 0.5) / (Double(runs) + 1) }

  /// Its variance, as if each run were a throw of a coin.
  var variance: Double { value * (1 - value) / (Double(runs) + 1) }

  /// How often it did not fail.
  var flipped: FailureRate { FailureRate(failed: runs - failed, of: runs) }

  static func + (left: FailureRate, right: FailureRate) -> FailureRate {
    FailureRate(failed: left.failed + right.failed, of: left.runs + right.runs)
  }

  /// `7 of 20`.
  public var text: String { "\(failed) of \(runs)" }
}

/// How often the two sides of a change fail: what tells them apart when no single run does.
public struct FailureRates: Codable, Equatable, Sendable {
  /// Of commits that have the failure.
  public var bad: FailureRate
  /// Of commits that have it not; 0 unless something else fails in the same way.
  public var good: FailureRate

  /// Both.
  public init(bad: FailureRate, good: FailureRate) {
    self.bad = bad
    self.good = good
  }

  /// The distance of the two in standard errors; negative when the good one fails more often.
  public var distance: Double { (bad.value - good.value) / (bad.variance + good.variance).squareRoot() }

  /// How sure it is that the bad one fails more often, from 0 to 1: the chance that a distance that large is no chance.
  var certainty: Double { 1 - erfc(distance / 2.0.squareRoot()) / 2 }

  /// Good and bad in each other's place, as in the search for a fix.
  var flipped: FailureRates { FailureRates(bad: good.flipped, good: bad.flipped) }

  /// Each measured run counts as so many. Once would be exact for rates that are known from these runs alone; but the
  /// runs of the search sharpen them, and with twice it takes some 5 % fewer runs and is right as often (simulated).
  static let weight = 2.0

  /// What runs say: the logarithm of the odds that they are of a bad commit, when before them both were as likely. The
  /// rates are not taken for known: it is averaged over all that they can be after what was measured (a beta
  /// distribution), so that few measured runs make for slow decisions and not for wrong ones.
  func logOdds(failed: Int, passed: Int) -> Double {
    bad.logLikelihood(failed, passed) - good.logLikelihood(failed, passed)
  }
}

extension FailureRate {
  private var beta: (failing: Double, passing: Double) {
    ((Double(failed) + 0.5) * FailureRates.weight, (Double(runs - failed) + 0.5) * FailureRates.weight)
  }

  func logLikelihood(_ failed: Int, _ passed: Int) -> Double {
    let (failing, passing) = beta
    var sum = 0.0
    for number in 0..<failed { sum += log(failing + Double(number)) }
    for number in 0..<passed { sum += log(passing + Double(number)) }
    for number in 0..<failed + passed { sum -= log(failing + passing + Double(number)) }
    return sum
  }

  /// The chance of one more failure after these runs.
  func chance(after failed: Int, _ passed: Int) -> Double {
    let (failing, passing) = beta
    return (failing + Double(failed)) / (failing + passing + Double(failed + passed))
  }
}
