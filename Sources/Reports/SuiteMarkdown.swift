import Judgement
public import Suite

/// Markdown for the page of a CI job: the sentence, the table, what changed, what was not judged. Nothing of it is
/// certain before the end, so all of it comes then.
public struct SuiteMarkdown: SuiteReporter {
  private var grid = SuiteGrid()
  private var notable: [SuiteResult] = []

  /// A report with nothing in it.
  public init() {}

  /// Nothing yet.
  public mutating func begin(_ plan: SuitePlan) -> String {
    grid.begin(plan)
    return ""
  }

  /// Nothing yet.
  public mutating func take(_ result: SuiteResult) -> String {
    grid.take(result)
    if result.change.kind != .same { notable.append(result) }
    return ""
  }

  /// Nothing yet.
  public mutating func end(kernel: Int) -> String { "" }

  /// All of it.
  public mutating func end(_ tally: SuiteTally) -> String {
    guard let plan = grid.plan else { return "" }
    let head = tally.sentence.prefix(1).uppercased() + tally.sentence.dropFirst()
    var text = "## \(head)\n\n\(tally.size): \(tally.words)."
    text += "\(tally.changeWords.map { " Against what is known: \($0)." } ?? "")\n\n"
    text += "| probe |" + plan.titles.enumerated().map { " \($0 + 1): \(Self.plain($1)) |" }.joined() + "\n"
    text += "|---|" + String(repeating: "---|", count: plan.titles.count) + "\n"
    for row in grid.rows {
      let words = row.words.map {
        $0 == "good" || $0 == "skip" || $0 == "-" ? " \($0) |" : " **\($0.replacing("*", with: ""))** |"
      }
      text += "| `\(row.probe)` |" + words.joined() + "\n"
    }
    if !notable.isEmpty { text += "\n### What is not as it should be\n\n" }
    for result in notable.sorted(by: { $0.kernel < $1.kernel }) {
      let cell = result.cell
      text += "- **\(result.change.kind.rawValue)** `\(cell.probe.id)` on \(Self.plain(plan.titles[result.kernel])): "
      text += "\(Standing(cell).rawValue), \(Self.plain(cell.finding.reason))\n"
      for detail in result.change.details { text += "  - \(Self.plain(detail))\n" }
    }
    if !grid.silent.isEmpty { text += "\n### Not judged\n\n" }
    for (why, count) in grid.silent { text += "- \(Self.plain(why)) (\(count))\n" }
    if !grid.comparisons.isEmpty { text += "\n### Compared with another kernel of the baseline\n\n" }
    for line in grid.comparisons { text += "- \(Self.plain(line))\n" }
    if !grid.differences.isEmpty { text += "\n### Observed otherwise from kernel to kernel\n\n" }
    for line in grid.differences { text += "- \(Self.plain(line))\n" }
    return text
  }

  /// What would be read as Markdown or HTML is shown as it is.
  static func plain(_ text: String) -> String {
    CellText.plain(text).reduce(into: "") { whole, character in
      if "\\`*_{}[]<>|#&".contains(character) { whole.append("\\") }
      whole.append(character)
    }
  }
}
