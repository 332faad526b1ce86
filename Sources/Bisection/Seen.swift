public import Judgement

/// What one run of the probe came to, as a search needs it and as the ledger keeps it.
public struct Seen: Codable, Equatable, Sendable {
  /// `good`, `bad` or `untestable`.
  public let word: String
  /// How far the run came.
  public let phase: Phase
  /// How it went wrong; empty when it is good.
  public let signature: String
  /// One sentence for a person.
  public let reason: String
  /// The probe's own check or FAIL decided, and nothing else.
  public let isFailedCheck: Bool
  /// What the probe observed.
  public let observations: [String: String]
  /// What of that has a unit or was measured, with all of it.
  public let numbers: [String: Numbers]?
  /// The console of the run, as a path.
  public let console: String?

  /// What follows from a verdict. One about our own side is none about a commit and never gets here.
  public init(
    _ verdict: Verdict, phase: Phase, reason: String, isFailedCheck: Bool = false, observations: [String: String] = [:],
    numbers: [String: Numbers]? = nil, console: String? = nil
  ) {
    word = verdict.word
    signature = verdict.signature ?? ""
    if case .untestable(let phase, _) = verdict { self.phase = phase } else { self.phase = phase }
    self.reason = reason
    self.isFailedCheck = isFailedCheck
    self.observations = observations
    self.numbers = numbers
    self.console = console
  }

  /// Whether what the probe observed tells of the kernel: it passed, or a check of its own failed. A probe that skips or comes to
  /// no result says that this kernel cannot tell, and one that dies, or breaks the kernel, met something else.
  public var tells: Bool { word == "good" || isFailedCheck }

  /// What was observed by this name; nil where nothing was, or where it does not tell.
  public func value(of name: String) -> String? { tells ? observations[name] : nil }

  /// See ``Finding/isSilentHang``.
  public var isSilentHang: Bool {
    word == "bad" && phase == .probe && !isFailedCheck && signature.hasSuffix(": \(Judge.hang)")
  }

  /// What is left of a silent hang when the next run was otherwise.
  public func hungOnce(next: Seen) -> Seen {
    Seen(
      .untestable(phase: .probe, signature: "hung once"), phase: .probe,
      reason: "\(reason), and in the next run it did not: \(next.reason)", console: console)
  }

  /// The verdict.
  public var verdict: Verdict {
    switch word {
    case "good": .good
    case "bad": .bad(signature: signature)
    default: .untestable(phase: phase, signature: signature)
    }
  }
}
