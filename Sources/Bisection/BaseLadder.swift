/// Which of several configurations shows what a bisection is about, the smallest first. A behaviour that hangs on an
/// option which the minimal configuration lacks is not there at all, and both ends are good.
public struct BaseLadder: Sendable, Equatable {
  /// What one base came to.
  public enum Fit: Sendable, Equatable {
    /// The ends differ as they should.
    case shows
    /// They do not, for this reason.
    case lacks(String)
  }

  /// What was seen of the ends under one base. The good end is only looked at where a value is compared.
  public static func fit(_ question: Question, bad: Seen, good: Seen?) -> Fit {
    if case .changed(let name) = question {
      guard let after = bad.value(of: name) else {
        return .lacks("the bad end shows no \(name) (\(reason(bad)))")
      }
      guard let before = good?.value(of: name) else {
        return .lacks("the good end shows no \(name)\(good.map { " (\(reason($0)))" } ?? "")")
      }
      return before == after ? .lacks("\(name) is \(after) at both ends") : .shows
    }
    switch bad.word {
    case "bad": return .shows
    case "good": return .lacks("the bad end is good")
    default: return .lacks("the bad end cannot be judged (\(reason(bad)))")
    }
  }

  private static func reason(_ seen: Seen) -> String { seen.reason.isEmpty ? seen.signature : seen.reason }

  /// Whether a larger base may help where the ends were refused.
  public static func mayHelp(_ question: Question, bad: Seen?) -> Bool {
    guard let bad else { return false }
    if case .changed = question { return true }
    return bad.word != "bad"
  }

  /// The base after this one: more of the kernel, and longer builds; nil where only the user knows.
  public static func next(after base: String) -> String? { base == "tiny" ? "defconfig" : nil }
}
