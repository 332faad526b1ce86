import KernelTree

/// What builds upon the objects of another commit may find something of that one in them and fail, where from nothing but the
/// source it would not. A failure that only costs the search a step is taken as it is; one that would be in the answer is not.
extension CommitBisection {
  /// So many commits may turn out to fail otherwise from nothing, each a build, before what is left is taken as it is.
  private static let otherwiseAtMost = 3

  /// Whether commits that do not build are otherwise than they were taken to be. One of them that was not made clean is tried:
  /// that which fails as most of them do, and the newest of these. The others are believed when it fails the same way; one that
  /// fails in a way of its own says nothing of them, and the next time another one is tried.
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
      } else if record.failures(of: .commit(commit), isClean: false).contains(found.seen.signature) {
        return false
      } else {
        clean.insert(found.seen.signature)
      }
    }
    if record.failingOtherwiseFromNothing >= Self.otherwiseAtMost { return false }
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
  /// The ways in which a sample did not build from nothing, or upon older objects, whatever it did otherwise.
  fileprivate func failures(of sample: Sample, isClean: Bool) -> Set<String> {
    Set(
      examined.lazy.filter { $0.sample == sample }.compactMap(\.examination)
        .filter { $0.isClean == isClean && $0.seen.phase == .build }.map(\.seen.signature))
  }

  /// How many samples did not build either way, and not in the same way.
  fileprivate var failingOtherwiseFromNothing: Int {
    Set(examined.map(\.sample)).count { sample in
      let (clean, mixed) = (failures(of: sample, isClean: true), failures(of: sample, isClean: false))
      return !clean.isEmpty && !mixed.isEmpty && clean.isDisjoint(with: mixed)
    }
  }
}
