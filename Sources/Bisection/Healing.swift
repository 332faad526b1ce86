import KernelTree

/// A stretch that cannot be tested was mended by the first commit after it that can be. Its change is tried on the commits
/// of the stretch: with it they may tell.
extension CommitBisection {
  /// The answer among commits of which all but the last cannot be tested; nil when healing them does not give one.
  ///
  /// It is never more than likely: what was built is no commit of the history.
  func heal(
    _ numbers: [Int], _ search: CommitSearch, _ field: CommitRange, _ yardstick: Yardstick
  ) async throws -> Conclusion? {
    guard let last = numbers.last, let healer = mender(of: last, search, field) else {
      report(.note("--heal: it is not known which commit mended the stretch"))
      return nil
    }
    report(.note("\(healer.quoted) mended the stretch; its change is tried on the commits before it"))
    // Those that can be tested as they are have told what they can.
    var healed = CommitSearch(field.history)
    for (number, answer) in search.answers.sorted(by: { $0.key < $1.key }) {
      if case .untestable = answer { continue }
      if number != field.commits.count - 1 { healed.record(answer, for: number) }
    }
    var tested: [Int] = []
    while let next = healed.next {
      let sample = Sample.healed(field.commits[next], by: healer)
      guard let found = try await examine(sample, .step, open: healed.open, yardstick) else {
        healed.record(.untestable("\(healer.id.short) does not apply"), for: next)
        continue
      }
      let answer = field.towardsNew(yardstick.answer(for: found.seen))
      if case .untestable = answer {} else { tested.append(next) }
      healed.record(answer, for: next)
    }
    guard case .culprit(let culprit)? = healed.result, !tested.isEmpty else {
      report(
        .note(
          tested.isEmpty
            ? "--heal: with \(healer.id.short) on top they cannot tell either"
            : "--heal: with \(healer.id.short) on top only \(tested.count) of them can tell, too few to name one"))
      return nil
    }
    let commits = tested.sorted().map { field.commits[$0].id.short }.joined(separator: ", ")
    var reasons = [
      "it lies in a stretch that cannot be tested as it is",
      "tested with \(healer.quoted) applied, and so not as they are in the history: \(commits)",
    ]
    // A change that shows the failure by itself makes every commit fail that it is tried on. One that does not is proof.
    let isGood = tested.contains { healed.answers[$0] == .good }
    if !isGood {
      guard let parent = field.commits[culprit].parents.first else { return nil }
      let base = try await laboratory.commit(parent)
      guard let found = try await examine(.healed(base, by: healer), .step, yardstick) else { return nil }
      switch field.towardsNew(yardstick.answer(for: found.seen)) {
      case .good: reasons.append("\(base.quoted), before the stretch, is as it was with that applied")
      case .bad:
        return Conclusion(
          claim: .likely, commits: [healer],
          reasons: [
            "it is the first that can be tested after a stretch that cannot",
            "its change alone, applied to \(base.quoted) before the stretch, has the effect",
          ])
      case .untestable: return nil
      }
    }
    if field.commits.count < range.commits.count {
      reasons.append(Self.leftOut)
    }
    return Conclusion(claim: .likely, commits: [field.commits[culprit]], reasons: reasons)
  }

  /// The first commit that can be tested, when one before it was tested and cannot.
  private func mender(of last: Int, _ search: CommitSearch, _ field: CommitRange) -> Commit? {
    let isAfterBroken = field.history.parents[last].contains { parent in
      if case .untestable? = search.answers[parent] { true } else { false }
    }
    return isAfterBroken ? field.commits[last] : nil
  }
}
