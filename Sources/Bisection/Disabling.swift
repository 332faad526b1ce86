import HostSystem

/// What a kernel is made of that the probe may have no need of: where commits do not build for code that a symbol of the
/// configuration brings in, all kernels of the bisection are built without it, if the ends without it are as they were.
///
/// It is one configuration for the whole range as before, and both ends are verified anew. Answers that kernels of the
/// other configuration gave do not count.
extension CommitBisection {
  /// So many symbols are tried. Each costs the two ends and the tests that were made.
  static let disablings = 4
  /// So many commits that might be the one must fail at a symbol's code before it is tried: one is walked around for less.
  static let worthDisabling = 2

  /// The ends, verified; nil when the last symbol that was to be done without is needed, and is back.
  func verifiedEnds(_ opening: LedgerEntry.Opening) async throws -> Yardstick? {
    let disabled = Record(ledger.entries).disabled
    guard let last = disabled.last else { return try await verifyEnds(of: range, opening) }
    let before = Array(disabled.dropLast())
    let why: String
    do {
      let yardstick = try await verifyEnds(of: range, opening)
      let now = Record(ledger.entries).hunted
      let then = Record(ledger.entries, disabling: before).hunted
      if yardstick.rates == nil, now != nil, now == then { return yardstick }
      why = "the ends show something else"
    } catch let failure as Failure where failure.kind == .badInput {
      why = failure.message
    }
    report(.note("without \(last) \(why); so it stays"))
    try ledger.append(.disabled(before))
    return nil
  }

  /// Whether another symbol is to be done without; if so it is in the ledger from now on.
  func disables(
    after search: CommitSearch, _ range: CommitRange, _ yardstick: Yardstick, atLeast count: Int
  ) async throws -> Bool {
    let record = Record(ledger.entries)
    // Where many runs decide, ends are dear and never quite the same.
    guard yardstick.rates == nil, record.tried.count < Self.disablings else { return false }
    let tried = Set(record.tried.joined())
    var failures: [String: Failures] = [:]
    for number in search.suspects {
      guard case .untestable? = search.answers[number],
        case .some(.some(let found)) = record.examination(of: .commit(range.commits[number]), isClean: false),
        found.seen.phase == .build
      else { continue }
      for (depth, symbol) in try await laboratory.gates(ofFailed: found).enumerated() where !tried.contains(symbol) {
        failures[symbol, default: Failures(depth: depth, signature: found.seen.signature)].count += 1
      }
    }
    let worst = failures.filter { $0.value.count >= count }.min {
      (-$0.value.count, $0.value.depth, $0.key) < (-$1.value.count, $1.value.depth, $1.key)
    }
    guard let worst else { return false }
    let (symbol, found) = (worst.key, worst.value)
    report(
      .note(
        "\(found.count) of the commits that it may be \(found.count == 1 ? "does" : "do") not build for what \(symbol) brings in (\(Self.brief(found.signature))); the ends are tried without it"
      ))
    try ledger.append(.disabled(record.disabled + [symbol]))
    return true
  }

  /// A compiler's error may be as long as a function's type.
  private static func brief(_ text: String) -> String { text.count > 80 ? text.prefix(77) + "..." : text }

  /// Commits that do not build for a symbol's code.
  private struct Failures {
    /// How many symbols stand before it.
    let depth: Int
    /// How one of them fails.
    let signature: String
    var count = 0
  }

  /// An answer, with what it is about where kernels lack what they would have had.
  func stating(_ conclusion: Conclusion) -> Conclusion {
    let disabled = Record(ledger.entries).disabled
    guard !disabled.isEmpty else { return conclusion }
    let list = disabled.map { "\($0)=n" }.joined(separator: ", ")
    return Conclusion(
      claim: conclusion.claim, commits: conclusion.commits,
      reasons: conclusion.reasons + [
        "all kernels were built with \(list): commits of the range do not build for its code"
      ])
  }
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
