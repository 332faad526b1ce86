import Judgement
import VerdictStream

/// Runs of one probe in one boot that stand for one verdict: all must pass.
struct ProbeRow {
  let probe: ProbeMetadata
  /// Numbers of its runs; one run alone has no number.
  let numbers: ClosedRange<Int>
  /// What came of them, in the order of the runs.
  private(set) var cells: [Cell] = []

  /// So many rows of a probe, each of so many runs.
  static func rows(of probe: ProbeMetadata, _ count: Int, times: Int) -> [ProbeRow] {
    (0..<max(1, count)).map { row in
      ProbeRow(probe: probe, numbers: row * max(1, times) + 1...(row + 1) * max(1, times), total: count * times)
    }
  }

  private let total: Int

  private init(probe: ProbeMetadata, numbers: ClosedRange<Int>, total: Int) {
    self.probe = probe
    self.numbers = numbers
    self.total = total
  }

  /// The runs that are still to be made: headings under the names by which plan and records know them.
  var open: [ProbeMetadata] {
    if isFailed { return [] }
    let done = Set(cells.map(\.probe.id))
    return numbers.map { number in
      var named = probe
      named.id = RunName(probe.id, total > 1 ? number : 0).text
      return named
    }.filter { !done.contains($0.id) }
  }

  /// A run failed: the others would change nothing.
  private var isFailed: Bool { cells.contains { $0.finding.verdict.isBad } }

  /// Takes what came of a run; false when it is none of this row.
  mutating func take(_ cell: Cell) -> Bool {
    let name = RunName(cell.probe.id)
    guard name.probe == probe.id, total <= 1 || numbers.contains(name.number) else { return false }
    cells.append(cell)
    return true
  }

  /// The one cell that stands for all: a failed run decides, else one that could not tell, else the last one.
  var cell: Cell? {
    func number(_ cell: Cell) -> Int { RunName(cell.probe.id).number - numbers.lowerBound + 1 }
    let bad = cells.filter { $0.finding.verdict.isBad }
    guard let chosen = bad.first ?? cells.first(where: { $0.finding.verdict != .good }) ?? cells.last else {
      return nil
    }
    var reason = chosen.finding.reason
    if numbers.count > 1, !bad.isEmpty {
      if cells.count < numbers.count {
        let times = bad.count > 1 ? "\(bad.count) times, first " : ""
        reason = "failed \(times)in run \(number(chosen)) of \(numbers.count), and the row ended early: \(reason)"
      } else {
        let first = bad.count > 1 ? "first in run" : "in run"
        reason = "failed in \(bad.count) of \(cells.count) runs, \(first) \(number(chosen)): \(reason)"
      }
    } else if numbers.count > 1, chosen.finding.verdict != .good {
      reason = "run \(number(chosen)) of \(numbers.count): \(reason)"
    }
    var cell = Cell(
      kernel: chosen.kernel, probe: probe, finding: chosen.finding.standing(for: probe.id, reason: reason),
      accelerator: chosen.accelerator, durationMilliseconds: chosen.durationMilliseconds, folder: chosen.folder,
      running: chosen.running)
    cell.runs = cells.count
    return cell
  }
}

extension Verdict {
  fileprivate var isBad: Bool { if case .bad = self { true } else { false } }
}
