/// A guest that falls silent shows nothing: an emulator that stalls, or a host that is short of processors, looks the same.
/// So where one run tells, a silent hang is bad only when the next run of the kernel is, too. Where runs are counted, each
/// counts as it was.
extension CommitBisection {
  /// The examination, or what is left of it when its silent hang is not seen again.
  func lookingAgain(
    at found: Examination?, of sample: Sample, _ yardstick: Yardstick?
  ) async throws -> Examination? {
    guard let found, let yardstick, Self.isDoubtful(found, yardstick) else { return found }
    let runs = try await runs(of: sample, found, upTo: 2)
    guard let next = runs.dropFirst().first, yardstick.answer(for: next) != .bad else { return found }
    let decided = LedgerEntry.Decided(
      sample: sample, isClean: found.isClean, seen: found.seen.hungOnce(next: next),
      trial: Trial(
        failed: 1, passed: next.word == "good" ? 1 : 0, untold: next.word == "good" ? 0 : 1, confidence: nil))
    try note(decided)
    return found.decided(decided.seen, decided.trial)
  }

  /// Whether it rests on one silence.
  static func isDoubtful(_ found: Examination, _ yardstick: Yardstick) -> Bool {
    found.seen.isSilentHang && found.trial == nil && yardstick.answer(for: found.seen) == .bad
  }
}

extension Record {
  /// Whether an examination is an answer as it stands: a silent hang is one where the second run says the same.
  func isSettled(_ found: Examination, of sample: Sample, _ yardstick: Yardstick) -> Bool {
    guard CommitBisection.isDoubtful(found, yardstick) else { return true }
    let second = runs(of: sample, isClean: found.isClean).dropFirst().first
    return second.map { yardstick.answer(for: $0) == .bad } ?? false
  }
}
