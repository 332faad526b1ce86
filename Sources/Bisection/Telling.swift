import Judgement

/// Runs of a kernel where one run tells, some of which cannot: the guest did not come up in time, or the emulator stalled. That
/// is no word on the kernel, and none against its other runs; so further ones are made in the place of such.
enum Telling {
  /// So many are made in their place.
  static let spare = 3

  /// How many runs there are to be for so many that tell, by how many there are and tell; where none does, no more.
  static func wanted(_ count: Int, of runs: Int, telling: Int) -> Int {
    telling == 0 ? count : count + min(runs - telling, spare)
  }
}

extension Question {
  /// The runs of an end that say something. A guest that fell silent once, where another one of the end was as it should be, says
  /// nothing: see ``CommitBisection/lookingAgain(at:of:_:)``. Silence that comes again may be what is hunted, or how the failure
  /// looks at times; and so may one that comes where else all is well.
  func telling(_ runs: [Seen], isBad: Bool) -> [Seen] {
    let telling = runs.filter { !$0.isSilent }
    let others = telling.filter { !$0.isSilentHang }
    guard telling.count - others.count == 1 else { return telling }
    let isMoreThanSilence =
      switch self {
      case .changed(let name): others.contains { $0.value(of: name) != nil }
      // Any failure will do.
      case .failure(any: true) where isBad: false
      case .failure: others.contains { $0.word == (isBad ? "bad" : "good") }
      case .shifted: false
      }
    return isMoreThanSilence ? others : telling
  }
}

extension Seen {
  /// Whether it says nothing of a kernel by itself. (Another failure than the one that is hunted does.)
  var isSilent: Bool { word == "untestable" }
}

extension Yardstick {
  /// Whether a run says nothing, held against the ends. A silent hang is what is hunted, or it is none.
  func isSilent(_ seen: Seen) -> Bool {
    if case .untestable = answer(for: seen) { seen.isSilent || seen.isSilentHang } else { false }
  }

  /// Why one run of a ready-made kernel does not tell, by its runs; nil where it does.
  func doubt(of runs: [Seen], _ name: String) -> String? {
    let telling = runs.filter { !isSilent($0) }
    guard telling.isAlike(by: self) else { return Proof.isDivided(name) }
    return telling.count >= Proof.runs
      ? nil : "only \(telling.count) of \(runs.count) runs of \(name) tell: \(Proof.untilDecided)"
  }
}

extension CommitBisection {
  /// A kernel that an answer rests on, run until ``Proof/runs`` of its runs tell, with what these come to; nil when they
  /// contradict each other. Where too few tell, that cannot tell either.
  func agreed(_ sample: Sample, _ found: Examination, _ yardstick: Yardstick) async throws -> Examination? {
    // What hung once had its further run.
    guard yardstick.rates == nil, found.identity != nil, found.trial == nil || !found.seen.isSilent else {
      return found
    }
    var runs = try await runs(of: sample, found, upTo: Proof.runs)
    while true {
      let told = runs.count { !yardstick.isSilent($0) }
      let wanted = Telling.wanted(Proof.runs, of: runs.count, telling: told)
      if runs.count >= wanted { break }
      runs = try await self.runs(of: sample, found, upTo: wanted)
    }
    let telling = runs.filter { !yardstick.isSilent($0) }
    guard let first = telling.first, let silent = runs.first(where: yardstick.isSilent) else {
      return runs.isAlike(by: yardstick) ? found : nil
    }
    guard telling.isAlike(by: yardstick) else { return nil }
    var seen = first
    if telling.count < Proof.runs {
      let why = "only \(telling.count) of \(runs.count) runs tell"
      seen = Seen(
        .untestable(phase: silent.phase, signature: "\(silent.signature); \(why)"), phase: silent.phase,
        reason: "\(silent.reason); \(why)", console: silent.console)
    }
    let answers = runs.map(yardstick.answer)
    let answer = yardstick.answer(for: seen)
    let (failed, passed) = (answers.count { $0 == .bad }, answers.count { $0 == .good })
    let trial = Trial(
      failed: failed, passed: passed, untold: runs.count - failed - passed, confidence: nil,
      isBad: answer == .bad ? true : answer == .good ? false : nil)
    // So that a search which is gone on with takes it for the same.
    try note(LedgerEntry.Decided(sample: sample, isClean: found.isClean, seen: seen, trial: trial))
    return found.decided(seen, trial)
  }

  /// The first runs of an end, so many of which tell, if any does.
  func firstRuns(
    of sample: Sample, _ found: Examination, telling count: Int, _ telling: ([Seen]) -> [Seen]
  ) async throws -> [Seen] {
    var all = try await runs(of: sample, found, upTo: count)
    while found.identity != nil {
      let wanted = Telling.wanted(count, of: all.count, telling: telling(all).count)
      if all.count >= wanted { break }
      all = try await runs(of: sample, found, upTo: wanted)
    }
    return all
  }
}

extension [Seen] {
  /// Whether all come to the same.
  func isAlike(by yardstick: Yardstick) -> Bool {
    guard let first else { return true }
    let answer = yardstick.answer(for: first)
    return allSatisfy { yardstick.answer(for: $0).isLike(answer) }
  }
}
