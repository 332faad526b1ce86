public import Foundation
public import Judgement

/// What one probe's run on one image came to, as the bisection needs it again.
public struct StoredVerdict: Sendable, Equatable, Codable {
  /// What followed for the kernel.
  public let verdict: Verdict
  /// One sentence for a person.
  public let reason: String
  /// True when the probe's own check or FAIL decided, and nothing else.
  public let isFailedCheck: Bool
  /// What the probe observed, as text by name.
  public let observations: [String: String]
  /// What the kernel said of its own trouble while the probe ran.
  public let events: [String]
  /// Where the console of that run lay; run folders are pruned, so it may be gone.
  public let consoleLog: String?
  /// How long the run took.
  public let milliseconds: Int
  /// When it was, to the millisecond.
  public let at: Date

  /// All fields.
  public init(
    verdict: Verdict, reason: String, isFailedCheck: Bool, observations: [String: String], events: [String],
    consoleLog: String?, milliseconds: Int, at: Date
  ) {
    self.verdict = verdict
    self.reason = reason
    self.isFailedCheck = isFailedCheck
    self.observations = observations
    self.events = events
    self.consoleLog = consoleLog
    self.milliseconds = milliseconds
    // What is read back equals what was remembered.
    self.at = Date(milliseconds: at.milliseconds)
  }

  /// The version of the form below. A change that older programs would misread raises it, and the schema's.
  static let form = 1

  private enum Key: String, CodingKey {
    case form, verdict, reason, observations, events
    case isFailedCheck = "failed_check"
    case consoleLog = "console_log"
    case milliseconds = "ms"
    case at = "at_ms"
  }

  /// Reads form 1; another is an error.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let form = try values.decode(Int.self, forKey: .form)
    guard form == Self.form else {
      throw DecodingError.dataCorruptedError(
        forKey: .form, in: values, debugDescription: "form \(form) of a verdict is not known")
    }
    self.init(
      verdict: try values.decode(Verdict.self, forKey: .verdict),
      reason: try values.decode(String.self, forKey: .reason),
      isFailedCheck: try values.decode(Bool.self, forKey: .isFailedCheck),
      observations: try values.decode([String: String].self, forKey: .observations),
      events: try values.decode([String].self, forKey: .events),
      consoleLog: try values.decodeIfPresent(String.self, forKey: .consoleLog),
      milliseconds: try values.decode(Int.self, forKey: .milliseconds),
      at: Date(milliseconds: try values.decode(Int.self, forKey: .at)))
  }

  /// Writes form 1.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(Self.form, forKey: .form)
    try values.encode(verdict, forKey: .verdict)
    try values.encode(reason, forKey: .reason)
    try values.encode(isFailedCheck, forKey: .isFailedCheck)
    try values.encode(observations, forKey: .observations)
    try values.encode(events, forKey: .events)
    try values.encodeIfPresent(consoleLog, forKey: .consoleLog)
    try values.encode(milliseconds, forKey: .milliseconds)
    try values.encode(at.milliseconds, forKey: .at)
  }
}
