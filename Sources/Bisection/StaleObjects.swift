import KernelTree

/// What builds upon the objects of another commit may find something of that one in them and fail, where from nothing but the
/// source it would not. A failure that only costs the search a step is taken as it is; one that would be in the answer is not.
extension CommitBisection {
  /// Whether commits that do not build are otherwise than they were taken to be. One of them that was not made clean is: that
  /// which fails as most of them do, and the newest of these. The others are believed when it fails the same way.
  func isOtherwiseFromNothing(_ commits: [Commit], _ yardstick: Yardstick) async throws -> Bool {
    let record = Record(ledger.entries)
    var mixed: [(commit: Commit, signature: String)] = []
    var clean: Set<String> = []
    for commit in commits where record.marks[commit.id] == nil {
      guard case .some(.some(let found)) = record.examination(of: .commit(commit), isClean: false),
        found.seen.phase == .build
      else { continue }
      if !found.isClean {
        mixed.append((commit, found.seen.signature))
      } else if record.failedUponObjects(.commit(commit)) {
        return false
      } else {
        clean.insert(found.seen.signature)
      }
    }
    mixed.removeAll { clean.contains($0.signature) }
    let counts = Dictionary(grouping: mixed, by: \.signature).mapValues(\.count)
    let most = counts.values.max()
    guard let (commit, signature) = mixed.last(where: { counts[$0.signature] == most }) else { return false }
    report(
      .note("before it is believed that \(commit.quoted) does not build, that is tried from nothing but the source"))
    let anew = try await examine(.commit(commit), .step, isClean: true, yardstick)
    return anew?.seen.phase != .build || anew?.seen.signature != signature
  }
}

extension Record {
  /// Whether a sample did not build upon older objects, whatever it did afterwards.
  fileprivate func failedUponObjects(_ sample: Sample) -> Bool {
    examined.contains {
      $0.sample == sample && $0.examination?.isClean == false && $0.examination?.seen.phase == .build
    }
  }
}
