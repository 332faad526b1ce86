import Bisection
public import ConfigSearch
public import KernelBuild

/// A search among configurations, for a person.
public enum ConfigurationText {
  /// One line for an event, or nil for what only a live line shows.
  public static func line(_ event: ConfigurationSearch.Event) -> String? {
    switch event {
    case .note(let text): "note: \(text)"
    case .examining: nil
    case .planned(let differences, let tests, let seconds):
      "\(CommitBisectionText.number(differences)) symbols differ: about \(tests) builds and the proof"
        + (seconds.map { ", \(CommitBisectionText.about($0))" } ?? "")
    case .examined(let one): "\(one.name): \(word(one))\(CommitBisectionText.cost(one.examination, false))"
    }
  }

  /// What is being done at this moment, and the seconds that are left with it.
  public static func live(_ event: ConfigurationSearch.Event) -> (text: String, left: Double?)? {
    guard case .examining(let name, let left, let seconds) = event else { return nil }
    return (name + (left.map { ", about \($0) tests left" } ?? ""), seconds)
  }

  private static func word(_ one: ConfigurationAnswer.Examined) -> String {
    let seen = one.examination.seen
    let values = CommitBisectionText.values(seen).map { "  " + $0 }.joined()
    switch one.answer {
    case .good?: return "good\(values)"
    case .bad?: return "bad\(values)"
    case .untestable(let why)?: return "cannot tell (\(why))"
    case nil: return seen.word + values + (values.isEmpty && !seen.signature.isEmpty ? "  \(seen.signature)" : "")
    }
  }

  /// The answer: the symbols, how far it is proven, what it cost.
  public static func summary(_ answer: ConfigurationAnswer, isLeast: Bool) -> [String] {
    var lines = [""]
    let count = answer.members.count
    switch answer.claim {
    case .inconclusive, .range: lines.append("no answer: what was found does not hold in clean builds")
    case .confirmed, .likely:
      let claim = answer.claim.rawValue
      lines.append(
        isLeast
          ? "the least that shows it, \(claim): \(count) of \(CommitBisectionText.number(answer.differences)) symbols upon base tiny"
          : count == 1 ? "what makes it bad, \(claim):" : "what makes it bad, \(claim), is \(count) symbols together:")
    }
    for member in answer.members {
      lines.append("  \(member.symbol): \(member.good) -> \(member.bad)")
      if let place = answer.places[member.symbol] { lines.append("      \(place)") }
    }
    lines += answer.reasons.map { "  - \($0)" }
    lines += CommitBisectionText.tools(answer.examined.map(\.examination))
    lines.append(
      "\(CommitBisectionText.number(answer.differences)) symbols differ; \(answer.configured) configurations, \(answer.builds) builds, \(answer.boots) boots, \(CommitBisectionText.duration(answer.seconds))"
    )
    return lines
  }

  /// The least as a file for `--config @FILE`.
  public static func fragment(
    _ answer: ConfigurationAnswer, symbols: [BuildRecipe.Assignment], commit: String, probe: String
  ) -> String {
    """
    # firstbad config minimize, \(answer.claim.rawValue): the least upon base tiny in which \(probe) shows what it is about,
    # at commit \(commit). Use: firstbad bisect --config @THIS-FILE ...

    """ + ConfigDifference.fragment(symbols + answer.members.map { $0.assignment(true) })
  }
}
