public import HostSystem
import Judgement

/// What makes a kernel bad.
public enum Question: Sendable, Equatable, Codable {
  /// The failure that the bad end shows; or any failure at all.
  case failure(any: Bool)
  /// This observation differs from what the good end shows.
  case changed(String)
  /// This number is larger or smaller than at the good end.
  case shifted(Shift)

  /// Whether one run never tells.
  public var takesRuns: Bool { if case .shifted = self { true } else { false } }

  /// The number of a run that is hunted; nil when something else is, or the run has none.
  func number(of seen: Seen) -> Double? { if case .shifted(let shift) = self { shift.number(of: seen) } else { nil } }
}

/// What every test of a bisection is held against: the two ends, once they are verified.
///
/// An answer between unverified ends is worth nothing, so there is no yardstick without both.
public struct Yardstick: Equatable, Sendable {
  /// Runs of each kernel that an answer rests on, where one run tells. A search among what fails nine times in ten comes by
  /// the tenth run to a wrong answer, and the one run that led it there would be found in the store again.
  public static let proofRuns = 4

  private let question: Question
  private let reference: String?
  /// What the bad end shows in its place.
  private let other: String?
  private var hunt: Hunt
  /// Where a number is hunted: what parts the ends.
  private let cut: Cut?
  /// How often the ends fail, where they do so only sometimes; nil when one run tells.
  public internal(set) var rates: FailureRates?
  /// What the ends showed where each was run many times and a value is hunted; nil where too many
  /// values of the bad end came only once in all of its runs: then yet others are to be expected of it.
  var values: Set<String>?

  /// The number that is hunted, if it is one.
  var shift: Shift? { if case .shifted(let shift) = question { shift } else { nil } }

  /// Verifies the ends. The names are for the messages: `the first kernel, 6.1.170`, `the good commit, v6.1`.
  /// With `mayRepeat` --flaky is offered to who may say it.
  public init(
    _ question: Question, good: Seen, called goodName: String, bad: Seen, called badName: String,
    mayRepeat: Bool = false
  ) throws(Failure) {
    self.question = question
    reference = try Self.reference(question, good, goodName)
    hunt = try Self.hunt(question, bad, badName, reference, mayRepeat: mayRepeat)
    if case .changed(let observation) = question { other = bad.value(of: observation) } else { other = nil }
    cut = nil
  }

  /// Of ends that were told apart by many runs of each.
  init(_ shift: Shift, _ cut: Cut) {
    question = .shifted(shift)
    reference = nil
    other = nil
    hunt = .anyFailure
    self.cut = cut
  }

  /// Verifies the bad end alone, where only a failure is hunted and the good end need not be one.
  public init(_ question: Question, bad: Seen, called badName: String) throws(Failure) {
    if case .changed = question {
      throw Failure(.usage, "a changed value needs a good end to be compared with", remedy: "hunt a failure")
    }
    self.question = question
    reference = nil
    other = nil
    hunt = try Self.hunt(question, bad, badName, nil)
    cut = nil
  }

  /// Verifies the good end alone, before work is spent on the other.
  public static func verify(_ question: Question, good: Seen, called name: String) throws(Failure) {
    _ = try reference(question, good, name)
  }

  /// Verifies the bad end alone, against what the good one shows of the value that is hunted, if one is.
  static func verify(
    _ question: Question, bad: Seen, called name: String, reference: String? = nil
  ) throws(Failure) {
    _ = try hunt(question, bad, name, reference)
  }

  /// The same where each of these failures is hunted; as it is where they are not several.
  func hunting(_ signatures: Set<String>) -> Yardstick {
    var copy = self
    guard signatures.count > 1 else { return copy }
    copy.hunt = .signatures(signatures)
    return copy
  }

  /// How many failures are hunted at once.
  var failures: Int { if case .signatures(let all) = hunt { all.count } else { 1 } }

  /// A measured value is never the same twice, so that asking whether it is would take all the runs there may be.
  static func requireComparable(_ question: Question, _ seen: Seen?) throws(Failure) {
    guard case .changed(let observation) = question, seen?.numbers?[observation]?.isMeasured == true else { return }
    throw Failure(
      .badInput, "\(observation) is measured, and another number in each run",
      remedy: "say by how much it must change: --changed \(observation):+50%")
  }

  /// The good end: it must be good, or must show the observation that is watched.
  private static func reference(_ question: Question, _ seen: Seen, _ name: String) throws(Failure) -> String? {
    switch question {
    case .changed(let observation):
      try requireComparable(question, seen)
      return try value(of: observation, seen, name)
    case .shifted(let shift):
      let value = try value(of: shift.observation, seen, name)
      guard shift.number(of: seen) != nil else {
        throw Failure(
          .badInput, "\(shift.observation) is no number: \(value)",
          remedy: "hunt it with --changed \(shift.observation)")
      }
      return nil
    case .failure:
      switch seen.verdict {
      case .good: return nil
      case .bad(let signature):
        throw Failure(
          .badInput, "\(name), should be good and is bad: \(signature)",
          remedy: "name another good end, see that the two are not swapped, or hunt a value with --changed; "
            + observed(seen))
      default: throw Failure(.badInput, "\(name), cannot be judged: \(seen.reason)", remedy: advice(seen))
      }
    }
  }

  /// The bad end: it defines what is hunted.
  private static func hunt(
    _ question: Question, _ seen: Seen, _ name: String, _ reference: String?, mayRepeat: Bool = false
  ) throws(Failure) -> Hunt {
    if case .changed(let observation) = question {
      let value = try value(of: observation, seen, name)
      if value == reference {
        throw Failure(
          .badInput, "\(observation) is the same at both ends (\(value)), so nothing changed between them",
          remedy: observed(seen))
      }
      return .anyFailure
    }
    switch seen.verdict {
    case .bad(let signature): return question == .failure(any: true) ? .anyFailure : .signature(signature)
    case .good:
      throw Failure(
        .badInput, "\(name), should be bad and is good",
        remedy: "see that the ends are not swapped, \(mayRepeat ? "say --flaky if it fails only sometimes, " : "")"
          + "or hunt a value with --changed; \(observed(seen))")
    default: throw Failure(.badInput, "\(name), cannot be judged: \(seen.reason)", remedy: advice(seen))
    }
  }

  private static func value(of observation: String, _ seen: Seen, _ name: String) throws(Failure) -> String {
    guard seen.tells else {
      throw Failure(
        .badInput, "\(name), cannot be judged: \(seen.reason)",
        remedy: seen.word == "bad" ? "hunt that failure, without --changed" : advice(seen))
    }
    guard let value = seen.observations[observation] else {
      throw Failure(
        .badInput, "\(name), shows no observation called \(observation): \(seen.reason)", remedy: observed(seen))
    }
    return value
  }

  private static func observed(_ seen: Seen) -> String {
    let names = seen.observations.keys.sorted()
    return names.isEmpty ? "the probe observed nothing" : "the probe observed \(names.joined(separator: ", "))"
  }

  private static func advice(_ seen: Seen) -> String {
    switch seen.phase {
    case .configure: "name a kernel that has what the probe needs, or change the configuration with --config"
    case .build: "name an end that builds, or another compiler"
    default: "name an end that boots and can run the probe"
    }
  }

  /// What a test between the ends says.
  public func answer(for seen: Seen) -> CommitSearch.Answer {
    if case .changed(let observation) = question {
      guard let value = seen.value(of: observation) else {
        return .untestable(Self.signature(of: seen))
      }
      return value == reference ? .good : .bad
    }
    if case .shifted(let shift) = question {
      guard let cut, let number = shift.number(of: seen) else { return .untestable(Self.signature(of: seen)) }
      return cut.isBad(number) ? .bad : .good
    }
    switch hunt.judge(seen.verdict, outcomeIsFail: seen.isFailedCheck) {
    case .good: return .good
    case .bad: return .bad
    case .untestable, .infra: return .untestable(Self.signature(of: seen))
    }
  }

  /// Where a value is hunted and a run shows one that neither end has: it changed more than once between them. In a sentence.
  public func thirdValue(in seen: Seen) -> String? {
    guard case .changed(let observation) = question, let reference, let other,
      let value = seen.value(of: observation), value != reference, value != other
    else { return nil }
    if rates != nil, values?.contains(value) != false { return nil }
    return "\(observation) is \(value) there, and at the ends \(reference) and \(other): it changed more than once"
  }

  /// What one run of several says; `towards` turns an answer where a fix is looked for.
  public func run(
    _ seen: Seen, towards: (CommitSearch.Answer) -> CommitSearch.Answer = { $0 }
  ) -> SequentialTest.Run {
    switch towards(answer(for: seen)) {
    case .bad: .failed
    case .good: .passed
    case .untestable(let why): seen.phase == .configure || seen.phase == .build ? .never(why) : .untold(why)
    }
  }

  /// What tells one reason from another: how far it came and how it went wrong.
  private static func signature(of seen: Seen) -> String { "\(seen.phase.rawValue): \(seen.signature)" }
}
