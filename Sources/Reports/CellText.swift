import Judgement
public import Suite
import VerdictStream
import VirtualMachine

/// Cells for a person.
public enum CellText {
  /// A row for each cell: kernel, probe, verdict, observations, reason.
  public static func table(_ cells: [Cell]) -> [String] {
    var table = Table("KERNEL", "PROBE", "VERDICT", "OBSERVED", "WHY")
    for cell in cells {
      table.add(
        kernel(cell), cell.probe.id.description, cell.finding.verdict.word, observed(cell, most: longest), reason(cell))
    }
    return table.lines
  }

  /// Lines worth adding below the table: what the kernel said, and where all of it stands.
  public static func remarks(_ cells: [Cell]) -> [String] {
    var lines: [String] = []
    for cell in cells where cell.finding.verdict != .good && !cell.finding.output.isEmpty {
      lines.append("\(kernel(cell)), \(cell.probe.id) printed:")
      let printed = cell.finding.output.description.split(separator: "\n", omittingEmptySubsequences: false)
      lines += printed.suffix(printedLines).map { "  | \(plain(String($0)))" }
    }
    for cell in cells {
      for event in cell.finding.events.prefix(10) {
        lines.append("\(kernel(cell)), \(cell.probe.id): the kernel said: \(plain(event.line))")
      }
    }
    let folders = cells.filter { $0.finding.verdict != .good }.compactMap(\.folder)
    for (index, folder) in folders.enumerated() where !folders[..<index].contains(folder) {
      lines.append("console: \(folder.console.path)")
      lines.append("  again: sh \(folder.command.path)")
    }
    return lines
  }

  /// The kernel's name: its release, and the distribution's version where uname -v carries one.
  public static func kernel(_ cell: Cell) -> String {
    KernelImage.title(
      release: cell.running?.release ?? cell.kernel.label, version: cell.running?.version ?? cell.kernel.versionText)
  }

  /// How many of a probe's last lines are shown.
  static let printedLines = 20

  /// What a guest said must not steer the terminal it is shown on: control characters as `\x1b`.
  public static func plain(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { plain, scalar in
      let isControl = scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
      plain += isControl ? "\\x" + String(scalar.value + 0x100, radix: 16).dropFirst() : String(scalar)
    }
  }

  /// `name=value` for each observation; of longer values than `most` only the beginning, and how long they are.
  public static func observed(_ cell: Cell, most: Int = .max) -> String {
    cell.finding.observations.map { observed($0, $1.words.description, most: most) }.joined(separator: " ")
  }

  /// The same of one.
  static func observed(_ name: String, _ value: String, most: Int = longest) -> String {
    let text = plain(value)
    return text.count > most ? "\(name)=\(text.prefix(most))... (\(text.count) characters)" : "\(name)=\(text)"
  }

  /// What of a value a table shows.
  static let longest = 100

  /// A probe's message may have several lines; a report has one for it.
  static func oneLine(_ text: String) -> String {
    plain(text.split(separator: "\n").prefix(reasonLines).joined(separator: "; "))
  }

  /// So many lines of a reason are kept: QEMU's complaints may be long.
  private static let reasonLines = 4

  static func reason(_ cell: Cell) -> String {
    let reason = oneLine(cell.finding.reason)
    let outcome = cell.finding.end?.outcome
    if cell.finding.verdict == .good { return "" }
    if case .untestable(let phase, _) = cell.finding.verdict, outcome != .skip {
      return "\(phase.rawValue): \(reason)"
    }
    return outcome == .skip ? "skip: \(reason)" : reason
  }
}
