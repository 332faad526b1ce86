public import Bisection
import HostSystem
import KernelBuild

/// Drives a ``DeltaSearch`` between two configurations of one commit, from the ends to the proof.
///
/// What counts as tested is the configuration that kconfig makes, never what it was asked for. Two candidates that come to
/// the same text are one; two that come to the same kernel are judged once (by the laboratory).
public struct ConfigurationSearch {
  /// What is worth telling while it goes on.
  public enum Event: Sendable {
    /// Something that a person should know.
    case note(String)
    /// A configuration is about to be made, and built unless it is known; so many tests and seconds are left.
    case examining(String, left: Int?, seconds: Double?)
    /// It was judged.
    case examined(ConfigurationAnswer.Examined)
    /// The ends are known; about so many tests, and seconds, are to come.
    case planned(differences: Int, tests: Int, seconds: Double?)
  }

  /// Names of the ends for messages: `the good configuration, a.config`.
  public struct Names: Sendable {
    let good: String
    let bad: String

    /// Both.
    public init(good: String, bad: String) {
      self.good = good
      self.bad = bad
    }
  }

  let ends: ConfigurationEnds
  let question: Question
  let names: Names
  let laboratory: any ConfigurationLaboratory
  /// What the probe needs and the user asks for. Between two files kconfig is not asked for it with each candidate.
  private let required: BuildRecipe
  let report: @Sendable (Event) -> Void
  /// What was found so far.
  var answer = ConfigurationAnswer(claim: .inconclusive, members: [], reasons: [], differences: 0)
  /// Answers by the digest of a configuration's text.
  var known: [String: DeltaSearch.Answer] = [:]
  /// Text that each candidate came to; none for one that cannot be configured.
  var texts: [Set<Int>: String] = [:]
  var differences: [ConfigDifference] = []
  var goodText = ""
  var badText = ""

  /// A search between these ends.
  public init(
    _ ends: ConfigurationEnds, question: Question, names: Names, laboratory: any ConfigurationLaboratory,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.ends = ends
    self.question = question
    self.names = names
    self.laboratory = laboratory
    required = BuildRecipe(
      base: .exact(contents: ""), probeSymbols: ends.probeSymbols, userSymbols: ends.symbols)
    self.report = report
  }

  /// Runs it to the answer.
  public mutating func run() async throws -> ConfigurationAnswer {
    let yardstick = try await verifyEnds()
    let least = try await judge([], yardstick, left: nil)
    if case .between = ends.kind, least == .bad { throw contradiction("none of the differences makes it bad already") }
    let most = try await judge(Set(differences.indices), yardstick, left: nil)
    guard most == .bad else {
      throw contradiction("all differences together do not make it bad (\(Self.word(most)))")
    }
    var search = DeltaSearch(count: differences.count, good: least)
    report(
      .planned(
        differences: differences.count, tests: least == .bad ? 0 : DeltaSearch.halvings(differences.count) + 1,
        seconds: secondsPerBuild.map { $0 * Double(DeltaSearch.halvings(differences.count) + 3) }))
    while case .test(let candidate, let left) = search.step {
      let before = answer.examined.count
      let said = try await judge(candidate, yardstick, left: left)
      search.record(said, for: candidate, isSpent: answer.examined[before...].contains(where: \.isNew))
    }
    guard case .done(let outcome) = search.step else { return answer }
    answer.members = members(outcome)
    for member in answer.members.prefix(20) {
      answer.places[member.symbol] = await laboratory.place(of: member.symbol)
    }
    try await prove(outcome, yardstick, goesOn: search.spent >= search.limit)
    return answer
  }

  /// The differences of the answer. Upon the minimal configuration with the values that they really took there: without
  /// CONFIG_MODULES kconfig makes y of every m.
  private func members(_ outcome: DeltaSearch.Outcome) -> [ConfigDifference] {
    let members = outcome.members.map { differences[$0] }
    guard case .least = ends.kind, let text = texts[Set(outcome.members)] else { return members }
    let took = Dictionary(
      ConfigDifference.all(good: goodText, bad: text).map { ($0.symbol, $0.bad) }, uniquingKeysWith: { $1 })
    return members.map { ConfigDifference($0.symbol, good: $0.good, bad: took[$0.symbol] ?? $0.bad) }
  }

  private func contradiction(_ what: String) -> Failure {
    Failure(
      .badInput, "put together symbol by symbol the configurations are not what they are as a whole: \(what)",
      remedy: "give configurations that were made for this very tree (make olddefconfig)")
  }

  // MARK: - One configuration

  /// What a candidate comes to: known, or built and judged.
  mutating func judge(
    _ candidate: Set<Int>, _ yardstick: Yardstick, left: Int?, isClean: Bool = false
  ) async throws -> DeltaSearch.Answer {
    try Task.checkCancellation()
    let name = name(candidate)
    report(
      .examining(name, left: left, seconds: left.flatMap { left in secondsPerBuild.map { $0 * Double(left + 2) } }))
    answer.configured += 1
    switch try await laboratory.configure(ends.recipe(candidate, of: differences, upon: goodText)) {
    case .failed(let failure): return .untestable("configure: \(failure.signature)")
    case .configured(let text):
      // What both ends have, a mixture of them need not: the probe would fail there, for want of that and nothing else.
      if let missing = required.missing(in: text) { return .untestable("configure: \(missing) did not take") }
      texts[candidate] = text
      return try await judge(text, name, yardstick, isClean: isClean)
    }
  }

  /// The same for a configuration's text.
  mutating func judge(
    _ text: String, _ name: String, _ yardstick: Yardstick, isClean: Bool
  ) async throws -> DeltaSearch.Answer {
    let digest = Digest.sha256(ofText: text)
    if !isClean, let answer = known[digest] { return answer }
    let found = try await laboratory.examine(BuildRecipe(base: .exact(contents: text)), isClean: isClean)
    let answer = try await lookingAgain(at: found, yardstick)
    known[digest] = answer
    note(name, found, answer)
    return answer
  }

  /// What was seen comes to; a silent hang is bad only when the next run is: silence is no evidence by itself.
  private mutating func lookingAgain(
    at found: Examination, _ yardstick: Yardstick
  ) async throws -> DeltaSearch.Answer {
    let answer = yardstick.answer(for: found.seen)
    guard answer == .bad, found.seen.isSilentHang, let next = try await runAgain(found, 1) else { return answer }
    let again = yardstick.answer(for: next.seen)
    return again == .bad ? .bad : yardstick.answer(for: found.seen.hungOnce(next: next.seen))
  }

  mutating func note(_ name: String, _ found: Examination, _ answer: DeltaSearch.Answer?) {
    let examined = ConfigurationAnswer.Examined(name: name, examination: found, answer: answer)
    self.answer.examined.append(examined)
    report(.examined(examined))
  }

  /// Seconds that a build took of late, the middle one of three; nil before the first.
  var secondsPerBuild: Double? {
    let seconds = answer.examined.compactMap { one in
      one.examination.buildSeconds.map { $0 + Double(one.examination.bootMilliseconds ?? 0) / 1000 }
    }.suffix(3).sorted()
    return seconds.isEmpty ? nil : seconds[(seconds.count - 1) / 2]
  }

  func name(_ candidate: Set<Int>) -> String {
    let base = if case .least = ends.kind { "the minimal configuration" } else { "the good configuration" }
    switch candidate.count {
    case 0: return base
    case differences.count: return "all \(differences.count) differences"
    case 1...3:
      let symbols = candidate.sorted().map { differences[$0].assignment(true).text }
      return "\(base) with \(symbols.joined(separator: ", "))"
    default: return "\(candidate.count) of \(differences.count) differences"
    }
  }

  static func word(_ answer: DeltaSearch.Answer) -> String {
    switch answer {
    case .good: "it is good"
    case .bad: "it is bad"
    case .untestable(let why): "it cannot tell: \(why)"
    }
  }
}
