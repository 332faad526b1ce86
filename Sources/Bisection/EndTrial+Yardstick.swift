public import HostSystem
import Judgement

/// What the runs of both ends make of the question: the yardstick that every other kernel is held against.
extension EndTrial {
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

  /// The yardstick as it would be by the runs so far, whether or not they tell the ends apart.
  func provisional() throws(Failure) -> Yardstick? {
    guard let (good, bad) = representatives() else { return nil }
    return try Yardstick(question, good: good, called: "", bad: bad, called: "").hunting(forms)
  }

  /// By so many standard errors the bad end must show more of the other forms than the good one, all together: three in ten
  /// runs, where the good end has none in fifteen.
  private static let formsDistance = 1.9

  /// The failures that are hunted: that by which the ends differ most, and beside it those that only the bad end showed,
  /// where there are too many of them for chance. Overwritten memory makes a kernel fail in another place each time. Silence
  /// is no such form: a machine that is short of processors makes it, too.
  var forms: Set<String> {
    guard let (main, others) = failures else { return [] }
    return isByChance(others) ? [main] : Set(others).union([main])
  }

  /// Whether there are other forms, and more runs may show that they are none by chance.
  var isInDoubtOfForms: Bool {
    guard let (_, others) = failures, !others.isEmpty, bad.count < 2 * Self.fewest.bad else { return false }
    return isByChance(others)
  }

  /// The failure by which the ends differ most, and what other runs showed of those that only the bad end has.
  private var failures: (main: String, others: [String])? {
    guard question == .failure(any: false), let main = representatives()?.bad.signature else { return nil }
    let known = Set(good.filter { $0.word == "bad" }.map(\.signature)).union([main])
    let others = bad.filter { $0.word == "bad" && !known.contains($0.signature) && !$0.isSilentHang }
    return (main, others.map(\.signature))
  }

  private func isByChance(_ others: [String]) -> Bool {
    FailureRates(
      bad: FailureRate(failed: others.count, of: bad.count), good: FailureRate(failed: 0, of: good.count)
    ).distance < Self.formsDistance
  }

  /// What is hunted where the bad end fails in several ways, for who waits; nil where it fails in one.
  var formsNote: String? {
    guard question == .failure(any: false) else { return nil }
    let all = Set(bad.filter { $0.word == "bad" }.map(\.signature)).subtracting(good.map(\.signature))
    guard all.count > 1 else { return nil }
    let list = forms.sorted().prefix(3).joined(separator: "; ") + (forms.count > 3 ? "; ..." : "")
    return "of \(all.count) failures that only the bad end shows \(forms.count) "
      + "\(forms.count == 1 ? "is" : "are") hunted: \(list). With another one a kernel cannot tell; "
      + "if any failure is what you look for, say --any-failure"
  }

  /// What else helps where the runs of an end do not agree, behind the sentence that says so.
  var hint: String {
    let isOnlyOtherwise =
      question == .failure(any: false) && good.allSatisfy { $0.word == "good" } && bad.allSatisfy { $0.word == "bad" }
    return isOnlyOtherwise
      ? "; the bad end fails in each of them, only not in the same way: with --any-failure one run would tell" : ""
  }

  /// The share of runs with a value that came in no other. The next run shows yet another one with about that chance (Good
  /// and Turing); beyond this one the ends do not say which values are theirs.
  private static let singleValuesAtMost = 0.2

  /// See ``Yardstick/values``.
  private var values: Set<String>? {
    guard case .changed(let name) = question else { return nil }
    let all = bad.compactMap { $0.value(of: name) }
    let shown = Dictionary(grouping: all, by: \.self)
    let single = shown.count { $0.value.count == 1 }
    if Double(single) > Self.singleValuesAtMost * Double(all.count) { return nil }
    return Set(shown.keys).union(good.compactMap { $0.value(of: name) })
  }

  /// Where most runs of the bad end tell nothing, that is what is wrong with it, and not what the few others showed.
  private func verifyUntold(_ badName: String) throws(Failure) {
    guard cannotTell(bad), let seen = bad.last(where: isUntold) else { return }
    let untold = bad.count(where: isUntold)
    try Yardstick.verify(question, bad: seen, called: "\(badName), in \(untold) of \(bad.count) runs")
  }

  /// The yardstick, with the rates, or why there is none. The names are for the messages.
  public func yardstick(called goodName: String, _ badName: String) throws(Failure) -> Yardstick {
    if case .shifted(let shift) = question { return try yardstick(shift, goodName, badName) }
    // That an end is not what it should be is said by runs that tell; of one that has none it is said why not.
    if cannotTell(good) || good.allSatisfy(isUntold), let seen = good.last(where: isUntold) {
      try Yardstick.verify(question, good: seen, called: goodName)
    }
    if bad.allSatisfy(isUntold), let seen = bad.last {
      try Yardstick.verify(question, bad: seen, called: badName)
    }
    guard let (first, last) = representatives() else {
      try verifyUntold(badName)
      if case .changed(let name) = question, let seen = bad.first(where: { !isUntold($0) }) {
        try Yardstick.verify(question, bad: seen, called: badName, reference: seen.value(of: name))
      }
      let isGoodAtFault = !good.contains { $0.word == "good" }
      let what =
        isGoodAtFault
        ? "\(goodName), should be good and is not in all of \(good.count { !isUntold($0) }) runs"
        : "\(badName), should be bad and is good in all of \(bad.count { !isUntold($0) }) runs"
      throw Failure(.badInput, what, remedy: "see that the ends are not swapped, or name others")
    }
    var yardstick = try Yardstick(question, good: first, called: goodName, bad: last, called: badName)
    yardstick = yardstick.hunting(forms)
    yardstick.values = values
    let rates = rates
    guard rates.distance >= Self.distance else {
      try verifyUntold(badName)
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
