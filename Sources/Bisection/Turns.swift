import KernelTree

/// Two kernels run in turns: what time itself does to a number comes to both alike. So only runs count that were made for
/// this, one side after the other. What either kernel did before, in the search or at an end of it, was done on a machine
/// as it was then.
extension CommitBisection {
  /// Runs the clean kernels of two commits in turns; false when one of them has none.
  func take(turnsOf good: Commit, _ bad: Commit, into test: inout StepTest) async throws -> Bool {
    let record = Record(ledger.entries)
    var sides: [Side] = []
    for (commit, other) in [(good, bad), (bad, good)] {
      let known = record.examination(of: .commit(commit), isClean: true) ?? nil
      guard let found = known, found.identity != nil else { return false }
      sides.append(Side(sample: .commit(commit), found: found, other: other.id))
    }
    // A session that was ended goes on with the turns that it had. One that only one side had is not made up for now.
    let known = sides.map { record.turns(of: $0.sample, isClean: true, with: $0.other) }
    let paired = min(known[0].count, known[1].count)
    if paired > 0 { test.take(good: Array(known[0].prefix(paired)), bad: Array(known[1].prefix(paired))) }
    while test.wanted > 0 {
      let until = test.wanted
      var fresh: [[Seen]] = [[], []]
      // What a boot gives beyond one run is the next turn's.
      while fresh.contains(where: { $0.count < until }) {
        for place in sides.indices { fresh[place] += try await turn(sides[place]) }
      }
      test.take(good: fresh[0], bad: fresh[1])
    }
    return true
  }

  private struct Side {
    let sample: Sample
    let found: Examination
    let other: CommitID
  }

  private func turn(_ side: Side) async throws -> [Seen] {
    try Task.checkCancellation()
    let count = max(1, laboratory.workers)
    let made = Record(ledger.entries).runs(of: side.sample, isClean: side.found.isClean).count
    let runs = try await laboratory.run(side.sample, side.found, made..<made + count)
    for run in runs {
      try ledger.append(
        .ran(
          LedgerEntry.Ran(
            sample: side.sample, isClean: side.found.isClean, seen: run.seen, milliseconds: run.milliseconds, at: .now,
            inTurnsWith: side.other)))
    }
    return runs.map(\.seen)
  }
}
