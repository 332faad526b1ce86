import HostSystem
import KernelTree

/// A bisection that finds out on the way how much of a kernel it needs (`--base auto`): bases are tried in their order, the
/// smallest first, until the ends are as they should be upon one.
///
/// All that is seen on the way is in the ledger, and where it stands as well: a session that is resumed goes on upon the
/// base that was tried last, and builds nothing again.
public struct BaseClimb: Sendable {
  /// One of the configurations to start from.
  public struct Base: Sendable, Equatable {
    /// The ledger's word for it.
    public let word: String
    /// A person's.
    public let name: String

    /// Both.
    public init(word: String, name: String) { (self.word, self.name) = (word, name) }
  }

  private let bases: [Base]
  /// Whether the right one is to be found out; a single one was named.
  private var isSearched: Bool { bases.count > 1 }
  private let range: CommitRange
  private let ledger: Ledger
  /// Makes what examines kernels of a base.
  private let laboratory: @Sendable (Base) async throws -> any Laboratory
  private let report: @Sendable (CommitBisection.Event) -> Void

  /// Of these bases, the smallest first, or of the one that was named. The laboratory of one is gone before that of the next
  /// is made.
  public init(
    _ bases: [Base], _ range: CommitRange, ledger: Ledger,
    laboratory: @escaping @Sendable (Base) async throws -> any Laboratory,
    report: @escaping @Sendable (CommitBisection.Event) -> Void
  ) {
    (self.bases, self.range, self.ledger) = (bases, range, ledger)
    (self.laboratory, self.report) = (laboratory, report)
  }

  /// Runs it to the answer.
  public func run() async throws -> Conclusion {
    let known = Record(ledger.entries).base
    for place in (bases.firstIndex { $0.word == known } ?? 0)..<bases.count {
      if isSearched, Record(ledger.entries).base != bases[place].word {
        try ledger.append(.trying(base: bases[place].word))
      }
      let further = place + 1 < bases.count ? bases[place + 1].name : nil
      if let conclusion = try await conclusion(upon: bases[place], before: further) { return conclusion }
    }
    let names = bases.map(\.name).joined(separator: ", ")
    throw Failure(
      .badInput, "none of the bases that were tried shows it: \(names)",
      remedy: "name the configuration that does, as --base auto:FILE, or see that the ends are not swapped")
  }

  /// The answer upon one of the bases; nil when the next one is to be tried.
  private func conclusion(upon base: Base, before further: String?) async throws -> Conclusion? {
    let bisection = CommitBisection(range, ledger: ledger, laboratory: try await laboratory(base), report: report)
    // Once that is found out it stays: later kernels of the ends are for the bisection to judge.
    if isSearched, !Record(ledger.entries).isBased {
      switch try await bisection.fit() {
      case .shows:
        try ledger.append(.based(on: base.word))
        report(.note("base \(base.name) shows it, and is the base of this bisection"))
      case .lacks(let why):
        report(.note("with base \(base.name) \(why)\(further.map { ", so \($0) is tried, a larger one" } ?? "")"))
        return nil
      }
    }
    return try await bisection.run()
  }
}

extension CommitBisection {
  /// Whether the ends are as they should be upon the base of this bisection, by a few runs of each.
  func fit() async throws -> BaseLadder.Fit {
    guard let opening = Record(ledger.entries).opening else { return .shows }
    func end(_ commit: Commit, _ role: Role) -> BaseLadder.End {
      { number in
        let sample = Sample.commit(commit)
        guard let found = try await build(sample, role, isClean: false) else { return nil }
        // What was not built has its one answer.
        if found.identity == nil { return number == 0 ? found.seen : nil }
        return try await runs(of: sample, found, upTo: number + 1).dropFirst(number).first
      }
    }
    return try await BaseLadder.fit(
      opening.question, isFlaky: opening.isFlaky == true, bad: end(range.bad, .badEnd), good: end(range.good, .goodEnd))
  }
}
