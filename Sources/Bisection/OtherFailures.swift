import KernelTree

/// Commits that fail, and not as the bad end does, cannot tell. Where the bad end itself fails in several ways, and its few
/// first runs were alike by chance, they could.
extension CommitBisection {
  /// Runs of the bad end that find nearly all failures which it shows in three of ten runs.
  private static let runsOfBadEnd = 10

  /// The commits among these that were seen to fail, and cannot tell, as it is another failure that is hunted.
  func failingOtherwise(_ numbers: [Int], _ search: CommitSearch, _ field: CommitRange) -> [Int] {
    let record = Record(ledger.entries)
    guard record.opening?.question == .failure(any: false) else { return [] }
    return numbers.filter { number in
      let commit = field.commits[number]
      guard case .untestable? = search.answers[number], record.marks[commit.id] == nil else { return false }
      return (record.examination(of: .commit(commit), isClean: false) ?? nil)?.seen.word == "bad"
    }
  }

  /// The bad end, when it turns out before a range is handed out that it fails in more ways than one.
  func division(
    behind numbers: [Int], _ search: CommitSearch, _ field: CommitRange, _ yardstick: Yardstick
  ) async throws -> Sample? {
    let sample = Sample.commit(range.bad)
    guard yardstick.rates == nil, !failingOtherwise(numbers, search, field).isEmpty,
      let found = Record(ledger.entries).examination(of: sample, isClean: false) ?? nil
    else { return nil }
    let runs = try await runs(of: sample, found, upTo: Self.runsOfBadEnd)
    // What says nothing is no other way to fail, and neither is silence that is not seen again.
    let telling = Question.failure(any: false).telling(runs, isBad: true)
    if telling.allSatisfy({ $0.word == "bad" && $0.signature == found.seen.signature }) { return nil }
    report(
      .note(
        "\(range.bad.quoted) does not fail in the same way in each of \(runs.count) runs: each commit is run until it is "
          + "decided, as with --flaky; if any failure is what you look for, say --any-failure"))
    return sample
  }
}
