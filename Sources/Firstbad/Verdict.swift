import Judgement
import VerdictStream

/// What follows for the kernel.
public enum Verdict: Sendable, Hashable, CustomStringConvertible {
  /// The behaviour is there, proven by a complete stream of records.
  case good
  /// It is not. The signature names how it went wrong and stays the same from kernel to kernel.
  case bad(signature: String)
  /// This kernel cannot tell; the signature names why.
  case untestable(signature: String)
  /// This side failed; nothing is known about the kernel.
  case infra(reason: String)

  /// `good`, `bad`, `untestable` or `infra`.
  public var word: String {
    switch self {
    case .good: "good"
    case .bad: "bad"
    case .untestable: "untestable"
    case .infra: "infra"
    }
  }

  /// How it went wrong; nil where nothing did.
  public var signature: String? {
    switch self {
    case .good: nil
    case .bad(let text), .untestable(let text), .infra(let text): text
    }
  }

  /// The word, with what there is to say.
  public var description: String { signature.map { "\(word) (\($0))" } ?? word }

  init(_ verdict: Judgement.Verdict) {
    self =
      switch verdict {
      case .good: .good
      case .bad(let signature): .bad(signature: signature)
      case .untestable(_, let signature): .untestable(signature: signature)
      case .infra(let reason): .infra(reason: reason)
      }
  }
}

/// What the guest saw of a probe.
public enum Outcome: String, Sendable, CaseIterable {
  /// It said PASS and ended with status 0.
  case pass
  /// A check failed, or it said FAIL.
  case fail
  /// It said that it cannot tell here.
  case skip
  /// It was still running at its deadline.
  case timeout
  /// A signal ended it.
  case crashed
  /// Its processes cannot be killed.
  case stuck
  /// It ended without a result: the probe is broken.
  case noResult = "no-result"
  /// What it asked for could not be had, so it was not called.
  case unready

  init?(_ outcome: VerdictStream.Outcome) { self.init(rawValue: "\(outcome.word)") }
}

/// A value that a probe observed. Literals make one, so `report["errno"] == "ENOSPC"` is a comparison.
public enum Observed: Sendable, Hashable, CustomStringConvertible, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral
{
  /// A whole number.
  case integer(Int)
  /// A word or a sentence.
  case text(String)
  /// A number with its unit, such as `ns`: of a measurement the median, with the samples that are kept, smallest first.
  case quantity(Int, unit: String, samples: [Int])

  /// A number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }

  /// The number, whatever its unit; nil for a text.
  public var integer: Int? {
    switch self {
    case .integer(let number), .quantity(let number, _, _): number
    case .text: nil
    }
  }
  /// The text; nil for a number.
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  /// As a person reads it.
  public var description: String {
    switch self {
    case .integer(let number): String(number)
    case .text(let text): text
    case .quantity(let number, let unit, _): Quantity.words(number, Text(unit)).description
    }
  }

  init(_ value: Observation.Value) {
    switch value {
    case .integer(let number): self = .integer(number)
    case .text(let text): self = .text(text.description)
    case .quantity(let quantity):
      self = .quantity(quantity.value, unit: quantity.unit.description, samples: quantity.samples)
    }
  }
}
