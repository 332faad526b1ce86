import Judgement
public import Suite
import VerdictStream

/// Cells for a person.
public enum CellText {
  /// A row for each cell: kernel, probe, verdict, observations, reason.
  public static func table(_ cells: [Cell]) -> [String] {
    var table = Table("KERNEL", "PROBE", "VERDICT", "OBSERVED", "WHY")
    for cell in cells {
      table.add(
        kernel(cell), cell.probe.id.description, cell.finding.verdict.word, observed(cell), reason(cell))
    }
    return table.lines
  }

  /// Lines worth adding below the table: what the kernel said, and where all of it stands.
  public static func remarks(_ cells: [Cell]) -> [String] {
    var lines: [String] = []
    for cell in cells {
      for event in cell.finding.events {
        lines.append("\(kernel(cell)), \(cell.probe.id): the kernel said: \(event.line)")
      }
    }
    let folders = cells.filter { $0.finding.verdict != .good }.compactMap(\.folder)
    for (index, folder) in folders.enumerated() where !folders[..<index].contains(folder) {
      lines.append("console: \(folder.console.path)    again: sh \(folder.command.path)")
    }
    return lines
  }

  /// The kernel's name: its release, and the distribution's version where uname -v carries one.
  public static func kernel(_ cell: Cell) -> String {
    let version = cell.running?.version ?? cell.kernel.version ?? ""
    let words = version.split(separator: " ")
    let debian = words.firstIndex(of: "Debian").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    let release = cell.running?.release ?? cell.kernel.label
    return debian.map { "\(release) (\($0))" } ?? release
  }

  /// `name=value` for each observation.
  public static func observed(_ cell: Cell) -> String {
    cell.finding.observations.map { "\($0.name)=\($0.value.words)" }.joined(separator: " ")
  }

  private static func reason(_ cell: Cell) -> String {
    let reason = cell.finding.reason.split(separator: "\n").first.map(String.init) ?? ""
    let outcome = cell.finding.end?.outcome
    if cell.finding.verdict == .good { return "" }
    if case .untestable(let phase, _) = cell.finding.verdict, outcome != .skip {
      return "\(phase.rawValue): \(reason)"
    }
    return outcome == .skip ? "skip: \(reason)" : reason
  }
}
