import Foundation
public import VerdictStream

/// A change of a measured number that is hunted: `connect.p99:+50%`.
///
/// A run is one number, whatever the probe measured in it: samples of one boot hang together, and a thousand of them are
/// no thousand runs.
public struct Shift: Codable, Equatable, Sendable {
  /// Which number of the samples of a run stands for it.
  public enum Statistic: String, Codable, CaseIterable, Sendable {
    case min, median, p90, p99, max

    var percent: Int {
      switch self {
      case .min: 0
      case .median: 50
      case .p90: 90
      case .p99: 99
      case .max: 100
      }
    }
  }

  /// The observation.
  public let observation: String
  /// See ``Statistic``.
  public let statistic: Statistic
  /// By so much the bad end is larger, or smaller when it is negative, at the least.
  public let percent: Double

  /// All fields.
  public init(_ observation: String, _ statistic: Statistic = .median, percent: Double) {
    self.observation = observation
    self.statistic = statistic
    self.percent = percent
  }

  /// Reads `NAME:+50%`, `NAME.p99:-30%`; nil when it is none.
  public init?(parsing text: String) {
    guard let match = text.wholeMatch(of: #/(.+):([+-])([0-9]+(?:\.[0-9]+)?)%/#), let number = Double(match.3) else {
      return nil
    }
    let percent = match.2 == "-" ? -number : number
    guard percent > -100, percent != 0, percent <= 100_000 else { return nil }
    var name = String(match.1)
    var statistic = Statistic.median
    if let dot = name.lastIndex(of: "."), let own = Statistic(rawValue: String(name[name.index(after: dot)...])) {
      statistic = own
      name = String(name[..<dot])
    }
    if name.isEmpty { return nil }
    self.init(name, statistic, percent: percent)
  }

  /// As it is written.
  public var text: String { "\(name):\(Self.signed(percent))%" }

  var name: String { statistic == .median ? observation : "\(observation).\(statistic.rawValue)" }

  /// The bad end's numbers are compared with the good end's times this.
  var factor: Double { 1 + percent / 100 }

  /// The number that stands for a run; nil when it has none.
  public func number(of seen: Seen) -> Double? {
    guard seen.tells else { return nil }
    if let numbers = seen.numbers?[observation] { return Double(numbers.quantity.percentile(statistic.percent)) }
    return seen.value(of: observation).flatMap { Int($0) }.map(Double.init)
  }

  /// Whether the second row lies beyond the first one times `factor`, in the direction of the shift.
  func test(_ good: [Double], _ bad: [Double], factor: Double) -> RankTest {
    let scaled = good.map { $0 * factor }
    return percent > 0 ? RankTest(scaled, below: bad) : RankTest(bad, below: scaled)
  }

  /// `connect 1.2ms in 15 runs and 1.9ms in 10, +58.3 %`.
  func compared(_ good: [Double], _ bad: [Double], _ unit: String) -> String {
    func words(_ row: [Double]) -> String {
      Quantity.words(Int(row.median.rounded()), Text(unit)).description
    }
    let change = good.median == 0 ? "" : ", \(Self.signed(100 * (bad.median / good.median - 1))) %"
    return "\(name) \(words(good)) in \(good.count) runs and \(words(bad)) in \(bad.count)\(change)"
  }

  static func signed(_ number: Double) -> String {
    let rounded = (number * 10).rounded() / 10
    let digits = rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    return rounded > 0 ? "+\(digits)" : digits
  }
}

/// The number that parts the runs of both ends best: beyond it a run is as those of the bad end.
public struct Cut: Codable, Equatable, Sendable {
  let at: Double
  /// The bad end has the larger numbers.
  let isUpwards: Bool

  /// The best of these runs. Of several that are as good the middle one; between two numbers in the middle of their
  /// logarithms, as times scatter by a share of themselves.
  init(good: [Double], bad: [Double], isUpwards: Bool) {
    self.isUpwards = isUpwards
    let values = Set(good + bad).sorted()
    var best: [(share: Double, at: Double)] = []
    let (lower, upper) = isUpwards ? (good.sorted(), bad.sorted()) : (bad.sorted(), good.sorted())
    var (low, high) = (0, 0)
    for (value, next) in zip(values, values.dropFirst()) {
      while low < lower.count, lower[low] <= value { low += 1 }
      while high < upper.count, upper[high] <= value { high += 1 }
      let share = Double(low) / Double(max(1, lower.count)) - Double(high) / Double(max(1, upper.count))
      let at = value > 0 ? (value * next).squareRoot() : (value + next) / 2
      if let known = best.first?.share, share < known { continue }
      if let known = best.first?.share, share > known { best = [] }
      best.append((share, at))
    }
    at = best.isEmpty ? values.first ?? 0 : best[best.count / 2].at
  }

  /// Whether a run is as those of the bad end.
  func isBad(_ number: Double) -> Bool { isUpwards ? number > at : number < at }
}

extension Seen {
  /// A number with its unit, or the samples of a measurement.
  public struct Numbers: Codable, Equatable, Sendable {
    let unit: String
    let count: Int
    let samples: [Int]
    let isMeasured: Bool

    /// Of what the probe reported.
    public init(_ quantity: Quantity) {
      unit = quantity.unit.description
      count = quantity.count
      isMeasured = quantity.isMeasured
      samples = isMeasured ? quantity.samples : [quantity.value]
    }

    var quantity: Quantity {
      Quantity(samples: samples, count: count, unit: Text(unit)) ?? Quantity(0, unit: Text(unit))
    }
  }
}
