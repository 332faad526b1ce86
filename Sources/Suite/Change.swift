import Judgement
import VerdictStream

/// What a cell means in a regression suite: what is known set against what was found.
public struct Change: Equatable, Sendable {
  /// In which direction.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// As it was known; without a baseline: good, or skipped.
    case same
    /// It failed before, or could not tell, and passes now.
    case better
    /// It fails, or fails otherwise than before.
    case worse
    /// The verdict is the same, and an observation is not.
    case changed
    /// It was known, or should be, and could not be told this time.
    case lost
  }

  /// In which direction.
  public let kind: Kind
  /// One line each: the name of what changed, before and after.
  public let details: [String]
  /// The kernel of the baseline that it was compared with; nil where the baseline knows nothing.
  public let comparedWith: String?
  /// That kernel is of another flavour, as the baseline has none of this one's: a difference may come of that.
  public let isOfOtherFlavours: Bool

  /// Holds a cell against what is known of it.
  public init(_ cell: Cell, title: String, baseline: Baseline?) {
    let now = Baseline.Entry(cell)
    guard let known = baseline?.entry(kernel: title, probe: cell.probe.id.description) else {
      self.init(Self.alone(now.standing), [], comparedWith: nil, isOfOtherFlavours: false)
      return
    }
    let before = known.entry
    var details: [String] = []
    if before.standing != now.standing {
      details.append("verdict: \(before.standing.rawValue) -> \(now.standing.rawValue)")
    }
    if before.signature != now.signature {
      details.append("signature: \(before.signature ?? "none") -> \(now.signature ?? "none")")
    }
    let names = Set(before.observations.keys).union(now.observations.keys).sorted()
    for name in names where before.observations[name] != .any {
      // A number that was written as a word is no other value: nobody could tell the two in a report.
      let (was, value) = (before.observations[name]?.description, now.observations[name]?.description)
      if was != value { details.append("\(name): \(was ?? "nothing") -> \(value ?? "nothing")") }
    }
    self.init(
      Self.kind(before, now, details), details, comparedWith: known.of,
      isOfOtherFlavours: known.of != title && KernelTitle(known.of).flavour != KernelTitle(title).flavour)
  }

  private init(_ kind: Kind, _ details: [String], comparedWith: String?, isOfOtherFlavours: Bool) {
    self.kind = kind
    self.details = details
    self.comparedWith = comparedWith
    self.isOfOtherFlavours = isOfOtherFlavours
  }

  private static func alone(_ standing: Standing) -> Kind {
    switch standing {
    case .good, .skip: .same
    case .bad: .worse
    case .untestable, .infra: .lost
    }
  }

  private static func kind(_ before: Baseline.Entry, _ now: Baseline.Entry, _ details: [String]) -> Kind {
    switch (before.standing, now.standing) {
    case (_, .infra): .lost
    case (.bad, .bad): before.signature == now.signature ? (details.isEmpty ? .same : .changed) : .worse
    case (_, .bad): .worse
    case (.good, .good): details.isEmpty ? .same : .changed
    case (_, .good): .better
    // A reason not to tell may be worded otherwise; what could not be told before is no loss, as long as it fails at
    // the same stage: a probe that came to no result says nothing of a kernel that no longer boots.
    case (.untestable, .untestable) where before.phase != nil && before.phase != now.phase: .lost
    case (.skip, .skip), (.untestable, .untestable), (.untestable, .skip): .same
    case (_, .skip), (_, .untestable): .lost
    }
  }

  /// Whether it fails a run.
  public var fails: Bool { kind == .worse || kind == .changed }
}

/// What a suite came to, in numbers.
public struct SuiteTally: Equatable, Sendable {
  /// Cells by their standing.
  public private(set) var standings: [Standing: Int] = [:]
  /// Cells by what they mean.
  public private(set) var changes: [Change.Kind: Int] = [:]
  /// Cells that a baseline knew and that agree with it, or differ from it.
  public private(set) var compared = 0

  /// Kernels that were asked for and could not be had.
  public let missing: Int
  /// What was found is written into the baseline, so that nothing of it is a change.
  public let isUpdate: Bool
  /// What a run that a signal ended exits with, 128 and the signal's number.
  public var interruption: Int32?

  /// Nothing yet.
  public init(missing: Int = 0, isUpdate: Bool = false) {
    self.missing = missing
    self.isUpdate = isUpdate
  }

  /// Counts one.
  public mutating func take(_ result: SuiteResult) {
    standings[Standing(result.cell), default: 0] += 1
    changes[result.change.kind, default: 0] += 1
    if result.change.comparedWith != nil { compared += 1 }
  }

  /// How many cells there are.
  public var total: Int { standings.values.reduce(0, +) }

  /// How many stand so.
  public subscript(standing: Standing) -> Int { standings[standing] ?? 0 }
  /// How many changed so.
  public subscript(kind: Change.Kind) -> Int { changes[kind] ?? 0 }

  /// For CI: 0 nothing is worse, 1 something is, 128 or more it could not be told. A run in which nothing was judged tells
  /// nothing, even if that was so before: a suite that has come to skip all it was made for is not to look sound.
  public var exitStatus: Int32 {
    if let interruption { return interruption }
    if self[.infra] > 0 || total == 0 { return ExitStatus.failure }
    if isUpdate { return missing > 0 ? ExitStatus.failure : 0 }
    if self[.worse] + self[.changed] > 0 { return 1 }
    if self[.lost] > 0 || missing > 0 { return ExitStatus.failure }
    return self[.good] + self[.bad] > 0 ? 0 : ExitStatus.failure
  }
}
