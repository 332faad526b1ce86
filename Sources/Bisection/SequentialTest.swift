import Foundation

/// Wald's sequential probability ratio test: runs of one kernel, until they say whether it is bad.
///
/// After each run the odds are compared with what the allowed error asks for; no number of runs is fixed before, so that
/// a clear case costs two or three and only an unclear one costs many.
public struct SequentialTest: Sendable {
  /// What one run came to.
  public enum Run: Equatable, Sendable {
    /// The failure that is hunted.
    case failed
    /// No failure.
    case passed
    /// It could not tell, for this reason; another run may.
    case untold(String)
    /// It cannot tell, for this reason, however often it is run: there is no kernel.
    case never(String)
  }

  /// What follows from the runs so far.
  public enum Decision: Equatable, Sendable {
    case good, bad
    /// One more run is needed.
    case goOn
    /// It cannot tell, for this reason.
    case untestable(String)
  }

  /// Runs that may be spent on one kernel.
  public static let cap = 200
  /// So many runs that cannot tell, and none that can, end it.
  static let untoldAtMost = 3

  /// How often good and bad kernels fail.
  public let rates: FailureRates
  /// The logarithm of the odds that decide.
  let threshold: Double
  let cap: Int
  /// Runs so far.
  public private(set) var tally = Tally()

  /// How many runs came to what.
  public struct Tally: Codable, Equatable, Sendable {
    /// See ``Run``.
    public var failed = 0
    /// See ``Run``.
    public var passed = 0
    /// See ``Run``.
    public var untold = 0
    /// The last reason why a run could not tell.
    var reason = ""
    var isHopeless = false

    /// None.
    public init() {}

    /// All of them.
    public var runs: Int { failed + passed + untold }

    mutating func take(_ run: Run) {
      switch run {
      case .failed: failed += 1
      case .passed: passed += 1
      case .untold(let why):
        untold += 1
        reason = why
      case .never(let why):
        untold += 1
        reason = why
        isHopeless = true
      }
    }
  }

  /// A test that is wrong in so many cases at most, where both answers are as likely before it. After `cap` runs it gives
  /// up.
  public init(_ rates: FailureRates, error: Double, cap: Int = cap) {
    self.init(rates, threshold: Self.threshold(error), cap: cap, Tally())
  }

  init(_ rates: FailureRates, threshold: Double, cap: Int, _ tally: Tally) {
    self.rates = rates
    self.threshold = threshold
    self.cap = cap
    self.tally = tally
  }

  static func threshold(_ error: Double) -> Double { log((1 - error) / error) }

  /// Takes a run.
  public mutating func take(_ run: Run) { tally.take(run) }

  /// The logarithm of the odds that the kernel is bad.
  public var logOdds: Double { rates.logOdds(failed: tally.failed, passed: tally.passed) }

  /// How sure the likelier of the two answers is, from 0.5 to 1.
  public var confidence: Double { 1 / (1 + exp(-abs(logOdds))) }

  /// What follows.
  public var decision: Decision {
    if tally.isHopeless { return .untestable(tally.reason) }
    let told = tally.failed + tally.passed
    if tally.untold >= Self.untoldAtMost, tally.untold > 2 * told { return .untestable(tally.reason) }
    if abs(logOdds) >= threshold { return logOdds > 0 ? .bad : .good }
    if tally.runs >= cap { return .untestable("still undecided after \(cap) runs") }
    return .goOn
  }

  /// The fewest further runs after which there can be a decision: so many may be made side by side, and none in vain.
  public var fewest: Int {
    func count(failing: Bool) -> Int {
      var (failed, passed, sum, count) = (tally.failed, tally.passed, logOdds, 0)
      while failing ? sum < threshold : sum > -threshold, tally.runs + count < cap {
        let (bad, good) = (rates.bad.chance(after: failed, passed), rates.good.chance(after: failed, passed))
        sum += failing ? log(bad / good) : log((1 - bad) / (1 - good))
        if failing { failed += 1 } else { passed += 1 }
        count += 1
      }
      return count
    }
    let told = min(count(failing: true), count(failing: false))
    // Runs that cannot tell may end it sooner.
    let untold = tally.failed + tally.passed == 0 ? Self.untoldAtMost - tally.untold : Int.max
    return max(1, min(told, untold))
  }
}
