import Foundation
import Judgement
public import Suite

/// JUnit XML: a suite for each kernel, written when the kernel has all its cells, as its head carries their numbers.
public struct SuiteJUnit: SuiteReporter {
  private var plan: SuitePlan?
  private var results: [Int: [SuiteResult]] = [:]

  /// A report with nothing in it.
  public init() {}

  /// The head.
  public mutating func begin(_ plan: SuitePlan) -> String {
    self.plan = plan
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"firstbad\">\n"
  }

  /// Nothing yet.
  public mutating func take(_ result: SuiteResult) -> String {
    results[result.kernel, default: []].append(result)
    return ""
  }

  /// The kernel's suite.
  public mutating func end(kernel: Int) -> String {
    let title = plan?.titles[kernel] ?? ""
    let cells = results.removeValue(forKey: kernel) ?? []
    let marks = cells.map(Mark.init)
    func count(_ test: (Mark) -> Bool) -> Int { marks.filter(test).count }
    let failures = count { if case .failed = $0 { true } else { false } }
    let errors = count { if case .error = $0 { true } else { false } }
    let skipped = count { mark in
      switch mark {
      case .skipped, .known: true
      case .passed, .failed, .error: false
      }
    }
    let boots = Dictionary(
      cells.compactMap { cell in cell.cell.folder.map { ($0.url, cell.cell.durationMilliseconds) } }
    ) {
      first, _ in first
    }
    var text = "  <testsuite name=\"\(Self.escaped(title))\" tests=\"\(cells.count)\" failures=\"\(failures)\""
    text += " errors=\"\(errors)\" skipped=\"\(skipped)\" time=\"\(Self.seconds(boots.values.reduce(0, +)))\">\n"
    for (result, mark) in zip(cells, marks) { text += testcase(result, mark, title) }
    return text + "  </testsuite>\n"
  }

  /// The foot.
  public mutating func end(_ tally: SuiteTally) -> String { "</testsuites>\n" }

  private func testcase(_ result: SuiteResult, _ mark: Mark, _ title: String) -> String {
    let cell = result.cell
    let time = Self.seconds(cell.finding.end?.durationMilliseconds ?? 0)
    var text = "    <testcase classname=\"\(Self.escaped(title))\" name=\"\(Self.escaped(cell.probe.id.description))\""
    text += " time=\"\(time)\">\n"
    let signature = Self.escaped(cell.finding.verdict.signature ?? cell.finding.verdict.word)
    switch mark {
    case .passed: break
    case .skipped(let why): text += "      <skipped type=\"skip\" message=\"\(Self.escaped(why))\"/>\n"
    case .known(let why):
      text += "      <skipped type=\"known\" message=\"as in the baseline: \(Self.escaped(why))\"/>\n"
    case .failed(let why): text += "      <failure type=\"\(signature)\" message=\"\(Self.escaped(why))\"/>\n"
    case .error(let why): text += "      <error type=\"\(signature)\" message=\"\(Self.escaped(why))\"/>\n"
    }
    var lines: [String] = []
    let observed = CellText.observed(cell)
    if !observed.isEmpty { lines.append("observed: \(observed)") }
    lines += cell.finding.events.prefix(10).map { "kernel: \(CellText.plain($0.line))" }
    let printed = cell.finding.output.description.split(separator: "\n", omittingEmptySubsequences: false)
    if !cell.finding.output.isEmpty {
      lines += printed.suffix(CellText.printedLines).map { CellText.plain(String($0)) }
    }
    if let log = cell.folder?.console.path { lines.append("console: \(CellText.plain(log))") }
    if !lines.isEmpty { text += "      <system-out>\(Self.escaped(lines.joined(separator: "\n")))</system-out>\n" }
    return text + "    </testcase>\n"
  }

  private static func seconds(_ milliseconds: Int) -> String {
    let fraction = String(1000 + milliseconds % 1000).dropFirst()
    return "\(milliseconds / 1000).\(fraction)"
  }

  /// The five characters that mean something, and those that XML 1.0 has not at all.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { whole, scalar in
      switch scalar {
      case "&": whole += "&amp;"
      case "<": whole += "&lt;"
      case ">": whole += "&gt;"
      case "\"": whole += "&quot;"
      case "'": whole += "&apos;"
      case "\n", "\t": whole.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value & 0xFFFE == 0xFFFE: whole += "\u{FFFD}"
      default: whole.unicodeScalars.append(scalar)
      }
    }
  }
}
