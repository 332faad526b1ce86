import Foundation
import HostSystem
import KernelTree

/// Verdicts that take several runs. Each run is in the ledger before anybody hears of it, so that a session that is
/// killed repeats none: on resuming, the same questions are asked in the same order, and the ledger answers.
extension CommitBisection {
  /// The kernel of a sample, and its first run, as it is known or is made now; nil for a revert that does not apply.
  func build(_ sample: Sample, _ role: Role, isClean: Bool, open: Int = 0) async throws -> Examination? {
    if let known = Record(ledger.entries).examination(of: sample, isClean: isClean) { return known }
    report(.examining(sample, role, open: open))
    let found = try await laboratory.examine(sample, isClean: isClean)
    try ledger.append(.examined(LedgerEntry.Examined(sample: sample, examination: found, at: .now)))
    return found
  }

  /// Says it when a verdict was the one after which no kernel is built upon other objects any more.
  func noteDistrust(since wasDistrusting: Bool) {
    guard !wasDistrusting, Record(ledger.entries).distrustsObjects else { return }
    report(.note("built anew its kernel is another one: from now on all are built from nothing but the source"))
  }

  /// The first so many runs of a kernel: those that the ledger has, and for the rest, new ones.
  func runs(of sample: Sample, _ examination: Examination, upTo count: Int) async throws -> [Seen] {
    var known = Record(ledger.entries).runs(of: sample, isClean: examination.isClean)
    while known.count < count, examination.identity != nil {
      try Task.checkCancellation()
      let batch = known.count..<min(count, known.count + max(1, laboratory.workers))
      for run in try await laboratory.run(sample, examination, batch) {
        try ledger.append(
          .ran(
            LedgerEntry.Ran(
              sample: sample, isClean: examination.isClean, seen: run.seen, milliseconds: run.milliseconds, at: .now)))
        known.append(run.seen)
      }
    }
    return Array(known.prefix(count))
  }

  /// So many runs after the first ones.
  func further(_ count: Int, _ sample: Sample, _ examination: Examination, after first: Int) async throws -> [Seen] {
    Array(try await runs(of: sample, examination, upTo: first + count).dropFirst(first))
  }

  /// Writes a verdict down, unless it is there already.
  func note(_ decided: LedgerEntry.Decided) throws(Failure) {
    let known = Record(ledger.entries).examination(of: decided.sample, isClean: decided.isClean) ?? nil
    if let known, known.isClean == decided.isClean, known.trial == decided.trial, known.seen == decided.seen { return }
    try ledger.append(.decided(decided))
  }

  /// One sample by itself, run until it is decided as surely as the answer needs: ends of branches, and the proof.
  func decide(
    _ sample: Sample, _ role: Role, _ isClean: Bool, _ yardstick: Yardstick, _ rates: FailureRates
  ) async throws -> Examination? {
    let isDistrusting = Record(ledger.entries).distrustsObjects
    guard let found = try await build(sample, role, isClean: isClean) else {
      report(.examined(sample, role, nil, nil, open: 0, wasKnown: false))
      return nil
    }
    let rates = Record(ledger.entries).rates(rates, yardstick, without: sample)
    var test = SequentialTest(rates, error: NoisySearch.finalError)
    var taken: [Seen] = []
    while test.decision == .goOn {
      let seen = try await further(test.fewest, sample, found, after: taken.count)
      // What was not built has its one answer.
      for one in found.identity == nil ? [found.seen] : seen { test.take(yardstick.run(one)) }
      taken += seen
    }
    var answer = test.answer
    // All the runs that may be spent, and as sure as a step of the search: that is an answer, and how sure is said.
    if case .untestable = answer, test.tally.runs >= SequentialTest.cap,
      abs(test.logOdds) >= SequentialTest.threshold(NoisySearch.stepError)
    {
      answer = test.logOdds > 0 ? .bad : .good
    }
    let decided = try settle(sample, found, taken, answer, test.tally, test.confidence, yardstick)
    noteDistrust(since: isDistrusting)
    report(.examined(sample, role, decided, yardstick.answer(for: decided.seen), open: 0, wasKnown: false))
    return decided
  }

  /// Keeps a verdict and gives the examination with it.
  private func settle(
    _ sample: Sample, _ found: Examination, _ runs: [Seen], _ answer: CommitSearch.Answer,
    _ tally: SequentialTest.Tally, _ confidence: Double, _ yardstick: Yardstick
  ) throws(Failure) -> Examination {
    guard found.identity != nil else { return found }
    var seen = runs.last { yardstick.answer(for: $0) == answer }
    if seen == nil, case .untestable(let why) = answer {
      seen = Seen(.untestable(phase: .probe, signature: why), phase: .probe, reason: why)
    }
    let isTold = if case .untestable = answer { false } else { true }
    let decided = LedgerEntry.Decided(
      sample: sample, isClean: found.isClean, seen: seen ?? found.seen,
      trial: Trial(
        failed: tally.failed, passed: tally.passed, untold: tally.untold, confidence: isTold ? confidence : nil,
        isBad: isTold ? answer == .bad : nil))
    try note(decided)
    return found.decided(decided.seen, decided.trial)
  }

  /// The search where a test is a row of runs.
  func noisySearch(
    _ field: CommitRange, _ yardstick: Yardstick, _ rates: FailureRates
  ) async throws -> CommitSearch {
    let marks = Record(ledger.entries).marks
    var fixed: [Int: CommitSearch.Answer] = [:]
    for (number, commit) in field.commits.enumerated() where commit.id != field.new.id {
      if let mark = marks[commit.id] { fixed[number] = field.answer(mark) }
    }
    var search = NoisySearch(field.history, rates: field.findsFix ? rates.flipped : rates, fixed: fixed)
    var kernels: [Int: (found: Examination, runs: [Seen])] = [:]
    var told = 0
    func tell() throws(Failure) {
      for one in search.settlements[told...] {
        guard let kernel = kernels[one.commit] else { continue }
        let answer = field.towardsNew(one.answer)
        let tally = field.findsFix ? one.tally.flipped : one.tally
        let sample = Sample.commit(field.commits[one.commit])
        if one.isReversal {
          report(.note("\(field.commits[one.commit].quoted) turned over after more runs; the search goes on with that"))
        }
        let decided = try settle(sample, kernel.found, kernel.runs, answer, tally, one.confidence, yardstick)
        report(.examined(sample, .step, decided, answer, open: search.search.open, wasKnown: false))
      }
      told = search.settlements.count
    }
    while case .run(let number, let times) = search.next() {
      try tell()
      let sample = Sample.commit(field.commits[number])
      if kernels[number] == nil {
        let record = Record(ledger.entries)
        let isDistrusting = record.distrustsObjects
        let known = record.examination(of: sample, isClean: isDistrusting) ?? nil
        let made =
          if let known { known } else {
            try await build(
              sample, .step, isClean: isDistrusting || isMadeClean(search.search, of: field),
              open: search.search.open)
          }
        guard let made else { throw CancellationError() }
        kernels[number] = (made, [])
      }
      guard let (found, runs) = kernels[number] else { throw CancellationError() }
      let seen = try await further(times, sample, found, after: runs.count)
      for one in found.identity == nil ? [found.seen] : seen {
        search.record(yardstick.run(one, towards: field.towardsNew), for: number)
      }
      kernels[number]?.runs += seen
    }
    try tell()
    return search.search
  }
}

extension SequentialTest {
  /// The decision as the search takes it.
  var answer: CommitSearch.Answer {
    switch decision {
    case .good: .good
    case .bad: .bad
    case .untestable(let why): .untestable(why)
    case .goOn: .untestable("undecided")
    }
  }
}

extension SequentialTest.Tally {
  /// Good and bad in each other's place.
  var flipped: SequentialTest.Tally {
    var copy = self
    (copy.failed, copy.passed) = (passed, failed)
    return copy
  }
}

extension Record {
  /// The rates of the ends, sharpened by the runs of all other commits that were decided.
  func rates(_ measured: FailureRates, _ yardstick: Yardstick, without sample: Sample) -> FailureRates {
    var rates = measured
    for one in examined where one.sample != sample {
      guard case .commit = one.sample, let found = one.examination, let trial = found.trial, trial.confidence != nil
      else { continue }
      let own = FailureRate(failed: trial.failed, of: trial.failed + trial.passed)
      switch yardstick.answer(for: found.seen) {
      case .good: rates.good = rates.good + own
      case .bad: rates.bad = rates.bad + own
      case .untestable: break
      }
    }
    return rates
  }

  /// How sure the verdicts are that an answer rests on, all together: those on the commit and on its parents where it is
  /// one commit that was proven, else all. Nil where one run tells.
  func confidence(of conclusion: Conclusion) -> Double? {
    var trials: [(id: CommitID, confidence: Double)] = []
    for one in examined {
      guard case .commit(let commit) = one.sample, let sure = one.examination?.trial?.confidence else { continue }
      trials.removeAll { $0.id == commit.id }
      trials.append((commit.id, sure))
    }
    guard !trials.isEmpty, conclusion.claim != .inconclusive else { return nil }
    if conclusion.commits.count == 1, let commit = conclusion.commits.first {
      let base = Set([commit.id] + commit.parents)
      let own = trials.filter { base.contains($0.id) }
      if !own.isEmpty { return own.reduce(1) { $0 * $1.confidence } }
    }
    return trials.reduce(1) { $0 * $1.confidence }
  }
}
