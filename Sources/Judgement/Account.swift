public import VerdictStream

/// What became of a probe in the guest, in one sentence for a person.
public enum Account {
  /// What it said with the check that failed and the line, or after which line it fell silent.
  public static func of(_ end: ProbeEnd) -> String {
    let said = end.message.description
    switch end.outcome {
    case .pass: return said.isEmpty ? "passed" : said
    case .fail, .skip:
      return [end.check.description, said].filter { !$0.isEmpty }.joined(separator: ": ") + place(end, " (", ")")
    case .timeout, .crashed, .stuck, .noResult: return said + place(end, ", after ", "")
    case .unready: return Unready.reason(end)
    }
  }

  private static func place(_ end: ProbeEnd, _ before: String, _ after: String) -> String {
    end.location.isEmpty ? "" : before + end.location.description + after
  }
}
