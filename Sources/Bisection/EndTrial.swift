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

  let question: Question
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
  public var isDivided: Bool {
    question.takesRuns || isDivided(good, question.telling(good, isBad: false))
      || isDivided(bad, question.telling(bad, isBad: true))
  }

  /// The run of the good end that stands for it where one tells: the first that says something, or of those that do not, the first.
  var goodRun: Seen? { question.telling(good, isBad: false).first ?? good.first }
  /// The same of the bad end.
  var badRun: Seen? { question.telling(bad, isBad: true).first ?? bad.first }

  private func isDivided(_ runs: [Seen], _ telling: [Seen]) -> Bool {
    // One that says nothing contradicts none. More such than others were made for leave too few.
    if !telling.isEmpty, runs.count - telling.count > Telling.spare { return true }
    return Set(
      (telling.isEmpty ? runs : telling).map { seen in
        if case .changed(let name) = question { return seen.value(of: name) ?? "nothing" }
        // Where every failure will do, they are all the same.
        if question == .failure(any: true) { return seen.word }
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
    if isInDoubtOfForms { wanted.bad = max(wanted.bad, 3) }
    if wanted.bad > 0 { wanted.good = max(wanted.good, bad.count + 1 - good.count) }
    // An end of which no run told anything is looked at first: the runs of the other may be in vain.
    let silent = (good: good.allSatisfy(isUntold), bad: bad.allSatisfy(isUntold))
    if silent.good || silent.bad {
      return (
        silent.good ? max(0, Self.silentAtMost - good.count) : 0, silent.bad ? max(0, Self.silentAtMost - bad.count) : 0
      )
    }
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

  /// Whether a run tells nothing about what is hunted.
  func isUntold(_ seen: Seen) -> Bool {
    if case .changed(let name) = question { return seen.value(of: name) == nil }
    if case .shifted(let shift) = question { return shift.number(of: seen) == nil }
    return seen.word != "good" && seen.word != "bad"
  }

  /// So many runs that tell nothing, and most of all, are enough.
  private static let silentAtMost = 3

  func cannotTell(_ runs: [Seen]) -> Bool {
    let untold = runs.count(where: isUntold)
    return untold >= Self.silentAtMost && untold * 2 > runs.count
  }
}
