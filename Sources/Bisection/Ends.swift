import HostSystem
import KernelTree

/// The ends are not what they are said to be. Not that looking at them failed.
struct EndsRefused: Error {
  let failure: Failure
}

extension CommitBisection {
  private func refusing<Value>(_ verify: () throws(Failure) -> Value) throws -> Value {
    do throws(Failure) { return try verify() } catch { throw EndsRefused(failure: error) }
  }

  /// Runs that an end gets when nobody said that the failure shows only sometimes. One run would not show whether it
  /// does. Two more boots cost seconds; where they would take more than a tenth of the time that the build took, or the
  /// kernel was in the store, there is one more.
  static func repeats(_ examination: Examination) -> Int {
    guard examination.identity != nil else { return 1 }
    guard let build = examination.buildSeconds, let boot = examination.bootMilliseconds else { return 2 }
    return Double(boot) / 1000 * 2 <= build / 10 ? 3 : 2
  }

  /// Both ends, each run a few times. When their runs do not agree, or the user says that they would not, their rates of
  /// failure are measured. Nobody is told that an end is not what he says by what was built upon the objects of another
  /// commit: something of those may be left in it.
  func verifyEnds(of range: CommitRange, _ opening: LedgerEntry.Opening) async throws -> Yardstick {
    do {
      return try await verifyEnds(of: range, opening, areClean: false)
    } catch let refused as EndsRefused {
      let record = Record(ledger.entries)
      let mixed = [range.good, range.bad].filter {
        record.examination(of: .commit($0), isClean: false)??.isClean == false
      }
      // Where something is left out for a trial, the next step is to put it back.
      guard !mixed.isEmpty, record.disabled.isEmpty else { throw refused }
      let names = mixed.map(\.quoted).joined(separator: " and ")
      report(
        .note("\(refused.failure.message); before that is believed, \(names) is built anew from nothing but the source")
      )
      return try await verifyEnds(of: range, opening, areClean: true)
    }
  }

  private func verifyEnds(
    of range: CommitRange, _ opening: LedgerEntry.Opening, areClean: Bool
  ) async throws -> Yardstick {
    let goodName = "the good commit, \(opening.goodName)"
    let badName = "the bad commit, \(opening.badName)"
    let isFlaky = opening.isFlaky == true || opening.question.takesRuns || Record(ledger.entries).isDivided
    let good = Sample.commit(range.good)
    let bad = Sample.commit(range.bad)
    guard let first = try await examine(good, .goodEnd, isClean: areClean) else { throw CancellationError() }
    var trial = EndTrial(opening.question)
    trial.take(
      good: try await firstRuns(of: good, first, isFlaky: isFlaky) { opening.question.telling($0, isBad: false) })
    try refusing { () throws(Failure) in try Yardstick.requireComparable(opening.question, trial.goodRun) }
    // Before work is spent on the other. What does not build gets no better by repeating.
    if let seen = trial.goodRun,
      first.identity == nil || opening.question.takesRuns || !isFlaky && !trial.isDivided
    {
      try refusing { () throws(Failure) in try Yardstick.verify(opening.question, good: seen, called: goodName) }
    }
    guard let last = try await examine(bad, .badEnd, isClean: areClean) else { throw CancellationError() }
    trial.take(
      bad: try await firstRuns(of: bad, last, isFlaky: isFlaky) { opening.question.telling($0, isBad: true) })
    if last.identity == nil {
      try refusing { () throws(Failure) in
        try Yardstick.verify(opening.question, bad: last.seen, called: badName)
      }
    }
    if !isFlaky {
      if !trial.isDivided, let goodRun = trial.goodRun, let badRun = trial.badRun {
        let yardstick = try refusing { () throws(Failure) in
          try Yardstick(
            opening.question, good: goodRun, called: goodName, bad: badRun, called: badName, mayRepeat: true)
        }
        for (run, found, end) in [(goodRun, first, good), (badRun, last, bad)] {
          try stand(run, for: found, of: end, end == good ? trial.good : trial.bad, opening.question, isBad: end == bad)
        }
        return yardstick
      }
      report(
        .note("the runs of an end do not agree: as with --flaky, each commit is run until it is decided" + trial.hint))
    }
    while trial.wanted != (0, 0) {
      let wanted = trial.turn
      if let news = trial.news() { report(.note(news)) }
      if wanted.good > 0 {
        trial.take(good: try await further(wanted.good, good, first, after: trial.good.count))
      }
      if wanted.bad > 0 { trial.take(bad: try await further(wanted.bad, bad, last, after: trial.bad.count)) }
    }
    let yardstick = try refusing { () throws(Failure) in try trial.yardstick(called: goodName, badName) }
    guard let rates = yardstick.rates else { return yardstick }
    let what = opening.question.takesRuns ? "runs beyond what parts the ends" : "failures"
    report(.note("\(what): \(badName), \(rates.bad.text) runs; \(goodName), \(rates.good.text)"))
    if let forms = trial.formsNote { report(.note(forms)) }
    for (sample, end, runs) in [(good, first, trial.good), (bad, last, trial.bad)] {
      let rate = sample == good ? rates.good : rates.bad
      let answer = sample == good ? CommitSearch.Answer.good : .bad
      guard let seen = runs.first(where: { yardstick.answer(for: $0) == answer }) else { continue }
      try note(
        LedgerEntry.Decided(
          sample: sample, isClean: end.isClean, seen: seen,
          trial: Trial(
            failed: rate.failed, passed: rate.runs - rate.failed, untold: runs.count - rate.runs, confidence: nil,
            isBad: sample == bad)))
    }
    return yardstick
  }

  /// The first runs of an end. Where one is to tell, others are made in the place of those that cannot.
  private func firstRuns(
    of end: Sample, _ found: Examination, isFlaky: Bool, _ telling: ([Seen]) -> [Seen]
  ) async throws -> [Seen] {
    let count = Self.repeats(found)
    return isFlaky
      ? try await runs(of: end, found, upTo: count) : try await firstRuns(of: end, found, telling: count, telling)
  }

  /// Where the very first run of an end says nothing, one that does stands for it from now on.
  private func stand(
    _ seen: Seen, for found: Examination, of end: Sample, _ runs: [Seen], _ question: Question, isBad: Bool
  ) throws(Failure) {
    guard let first = runs.first, first != seen else { return }
    let told = question.telling(runs, isBad: isBad).count
    let untold = runs.count - told
    try note(
      LedgerEntry.Decided(
        sample: end, isClean: found.isClean, seen: seen,
        trial: Trial(
          failed: isBad ? told : 0, passed: isBad ? 0 : told, untold: untold, confidence: nil, isBad: isBad)))
  }
}
