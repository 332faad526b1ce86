public import HostSystem
import Judgement
public import Suite
import VerdictStream
public import VirtualMachine

/// Finds, among ready-made kernels in order, the first that is bad.
///
/// Both ends are verified before anything else: an answer between unverified ends is worth nothing.
public struct KernelListBisection: Sendable {
  /// One kernel tested.
  public struct Step: Sendable {
    /// Its place in the list.
    public let index: Int
    /// What came of it.
    public let cell: Cell
    /// What that means for the question.
    public let answer: CommitSearch.Answer
  }

  /// The answer and the way to it.
  public struct Outcome: Sendable {
    /// The kernels with which the change may have come, oldest first: one, or several of which all but the
    /// last cannot be tested.
    public let suspects: [Int]
    /// The tests, in the order in which they were made.
    public let steps: [Step]
  }

  private let kernels: [KernelImage]
  private let runner: ProbeRunner
  private let question: Question
  private let progress: @Sendable (Step, Int) -> Void

  /// A bisection; `progress` is told each step and how many kernels are still open after it.
  public init(
    _ kernels: [KernelImage], with runner: ProbeRunner, question: Question,
    progress: @escaping @Sendable (Step, Int) -> Void
  ) throws(Failure) {
    guard kernels.count >= 2 else {
      throw Failure(
        .usage, "a bisect needs at least two kernels", remedy: "name the good one first and the bad one last")
    }
    if let first = kernels.first, let last = kernels.last, try first.sha256() == last.sha256() {
      throw Failure(.usage, "the first and the last kernel are the same file", remedy: "name two that differ")
    }
    self.kernels = kernels
    self.runner = runner
    self.question = question
    self.progress = progress
  }

  /// Runs it.
  public func run() async throws -> Outcome {
    // The search is among those after the good end: kernel n is commit n - 1 of a history without branches.
    var search = CommitSearch(History(row: kernels.count - 1))
    var steps: [Step] = []
    let last = kernels.count - 1

    let good = try await test(0)
    let bad = try await test(last)
    let yardstick = try Yardstick(
      question, good: good.seen, called: "the first kernel, \(good.kernel.label)", bad: bad.seen,
      called: "the last kernel, \(bad.kernel.label)")
    take(Step(index: 0, cell: good, answer: .good), &steps, search)
    take(Step(index: last, cell: bad, answer: .bad), &steps, search)

    while let next = search.next {
      let index = next + 1
      // The same image under another name has the same behaviour; no boot is spent on it.
      let digest = try kernels[index].sha256()
      let known = steps.first { $0.cell.kernelDigest == digest }?.cell
      let cell: Cell
      if let known { cell = known } else { cell = try await test(index) }
      let answer = yardstick.answer(for: cell.seen)
      search.record(answer, for: next)
      take(Step(index: index, cell: cell, answer: answer), &steps, search)
    }
    return Outcome(suspects: search.suspects.map { $0 + 1 }, steps: steps)
  }

  private func take(_ step: Step, _ steps: inout [Step], _ search: CommitSearch) {
    steps.append(step)
    progress(step, search.open)
  }

  private func test(_ index: Int) async throws -> Cell {
    let cells = try await runner.run(on: kernels[index])
    guard let cell = cells.first, cells.count == 1 else {
      throw Failure(.usage, "a bisect follows one probe", remedy: "name one probe, or a file with one probe in it")
    }
    if case .infra(let reason) = cell.finding.verdict { throw Failure(.toolFailed, reason) }
    return cell
  }
}

extension Cell {
  /// What a search needs of it.
  var seen: Seen {
    var values: [String: String] = [:]
    for one in finding.observations { values[one.name] = one.value.words.description }
    return Seen(
      finding.verdict, phase: finding.phase, reason: finding.reason, isFailedCheck: finding.isFailedCheck,
      observations: values, console: folder?.console.path)
  }
}
