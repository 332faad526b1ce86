import Judgement
public import Suite

/// KTAP version 1: a kernel is a test, its probes are its subtests. Kernels that run beside the first are held back, as
/// a subtest's lines must stand together.
public struct SuiteKTAP: SuiteReporter {
  private var plan: SuitePlan?
  private var current = 0
  private var lines: [Int: [String]] = [:]
  private var numbers: [Int: Int] = [:]
  private var failed: Set<Int> = []
  private var ended: Set<Int> = []

  /// A report with nothing in it.
  public init() {}

  /// The version line and the plan.
  public mutating func begin(_ plan: SuitePlan) -> String {
    self.plan = plan
    for index in plan.kernels.indices {
      lines[index] = [
        "    KTAP version 1", "    # Subtest: \(Self.name(plan.titles[index]))", "    1..\(plan.probes.count)",
      ]
    }
    return "KTAP version 1\n1..\(plan.kernels.count)\n" + flush()
  }

  /// The cell's result line, behind what is worth knowing of it.
  public mutating func take(_ result: SuiteResult) -> String {
    let number = (numbers[result.kernel] ?? 0) + 1
    numbers[result.kernel] = number
    let cell = result.cell
    let observed = CellText.observed(cell)
    var block: [String] = []
    if !observed.isEmpty { block.append("# observed: \(CellText.plain(observed))") }
    for event in cell.finding.events.prefix(10) { block.append("# kernel: \(CellText.plain(event.line))") }
    let name = Self.name(cell.probe.id.description)
    switch Mark(result) {
    case .passed: block.append("ok \(number) \(name)")
    case .skipped(let why): block.append("ok \(number) \(name) # SKIP \(Self.comment(why))")
    case .known(let why): block.append("ok \(number) \(name) # XFAIL as in the baseline: \(Self.comment(why))")
    case .failed(let why):
      // What a probe says may begin with a word that means something there, such as `Subtest:`.
      block += ["# \(result.change.kind.rawValue): \(why)", "not ok \(number) \(name)"]
      failed.insert(result.kernel)
    case .error(let why):
      block += ["# cannot tell: \(why)", "not ok \(number) \(name)"]
      failed.insert(result.kernel)
    }
    lines[result.kernel, default: []] += block.map { "    " + $0 }
    return flush()
  }

  /// The kernel's own result line.
  public mutating func end(kernel: Int) -> String {
    guard let plan else { return "" }
    let word = failed.contains(kernel) ? "not ok" : "ok"
    lines[kernel, default: []].append("\(word) \(kernel + 1) \(Self.name(plan.titles[kernel]))")
    ended.insert(kernel)
    return flush()
  }

  /// The numbers, as a comment.
  public mutating func end(_ tally: SuiteTally) -> String { "# \(tally.words): \(tally.sentence)\n" }

  private mutating func flush() -> String {
    var text = ""
    while let ready = lines[current] {
      text += ready.map { $0 + "\n" }.joined()
      lines[current] = []
      guard ended.contains(current) else { break }
      lines[current] = nil
      current += 1
    }
    return text
  }

  /// A number sign begins a directive.
  private static func name(_ text: String) -> String {
    CellText.plain(text).replacing("#", with: "no. ")
  }

  private static func comment(_ text: String) -> String { text.replacing("#", with: "no. ") }
}
