import Judgement
public import Suite
import VerdictStream

/// A suite for a person: a line for each cell that is not as it should be, as it comes, a line for each kernel when it
/// is done, and the whole table at the end.
public struct SuiteText: SuiteReporter {
  private var grid = SuiteGrid()
  private var tallies: [Int: SuiteTally] = [:]
  private var said: [Int: String] = [:]

  /// A report with nothing in it.
  public init() {}

  /// Nothing yet.
  public mutating func begin(_ plan: SuitePlan) -> String {
    grid.begin(plan)
    return ""
  }

  /// A line when the cell is worth one.
  public mutating func take(_ result: SuiteResult) -> String {
    grid.take(result)
    tallies[result.kernel, default: SuiteTally()].take(result)
    if result.change.kind == .same { return "" }
    let cell = result.cell
    // What was not run is told in one line, at the end.
    if cell.isCutShort { return "" }
    // A kernel that does not come up says so once, not for each probe.
    if SuiteGrid.isOfKernel(cell), result.change.comparedWith == nil {
      let why = CellText.reason(cell)
      defer { said[result.kernel] = why }
      if said[result.kernel] == why { return "" }
      let console = cell.folder.map { "  console: \($0.console.path)\n" } ?? ""
      return "\(grid.title(result.kernel))  all probes: untestable  \(why)\n\(console)"
    }
    let words = [
      Standing(cell).rawValue, CellText.observed(cell, most: CellText.longest), CellText.reason(cell),
    ].filter { !$0.isEmpty }
    var text = "\(grid.title(result.kernel))  \(cell.probe.id): \(words.joined(separator: "  "))\n"
    if let known = result.change.comparedWith {
      text += "  \(result.change.kind.rawValue), against \(known):\n"
      for detail in result.change.details { text += "    \(CellText.plain(detail))\n" }
    }
    if let folder = cell.folder { text += "  console: \(folder.console.path)\n" }
    return text
  }

  /// The kernel's numbers.
  public mutating func end(kernel: Int) -> String {
    "\(grid.title(kernel)): \(tallies[kernel]?.words ?? "nothing")\n"
  }

  /// The table, what was skipped and why, and the numbers.
  public mutating func end(_ tally: SuiteTally) -> String {
    var text = "\n" + grid.table.map { $0 + "\n" }.joined() + grid.legend.map { $0 + "\n" }.joined()
    for (why, count) in grid.silent { text += "not judged: \(why)\(count > 1 ? " (\(count) cells)" : "")\n" }
    for line in grid.comparisons { text += "compared: \(line)\n" }
    for line in grid.differences { text += "differs: \(line)\n" }
    for line in grid.measurements { text += "measured: \(line)\n" }
    text += "\(tally.size): \(tally.words)\(tally.changeWords.map { "; against what is known: \($0)" } ?? "")"
    return text + ". \(tally.sentence.prefix(1).uppercased())\(tally.sentence.dropFirst()).\n"
  }
}

/// Probes by kernels, as they come in.
struct SuiteGrid {
  private(set) var plan: SuitePlan?
  private var cells: [String: [Int: SuiteResult]] = [:]

  mutating func begin(_ plan: SuitePlan) { self.plan = plan }

  mutating func take(_ result: SuiteResult) {
    cells[result.cell.probe.id.description, default: [:]][result.kernel] = result
  }

  func title(_ kernel: Int) -> String { plan.map { CellText.plain($0.titles[kernel]) } ?? "" }

  /// The rows: each probe's id, and a word for each kernel.
  var rows: [(probe: String, words: [String])] {
    guard let plan else { return [] }
    return plan.probes.map { probe in
      let id = probe.id.description
      return (
        id,
        plan.kernels.indices.map { index in
          guard let result = cells[id]?[index] else { return "-" }
          let star = [.worse, .changed, .lost].contains(result.change.kind) && result.change.comparedWith != nil
          return Standing(result.cell).rawValue + (star ? "*" : "")
        }
      )
    }
  }

  /// Titles are long, so columns have numbers.
  var table: [String] {
    guard let plan else { return [] }
    var table = Table(["PROBE"] + plan.kernels.indices.map { String($0 + 1) })
    for row in rows { table.add([row.probe] + row.words) }
    return table.lines
  }

  /// What the numbers stand for.
  var legend: [String] {
    guard let plan else { return [] }
    return plan.kernels.indices.map { "  \($0 + 1)  \(title($0))" }
  }

  /// Whether it is the kernel that did not come so far, and no matter of the probe.
  static func isOfKernel(_ cell: Cell) -> Bool {
    if case .untestable(let phase, _) = cell.finding.verdict { return [.start, .firmware, .kernel].contains(phase) }
    return false
  }

  /// Why cells were skipped or could not tell, and how many for each reason.
  var silent: [(why: String, count: Int)] {
    guard let plan else { return [] }
    var counts: [(why: String, count: Int)] = []
    var places: [String: Int] = [:]
    for probe in plan.probes {
      for index in plan.kernels.indices {
        guard let result = cells[probe.id.description]?[index],
          ![.good, .bad].contains(Standing(result.cell))
        else { continue }
        let who = Self.isOfKernel(result.cell) || result.cell.isCutShort ? title(index) : probe.id.description
        let reason = CellText.reason(result.cell)
        let standing = Standing(result.cell).rawValue
        let why = "\(who): \(reason.hasPrefix(standing) ? "" : "\(standing): ")\(reason)"
        if let place = places[why] {
          counts[place].count += 1
        } else {
          places[why] = counts.count
          counts.append((why, 1))
        }
      }
    }
    return counts
  }

  /// With which kernels of the baseline those were compared that it does not know.
  var comparisons: [String] {
    guard let plan else { return [] }
    var lines: [String] = []
    for index in plan.kernels.indices {
      for probe in plan.probes {
        guard let change = cells[probe.id.description]?[index]?.change, let known = change.comparedWith,
          known != plan.titles[index]
        else { continue }
        let remark = change.isOfOtherFlavours ? ", which is of another flavour: the baseline has none of this one" : ""
        let line = "\(title(index)) with \(CellText.plain(known))\(remark)"
        if !lines.contains(line) { lines.append(line) }
      }
    }
    return lines
  }

  /// What was measured, on each kernel.
  var measurements: [String] {
    guard let plan else { return [] }
    return plan.probes.flatMap { probe in
      let row = cells[probe.id.description] ?? [:]
      let all = row.values.flatMap(\.cell.finding.observations).filter(\.value.isMeasured)
      return Set(all.map(\.name)).sorted().map { name in
        let words = plan.kernels.indices.compactMap { index in
          row[index]?.cell.observation(name).map { "\($0.words) [\(index + 1)]" }
        }
        return CellText.plain("\(probe.id) \(name): \(words.joined(separator: ", "))")
      }
    }
  }

  /// Observations that are not the same on all kernels that were judged, oldest kernel first.
  var differences: [String] {
    guard let plan else { return [] }
    return plan.probes.flatMap { probe in
      let row = cells[probe.id.description] ?? [:]
      let names = Set(row.values.flatMap { $0.cell.finding.observations.map(\.name) }).sorted()
      return names.compactMap { name -> String? in
        var steps: [(value: String, kernel: Int)] = []
        for index in plan.kernels.indices {
          guard let value = row[index]?.cell.observation(name), !value.isMeasured else { continue }
          let words = value.words.description
          if steps.last?.value != words { steps.append((words, index)) }
        }
        guard steps.count > 1 else { return nil }
        let words = steps.prefix(8).map { "\($0.value) [\($0.kernel + 1)]" }.joined(separator: " -> ")
        return CellText.plain("\(probe.id) \(name): \(words)\(steps.count > 8 ? " ..." : "")")
      }
    }
  }
}

extension Observation.Value {
  /// Another number in each run.
  var isMeasured: Bool { if case .quantity(let quantity) = self { quantity.isMeasured } else { false } }
}
