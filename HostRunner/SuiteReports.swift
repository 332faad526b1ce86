import Foundation
import HostSystem
import Reports
import Suite

/// All that is told of a suite while it runs: the reports, the live line, and the numbers at the end.
struct SuiteReports {
  private let plan: SuitePlan
  private let baseline: Baseline?
  private var sinks: [ReportSink] = []
  private let live = LiveLine()
  private var progress: SuiteProgress
  private(set) var tally: SuiteTally
  private(set) var results: [SuiteResult] = []
  private var ended: Set<Int> = []
  private var isWhole = false

  /// Opens the files.
  init(
    _ plan: SuitePlan, _ targets: [(format: SuiteFormat, path: String?)], baseline: Baseline?, _ tally: SuiteTally
  ) throws(Failure) {
    self.plan = plan
    self.baseline = baseline
    self.tally = tally
    progress = SuiteProgress(plan)
    for target in targets { sinks.append(try ReportSink(target.format, to: target.path)) }
  }

  mutating func begin() throws(Failure) {
    live.begin("suite")
    try write { [plan] in $0.begin(plan) }
  }

  mutating func take(_ event: SuiteEvent) throws(Failure) {
    live.clear()
    switch event {
    case .began: break
    case .settled(let result):
      tally.take(result)
      results.append(result)
      try write { $0.take(result) }
    case .ended(let kernel):
      ended.insert(kernel)
      try write { $0.end(kernel: kernel) }
    }
    progress.take(event)
    live.phase(progress.words)
  }

  mutating func end() throws(Failure) {
    live.clear()
    isWhole = true
    try write { [tally] in $0.end(tally) }
  }

  /// The run ended early. What was found is told all the same, and each report is whole to its readers: the cells that were
  /// not come to are in it as what they are.
  mutating func cutShort(by error: any Error) {
    live.clear()
    guard !isWhole else { return }
    let isInterrupted = error is CancellationError
    let why = isInterrupted ? "the suite was interrupted" : "the suite ended early"
    let rest = plan.cutShort(after: results, why: why, baseline: baseline)
    if isInterrupted {
      Terminal.note("firstbad: interrupted; \(results.count) of \(results.count + rest.count) cells were settled")
    }
    for result in rest { tally.take(result) }
    // The numbers say what the process ends with.
    tally.interruption = Interruption.exitStatus
    // A report that cannot be written may be what ended the run, and shall not take the others along.
    for index in sinks.indices {
      try? sinks[index].write { [plan, ended, tally] reporter in
        plan.kernels.indices.filter { !ended.contains($0) }.map { kernel in
          rest.filter { $0.kernel == kernel }.map { reporter.take($0) }.joined() + reporter.end(kernel: kernel)
        }.joined() + reporter.end(tally)
      }
    }
  }

  private mutating func write(_ say: (inout any SuiteReporter) -> String) throws(Failure) {
    for index in sinks.indices { try sinks[index].write(say) }
  }
}

/// How far a suite is, for the live line.
private struct SuiteProgress {
  private let plan: SuitePlan
  private var running: Set<Int> = []
  private var ended = 0
  private var cells = 0
  private var tally = SuiteTally()

  init(_ plan: SuitePlan) { self.plan = plan }

  mutating func take(_ event: SuiteEvent) {
    switch event {
    case .began(let kernel): running.insert(kernel)
    case .settled(let result):
      cells += 1
      tally.take(result)
    case .ended(let kernel):
      running.remove(kernel)
      ended += 1
    }
  }

  var words: String {
    let names = running.sorted().map { plan.titles[$0] }.joined(separator: ", ")
    let bad = tally[.bad] > 0 ? ", \(tally[.bad]) bad" : ""
    return "\(ended) of \(plan.kernels.count) kernels, \(cells) of \(plan.kernels.count * plan.probes.count) cells"
      + "\(bad); \(names)"
  }
}
