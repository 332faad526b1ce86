import HostSystem
import KernelTree

/// What a kernel is made of that the probe may have no need of: where commits do not build for code that a symbol of the
/// configuration brings in, all kernels of the bisection are built without it, if the ends without it are as they were.
///
/// It is one configuration for the whole range as before, and both ends are verified anew. Answers that kernels of the
/// other configuration gave are no part of the search, but what is found must not contradict them.
extension CommitBisection {
  /// So many symbols are tried. Each costs the two ends and the tests that were made.
  static let disablings = 4
  /// So many commits that might be the one must fail at a symbol's code before it is tried: one is walked around for less.
  static let worthDisabling = 2

  // MARK: - Before a search

  /// The ends, verified, and where they part; nil when the last symbol that was to be done without is back.
  func verifiedEnds(_ opening: LedgerEntry.Opening) async throws -> Yardstick? {
    let last = Record(ledger.entries).disabled.last
    do {
      let yardstick = try await verified(opening)
      guard let last, let why = try await objection(yardstick) else { return yardstick }
      try giveUp(last, why)
    } catch let refused as EndsRefused {
      guard let last else { throw refused.failure }
      try giveUp(last, refused.failure.message)
    }
    return nil
  }

  private func verified(_ opening: LedgerEntry.Opening) async throws -> Yardstick {
    let yardstick = try await verifyEnds(of: range, opening)
    try await verifyMergeBases(yardstick)
    return yardstick
  }

  private func giveUp(_ symbol: String, _ why: String) throws {
    let last = Record(ledger.entries).examined.last?.examination?.seen
    let refused = "\(symbol) did not take: "
    if let last, last.phase == .configure, last.signature.hasPrefix(refused) {
      report(.note("\(symbol) cannot be left out: \(last.signature.dropFirst(refused.count))"))
    } else {
      report(.note("without \(symbol) \(why); so it is back"))
    }
    try ledger.append(.disabled(Array(Record(ledger.entries).disabled.dropLast())))
  }

  /// What keeps kernels from doing without the last symbol.
  private func objection(_ yardstick: Yardstick) async throws -> String? {
    let (record, earlier) = (Record(ledger.entries), before)
    // Where many runs decide, an end is never quite the same.
    if yardstick.rates != nil { return "the failure shows only sometimes" }
    guard let now = record.hunted, now == earlier.hunted else { return "the ends show something else" }
    guard let last = record.disabled.last else { return nil }
    let field = field(of: range, earlier.marks, earlier.reach)
    let search = known(field, yardstick, earlier)
    let suspects = Set(search.suspects.map { field.commits[$0].id })
    // By when each was first met. One that was tried again from nothing is so in the session that built it alone, and the next
    // question about the range is to come to the same kernels.
    var met: Set<Sample> = []
    for one in earlier.examined.filter({ met.insert($0.sample).inserted }).reversed() {
      guard case .commit(let commit) = one.sample, let failed = one.examination, failed.seen.phase == .build,
        suspects.contains(commit.id), earlier.marks[commit.id] == nil,
        try await laboratory.gates(ofFailed: failed, at: commit).contains(last)
      else { continue }
      let found = try await examine(.commit(commit), .step, open: search.open, yardstick)
      let isAsBefore = found?.seen.phase == .build && found?.seen.signature == failed.seen.signature
      return isAsBefore ? "\(commit.quoted) does not build either" : nil
    }
    return nil
  }

  /// What is known by kernels that have the last symbol.
  private var before: Record {
    Record(ledger.entries, disabling: Array(Record(ledger.entries).disabled.dropLast()))
  }

  // MARK: - In a search

  /// Whether the search is at its end for now: another symbol is to be done without, which is in the ledger then, or what it is to be
  /// done without for is otherwise from clean builds.
  func disables(
    after search: CommitSearch, _ range: CommitRange, _ yardstick: Yardstick, atLeast count: Int
  ) async throws -> Bool {
    let record = Record(ledger.entries)
    guard yardstick.rates == nil, record.tried.count < Self.disablings else { return false }
    var failures: [String: Failures] = [:]
    for number in search.suspects {
      let commit = range.commits[number]
      guard case .untestable? = search.answers[number],
        case .some(.some(let found)) = record.examination(of: .commit(commit), isClean: false),
        found.seen.phase == .build
      else { continue }
      let gates = try await laboratory.gates(ofFailed: found, at: commit)
      for (depth, symbol) in gates.enumerated() where !record.tried.contains(symbol) {
        failures[symbol, default: Failures(depth: depth, signature: found.seen.signature)].commits.append(commit)
      }
    }
    let worst = failures.filter { $0.value.count >= count }.min {
      (-$0.value.count, $0.value.depth, $0.key) < (-$1.value.count, $1.value.depth, $1.key)
    }
    guard let (symbol, found) = worst else { return false }
    if try await isOtherwiseFromNothing(found.commits, yardstick) { return true }
    report(
      .note(
        "\(found.count) of the commits that it may be \(found.count == 1 ? "does" : "do") not build for what \(symbol) brings in (\(found.words)); the ends are tried without it"
      ))
    try ledger.append(.disabled(record.disabled + [symbol]))
    return true
  }

  /// Commits that do not build for a symbol's code.
  private struct Failures {
    /// How many symbols stand before it.
    let depth: Int
    /// How one of them fails.
    let signature: String
    var commits: [Commit] = []
    var count: Int { commits.count }

    /// A compiler's error may be as long as a function's type.
    var words: String { signature.count > 80 ? signature.prefix(77) + "..." : signature }
  }

  // MARK: - After a search

  /// An answer of kernels that do without some symbols, with what it is about; nil when the last symbol is back.
  func settled(_ conclusion: Conclusion, _ yardstick: Yardstick) async throws -> Conclusion? {
    let record = Record(ledger.entries)
    guard let last = record.disabled.last, let list = record.disabledText else { return conclusion }
    if let why = contradiction(to: conclusion, yardstick) {
      try giveUp(last, why)
      return nil
    }
    var (claim, reasons) = (conclusion.claim, conclusion.reasons)
    reasons.append("all kernels were built with \(list): commits of the range do not build for its code")
    if claim == .confirmed, let culprit = conclusion.commits.first {
      let shown = try await isConfirmedWhole(culprit, yardstick)
      reasons.append(shown.words)
      if !shown.isTrue { claim = .likely }
    }
    return Conclusion(claim: claim, commits: conclusion.commits, reasons: reasons)
  }

  /// Whether the new end as it was asked for, with nothing left out, has not what is hunted when the culprit is taken out.
  private func isConfirmedWhole(
    _ culprit: Commit, _ yardstick: Yardstick
  ) async throws -> (isTrue: Bool, words: String) {
    let new = range.new.id.short
    if culprit.id == range.new.id { return (false, "not shown: that it is so with nothing left out") }
    let sample = Sample.revertedWhole(culprit, on: range.new)
    guard let found = try await examine(sample, .revert, yardstick) else {
      return (false, "not shown: that it is so with nothing left out, as it does not revert cleanly on \(new)")
    }
    guard let agreed = try await agreed(sample, found, yardstick) else {
      return (false, "not shown: with nothing left out \(new) with it reverted does not say the same in each run")
    }
    switch range.towardsNew(yardstick.answer(for: agreed.seen)) {
    case .good:
      return (
        true, "with nothing left out, too, \(new) with it reverted \(range.findsFix ? "is bad again" : "is good")"
      )
    case .bad:
      return (
        false, "but with nothing left out \(new) with it reverted is as before: something else has the same effect"
      )
    case .untestable(let why):
      return (false, "not shown: with nothing left out \(new) with it reverted cannot tell (\(why))")
    }
  }

  /// What speaks against an answer: that it is less than what was known before, or what kernels of other configurations
  /// showed whose ends are the same.
  private func contradiction(to conclusion: Conclusion, _ yardstick: Yardstick) -> String? {
    if conclusion.claim == .inconclusive { return "the answers contradict each other" }
    let (record, earlier) = (Record(ledger.entries), before)
    if conclusion.claim == .range,
      conclusion.commits.count >= known(field(of: range, earlier.marks, earlier.reach), yardstick, earlier).remaining
    {
      return "no fewer commits are left"
    }
    var witnesses: [(place: Int, answer: CommitSearch.Answer, commit: Commit)] = []
    for symbols in record.configurations where symbols != record.disabled {
      let other = Record(ledger.entries, disabling: symbols)
      guard other.hunted == record.hunted else { continue }
      for (place, commit) in range.commits.enumerated() where record.marks[commit.id] == nil {
        guard case .some(.some(let found)) = other.examination(of: .commit(commit), isClean: false) else { continue }
        witnesses.append((place, range.towardsNew(yardstick.answer(for: found.seen)), commit))
      }
    }
    // Of a range one that nothing speaks against is enough.
    var first: String?
    for commit in conclusion.commits {
      guard let place = number(of: commit) else { return nil }
      let against = witnesses.first { witness in
        let has = range.history.ancestry(of: witness.place)[place]
        return witness.answer == .good && has || witness.answer == .bad && !has
      }
      guard let against else { return nil }
      first =
        first
        ?? "the answer is \(commit.quoted), which does not go together with \(against.commit.id.short) built with it"
    }
    return first
  }

  private func number(of commit: Commit) -> Int? { range.commits.firstIndex { $0.id == commit.id } }
}

extension Record {
  /// What the ends show of what is hunted; nil where they were not seen, and where one run does not tell.
  var hunted: [String?]? {
    guard let opening, let good = seen(of: opening.good), let bad = seen(of: opening.bad) else { return nil }
    switch opening.question {
    case .failure: return [good.word, bad.word, bad.signature]
    case .changed(let name): return [good.observations[name], bad.observations[name]]
    case .shifted: return nil
    }
  }
}
