public import HostSystem
import Judgement
public import Suite
import VerdictStream
public import VirtualMachine

/// What makes a kernel bad.
public enum Question: Sendable, Equatable {
  /// The failure that the last kernel shows; or any failure at all.
  case failure(any: Bool)
  /// This observation differs from what the first kernel shows.
  case changed(String)
}

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
    public let answer: OrderedSearch.Answer
  }

  /// The answer and the way to it.
  public struct Outcome: Sendable {
    /// Where the change came in.
    public let result: OrderedSearch.Result
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
    var search = OrderedSearch(count: kernels.count)
    var steps: [Step] = []
    let last = kernels.count - 1

    let good = try await test(0)
    let reference = try reference(good)
    take(Step(index: 0, cell: good, answer: .good), &steps, search)
    let bad = try await test(last)
    let hunt = try hunt(bad, reference)
    take(Step(index: last, cell: bad, answer: .bad), &steps, search)

    while let index = search.next {
      // The same image under another name has the same behaviour; no boot is spent on it.
      let digest = try kernels[index].sha256()
      let known = steps.first { $0.cell.kernelDigest == digest }?.cell
      let cell: Cell
      if let known { cell = known } else { cell = try await test(index) }
      let answer = answer(for: cell, reference, hunt)
      search.record(answer, at: index)
      take(Step(index: index, cell: cell, answer: answer), &steps, search)
    }
    guard let result = search.result else { throw CancellationError() }
    return Outcome(result: result, steps: steps)
  }

  private func take(_ step: Step, _ steps: inout [Step], _ search: OrderedSearch) {
    steps.append(step)
    progress(step, search.remaining)
  }

  private func test(_ index: Int) async throws -> Cell {
    let cells = try await runner.run(on: kernels[index])
    guard let cell = cells.first, cells.count == 1 else {
      throw Failure(.usage, "a bisect follows one probe", remedy: "name one probe, or a file with one probe in it")
    }
    if case .infra(let reason) = cell.finding.verdict { throw Failure(.toolFailed, reason) }
    return cell
  }

  // MARK: - The ends

  /// The good end: it must be good, or must show the observation that is watched.
  private func reference(_ cell: Cell) throws(Failure) -> Observation.Value? {
    let name = cell.kernel.label
    switch question {
    case .changed(let observation):
      guard let value = cell.observation(observation) else {
        throw Failure(
          .badInput, "the first kernel, \(name), shows no observation called \(observation): \(cell.finding.reason)",
          remedy: seen(cell))
      }
      return value
    case .failure:
      switch cell.finding.verdict {
      case .good: return nil
      case .bad(let signature):
        throw Failure(
          .badInput, "the first kernel, \(name), should be good and is bad: \(signature)",
          remedy: "name an older kernel first, or hunt a value with --changed; \(seen(cell))")
      default:
        throw Failure(.badInput, "the first kernel, \(name), cannot be judged: \(cell.finding.reason)")
      }
    }
  }

  /// The bad end: it defines what is hunted.
  private func hunt(_ cell: Cell, _ reference: Observation.Value?) throws(Failure) -> Hunt {
    let name = cell.kernel.label
    if case .changed(let observation) = question {
      guard let value = cell.observation(observation) else {
        throw Failure(
          .badInput, "the last kernel, \(name), shows no observation called \(observation): \(cell.finding.reason)",
          remedy: seen(cell))
      }
      if value == reference {
        throw Failure(
          .badInput,
          "\(observation) is the same on the first and on the last kernel (\(value.words)), so nothing changed between them",
          remedy: seen(cell))
      }
      return .anyFailure
    }
    switch cell.finding.verdict {
    case .bad(let signature):
      return question == .failure(any: true) ? .anyFailure : .signature(signature)
    case .good:
      throw Failure(
        .badInput, "the last kernel, \(name), should be bad and is good",
        remedy: "name a newer kernel last, or hunt a value with --changed; \(seen(cell))")
    default:
      throw Failure(.badInput, "the last kernel, \(name), cannot be judged: \(cell.finding.reason)")
    }
  }

  private func seen(_ cell: Cell) -> String {
    let names = cell.finding.observations.map(\.name)
    return names.isEmpty ? "the probe observed nothing" : "the probe observed \(names.joined(separator: ", "))"
  }

  // MARK: - Between them

  private func answer(for cell: Cell, _ reference: Observation.Value?, _ hunt: Hunt) -> OrderedSearch.Answer {
    if case .changed(let observation) = question {
      guard let value = cell.observation(observation) else { return .untestable }
      return value == reference ? .good : .bad
    }
    switch hunt.judge(cell.finding.verdict, outcomeIsFail: cell.finding.isFailedCheck) {
    case .good: return .good
    case .bad: return .bad
    case .untestable, .infra: return .untestable
    }
  }
}
