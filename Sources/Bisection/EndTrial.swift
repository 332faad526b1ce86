public import HostSystem
import Judgement

/// The runs of both ends, and what they say: whether they can be told apart, and how often each fails.
public struct EndTrial: Sendable {
  /// Runs of an end at least, where the failure shows only sometimes.
  static let fewest = (good: 15, bad: 10)
  /// By so many failures the bad end must be ahead. They make the rate good to a third of itself.
  static let ahead = 9.0
  /// By so many standard errors the rates must differ.
  static let distance = 3.5
  /// Runs that are spent on an end.
  public static let most = 200
  /// The chance that ends of one kind look as far apart as is asked; the test is made anew with each run.
  static let chance = 0.0005

  private let question: Question
  /// With so many runs of the bad end the next word is due.
  private var silence = 16
  /// Runs of the good end.
  public private(set) var good: [Seen]
  /// Runs of the bad end.
  public private(set) var bad: [Seen]

  /// With what is known already.
  public init(_ question: Question, good: [Seen] = [], bad: [Seen] = []) {
    self.question = question
    self.good = good
    self.bad = bad
  }

  /// Takes runs of the good end.
  public mutating func take(good runs: [Seen]) { good += runs }
  /// Takes runs of the bad end.
  public mutating func take(bad runs: [Seen]) { bad += runs }

  /// Whether the runs of one end do not say the same.
  public var isDivided: Bool { Self.isDivided(good, question) || Self.isDivided(bad, question) }

  private static func isDivided(_ runs: [Seen], _ question: Question) -> Bool {
    if question.takesRuns { return true }
    return Set(
      runs.map { seen in
        if case .changed(let name) = question { return seen.value(of: name) ?? "nothing" }
        return "\(seen.word) \(seen.signature)"
      }
    ).count > 1
  }

  /// A sentence for who waits, each time that twice as many runs as before have not been enough.
  mutating func news() -> String? {
    guard bad.count >= silence else { return nil }
    silence *= 2
    return "not told apart by \(good.count) runs of the good end and \(bad.count) of the bad one, "
      + "at most \(Self.most) of each"
  }

  /// How many more runs each end needs at least; none when there is enough, or no sense in more.
  public var wanted: (good: Int, bad: Int) {
    if good.isEmpty || bad.isEmpty { return (max(0, 1 - good.count), max(0, 1 - bad.count)) }
    let rates = rates
    let ahead = Double(rates.bad.failed) - Double(rates.good.failed * rates.bad.runs) / Double(max(1, rates.good.runs))
    var wanted = (good: max(0, Self.fewest.good - good.count), bad: max(0, Self.fewest.bad - bad.count))
    if ahead < Self.ahead {
      wanted.bad = max(wanted.bad, Int((Self.ahead - ahead).rounded(.up)))
    } else if rates.distance < Self.distance {
      wanted.bad = max(wanted.bad, 1)
    }
    if case .shifted(let shift) = question, wanted == (0, 0) {
      let (good, bad) = numbers
      if shift.test(good, bad, factor: shift.factor).chance > Self.chance {
        // Where it is shown that they differ by less, more runs would not make it more.
        if Shift(shift.observation, shift.statistic, percent: -shift.percent)
          .test(good, bad, factor: shift.factor).chance <= Self.chance
        {
          return (0, 0)
        }
        wanted.bad = 1
      }
    }
    if wanted.bad > 0 { wanted.good = max(wanted.good, bad.count + 1 - good.count) }
    if cannotTell(good) || cannotTell(bad) { return (0, 0) }
    // An end that is at its limit would not learn from more of the other.
    if bad.count >= Self.most { return (0, 0) }
    return (min(wanted.good, Self.most - good.count), min(wanted.bad, Self.most - bad.count))
  }

  /// The same for one turn. Numbers move with the load of the machine, so there the ends are run in short turns.
  var turn: (good: Int, bad: Int) {
    let wanted = wanted
    return question.takesRuns ? (min(wanted.good, Self.turn), min(wanted.bad, Self.turn)) : wanted
  }

  /// Runs of an end before it is the other one's turn.
  static let turn = 3

  /// What they come to.
  public var rates: FailureRates {
    if case .shifted(let shift) = question { return rates(shift) }
    guard let yardstick = try? provisional() else { return FailureRates(bad: told(bad, 0), good: told(good, 0)) }
    func rate(_ runs: [Seen]) -> FailureRate {
      let answers = runs.map(yardstick.answer)
      let failed = answers.count { $0 == .bad }
      return FailureRate(failed: failed, of: failed + answers.count { $0 == .good })
    }
    return FailureRates(bad: rate(bad), good: rate(good))
  }

  /// The numbers of both ends.
  var numbers: (good: [Double], bad: [Double]) {
    (good.compactMap(question.number), bad.compactMap(question.number))
  }

  /// From so many runs on, one of them does not move the cut.
  private static let manyRuns = 60

  /// How often a run lies on the wrong side of a cut that it had no part in: a cut through the runs that it was made of
  /// looks better than it is.
  private func rates(_ shift: Shift) -> FailureRates {
    let (good, bad) = numbers
    func others(_ row: [Double], _ place: Int) -> [Double] { Array(row[..<place] + row[(place + 1)...]) }
    let isUp = shift.percent > 0
    if good.count + bad.count > Self.manyRuns {
      let cut = Cut(good: good, bad: bad, isUpwards: isUp)
      return FailureRates(
        bad: FailureRate(failed: bad.count(where: cut.isBad), of: bad.count),
        good: FailureRate(failed: good.count(where: cut.isBad), of: good.count))
    }
    let failedGood = good.indices.count { place in
      Cut(good: others(good, place), bad: bad, isUpwards: isUp).isBad(good[place])
    }
    let failedBad = bad.indices.count { place in
      Cut(good: good, bad: others(bad, place), isUpwards: isUp).isBad(bad[place])
    }
    return FailureRates(
      bad: FailureRate(failed: failedBad, of: bad.count), good: FailureRate(failed: failedGood, of: good.count))
  }

  /// Before one run of the bad end failed, nothing is hunted and nothing counts as failed.
  private func told(_ runs: [Seen], _ failed: Int) -> FailureRate { FailureRate(failed: failed, of: runs.count) }

  private func cannotTell(_ runs: [Seen]) -> Bool {
    let untold = runs.count { seen in
      if case .changed(let name) = question { return seen.value(of: name) == nil }
      if case .shifted(let shift) = question { return shift.number(of: seen) == nil }
      return seen.word != "good" && seen.word != "bad"
    }
    return untold >= 3 && untold * 2 > runs.count
  }

  /// The run of the good end that stands for it, and of the bad one: that with the failure by which they differ most.
  private func representatives() -> (good: Seen, bad: Seen)? {
    if case .changed(let name) = question {
      let values = good.compactMap { $0.value(of: name) }
      let usual = Dictionary(grouping: values, by: \.self).max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
      guard let value = usual?.key, let first = good.first(where: { $0.value(of: name) == value }),
        let other = bad.first(where: { $0.value(of: name) != nil && $0.value(of: name) != value })
      else { return nil }
      return (first, other)
    }
    guard let first = good.first(where: { $0.word == "good" }) else { return nil }
    func share(_ signature: String, _ runs: [Seen]) -> Double {
      Double(runs.count { $0.word == "bad" && $0.signature == signature }) / Double(max(1, runs.count))
    }
    let failures = bad.filter { $0.word == "bad" }
    let signature = Set(failures.map(\.signature)).max { left, right in
      (share(left, bad) - share(left, good), right) < (share(right, bad) - share(right, good), left)
    }
    return failures.first { $0.signature == signature }.map { (first, $0) }
  }

  private func provisional() throws(Failure) -> Yardstick? {
    guard let (good, bad) = representatives() else { return nil }
    return try Yardstick(question, good: good, called: "", bad: bad, called: "")
  }

  /// The yardstick, with the rates, or why there is none. The names are for the messages.
  public func yardstick(called goodName: String, _ badName: String) throws(Failure) -> Yardstick {
    if case .shifted(let shift) = question { return try yardstick(shift, goodName, badName) }
    if cannotTell(good), let seen = good.last(where: { $0.word != "good" && $0.word != "bad" }) {
      try Yardstick.verify(question, good: seen, called: goodName)
    }
    guard let (first, last) = representatives() else {
      let name = bad.contains { $0.word == "bad" } ? goodName : badName
      let what = name == badName ? "should be bad and is good" : "should be good and is not"
      throw Failure(
        .badInput, "\(name), \(what) in all of \(name == badName ? bad.count : good.count) runs",
        remedy: "see that the ends are not swapped, or name others")
    }
    var yardstick = try Yardstick(question, good: first, called: goodName, bad: last, called: badName)
    let rates = rates
    guard rates.distance >= Self.distance else {
      throw Failure(
        .badInput,
        "the ends cannot be told apart: \(badName), fails in \(rates.bad.text) runs, and \(goodName), in \(rates.good.text)",
        remedy: "name ends that differ more, or let the probe try the thing many times in one run")
    }
    yardstick.rates = rates
    return yardstick
  }

  /// The same where a number is hunted.
  private func yardstick(_ shift: Shift, _ goodName: String, _ badName: String) throws(Failure) -> Yardstick {
    for (runs, name) in [(good, goodName), (bad, badName)] {
      let silent = runs.last { shift.number(of: $0) == nil }
      if let silent, cannotTell(runs) || runs.allSatisfy({ shift.number(of: $0) == nil }) {
        try Yardstick.verify(question, good: silent, called: name)
      }
    }
    let (low, high) = numbers
    let unit = (good + bad).lazy.compactMap { $0.numbers?[shift.observation]?.unit }.first ?? ""
    guard shift.test(low, high, factor: shift.factor).chance <= Self.chance, rates.distance >= Self.distance else {
      let isShown = shift.test(low, high, factor: 1).chance <= Self.chance
      throw Failure(
        .badInput,
        "the ends \(isShown ? "differ, but not by the \(Shift.signed(shift.percent)) % asked for" : "cannot be told apart"): "
          + shift.compared(low, high, unit),
        remedy: isShown
          ? "ask for less: --changed \(shift.name):\(shift.percent > 0 ? "+" : "-")N%"
          : "name ends that differ more, let the probe measure more in one run, or hunt NAME.min, which noise moves least"
      )
    }
    var yardstick = Yardstick(shift, Cut(good: low, bad: high, isUpwards: shift.percent > 0))
    yardstick.rates = rates
    return yardstick
  }
}
