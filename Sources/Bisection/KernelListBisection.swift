public import HostSystem
import Judgement
public import Suite
import VerdictStream
public import VirtualMachine

/// Finds, among ready-made kernels in order, the first that is bad, or where a fix is looked for the first that is good.
///
/// Both ends are verified before anything else: an answer between unverified ends is worth nothing. A fix is searched
/// for backwards: from the good end, which is the newest, the first that is bad comes right before the one that mended it.
public struct KernelListBisection: Sendable {
  /// One kernel tested.
  public struct Step: Sendable {
    /// Its place in the list.
    public let index: Int
    /// What came of it.
    public let cell: Cell
    /// What that means for the question.
    public let answer: CommitSearch.Answer
    /// What several runs came to, where one does not tell.
    public var trial: Trial?
  }

  /// The answer and the way to it.
  public struct Outcome: Sendable {
    /// The kernels with which the change may have come, oldest first: one, or several of which all but the
    /// last cannot be tested.
    public let suspects: [Int]
    /// The tests, in the order in which they were made.
    public let steps: [Step]
    /// How often guests were booted.
    public let boots: Int
    /// How sure the verdicts on the kernel and the one before it are, together; nil where one run tells.
    public var confidence: Double?
    /// Where a number is hunted: what runs of the kernel and of the one before it in turns show.
    public var step: String?
    /// The same runs do not show that they differ.
    public var isDoubtful = false
    /// It is the first good kernel that was looked for.
    public var findsFix = false
  }

  /// The good end first.
  private let kernels: [KernelImage]
  private let findsFix: Bool
  private let runner: ProbeRunner
  private let question: Question
  private let isFlaky: Bool
  private let workers: Int
  private let perBoot: Int
  private let note: @Sendable (String) -> Void
  private let progress: @Sendable (Step, Int) -> Void

  /// A bisection; so many boots may run side by side, each with so many runs of the probe; `progress` is told each step and how many kernels are still open after it.
  public init(
    _ kernels: [KernelImage], with runner: ProbeRunner, question: Question, findsFix: Bool = false,
    isFlaky: Bool = false, workers: Int = 1, perBoot: Int = 1,
    note: @escaping @Sendable (String) -> Void = { _ in },
    progress: @escaping @Sendable (Step, Int) -> Void
  ) throws(Failure) {
    guard kernels.count >= 2 else {
      throw Failure(
        .usage, "a bisect needs at least two kernels",
        remedy: "name the \(findsFix ? "bad" : "good") one first and the \(findsFix ? "good" : "bad") one last")
    }
    if let first = kernels.first, let last = kernels.last, try first.sha256() == last.sha256() {
      throw Failure(.usage, "the first and the last kernel are the same file", remedy: "name two that differ")
    }
    self.kernels = findsFix ? kernels.reversed() : kernels
    self.findsFix = findsFix
    self.runner = runner
    self.question = question
    self.isFlaky = isFlaky
    self.workers = max(1, workers)
    self.perBoot = max(1, perBoot)
    self.note = note
    self.progress = progress
  }

  /// Runs it.
  public func run() async throws -> Outcome {
    let runs = KernelRuns(kernels, runner, workers: workers, perBoot: perBoot)
    let last = kernels.count - 1
    let places = findsFix ? (good: "last", bad: "first") : (good: "first", bad: "last")
    let names = (
      good: "the \(places.good) kernel, \(kernels[0].label)", bad: "the \(places.bad) kernel, \(kernels[last].label)"
    )

    // A second run of each end shows whether one tells; where two can run side by side it costs no time.
    let repeats = workers > 1 ? 2 : 1
    var trial = EndTrial(question)
    trial.take(good: try await runs.seen(of: 0, telling: repeats, question, isBad: false))
    try Yardstick.requireComparable(question, trial.goodRun)
    // A number that is not there, or is none, is told before all the runs of both ends are made.
    if question.takesRuns, let seen = trial.good.first(where: { question.number(of: $0) != nil }) ?? trial.good.first {
      try Yardstick.verify(question, good: seen, called: names.good)
    }
    trial.take(bad: try await runs.seen(of: last, telling: repeats, question, isBad: true))
    // What is hunted must not rest on one silence.
    if trial.bad.count == 1, trial.bad[0].isSilentHang {
      trial.take(bad: try await runs.cells(of: last, upTo: 2).dropFirst().map(\.seen))
    }
    let isFlaky = isFlaky || question.takesRuns
    if !isFlaky && !trial.isDivided, let good = trial.goodRun, let bad = trial.badRun {
      let yardstick = try Yardstick(
        question, good: good, called: names.good, bad: bad, called: names.bad, mayRepeat: true)
      if let outcome = try await search(runs, yardstick) { return outcome }
    } else if !isFlaky {
      note("the runs of an end do not agree: each kernel is run until it is decided, as with --flaky" + trial.hint)
    }
    while trial.wanted != (0, 0) {
      let wanted = trial.turn
      if let news = trial.news() { note(news) }
      let good = try await runs.cells(of: 0, upTo: trial.good.count + wanted.good)
      trial.take(good: good.dropFirst(trial.good.count).map(\.seen))
      let bad = try await runs.cells(of: last, upTo: trial.bad.count + wanted.bad)
      trial.take(bad: bad.dropFirst(trial.bad.count).map(\.seen))
    }
    let yardstick = try trial.yardstick(called: names.good, names.bad)
    if let forms = trial.formsNote { note(forms) }
    return try await search(runs, yardstick, trial.rates)
  }

  /// Where one run tells; nil when it turns out that it does not.
  private func search(_ runs: KernelRuns, _ yardstick: Yardstick) async throws -> Outcome? {
    // The search is among those after the good end: kernel n is commit n - 1 of a history without branches.
    var search = CommitSearch(History(row: kernels.count - 1))
    var steps: [Step] = []
    let last = kernels.count - 1
    for (index, answer) in [(0, CommitSearch.Answer.good), (last, .bad)] {
      let cells = try await runs.cells(of: index, upTo: await runs.count(of: index))
      let cell = cells.first { yardstick.answer(for: $0.seen) == answer } ?? cells[0]
      take(Step(index: index, cell: cell, answer: answer), &steps, search)
    }

    while let next = search.next {
      let index = next + 1
      // The same image under another name has the same behaviour; no boot is spent on it.
      let digest = try kernels[index].sha256()
      let known = steps.first { $0.cell.kernelDigest == digest }?.cell
      let cell: Cell
      if let known { cell = known } else { cell = try await runs.cells(of: index, upTo: 1)[0] }
      var answer = yardstick.answer(for: cell.seen)
      // Silence is no evidence by itself: see CommitBisection.lookingAgain.
      if answer == .bad, cell.seen.isSilentHang {
        let next = try await runs.cells(of: index, upTo: 2)[1].seen
        if yardstick.answer(for: next) != .bad { answer = yardstick.answer(for: cell.seen.hungOnce(next: next)) }
      }
      search.record(answer, for: next)
      take(Step(index: index, cell: cell, answer: answer), &steps, search)
    }
    if let first = search.suspects.first, let last = search.suspects.last {
      for index in [first, last + 1] {
        let cells = try await runs.cells(of: index, telling: Proof.runs) { $0.filter { !yardstick.isSilent($0) } }
        guard let why = yardstick.doubt(of: cells.map(\.seen), kernels[index].label) else { continue }
        note(why)
        return nil
      }
    }
    return outcome(search.suspects, steps, boots: await runs.boots)
  }

  /// Where it takes several.
  private func search(
    _ runs: KernelRuns, _ yardstick: Yardstick, _ rates: FailureRates
  ) async throws -> Outcome {
    var search = NoisySearch(History(row: kernels.count - 1), rates: rates)
    var steps: [Step] = []
    let last = kernels.count - 1
    for (index, answer, rate) in [(0, CommitSearch.Answer.good, rates.good), (last, .bad, rates.bad)] {
      let cells = try await runs.cells(of: index, upTo: 1)
      let all = try await runs.cells(of: index, upTo: rate.runs)
      let cell = all.first { yardstick.answer(for: $0.seen) == answer } ?? cells[0]
      let trial = Trial(failed: rate.failed, passed: rate.runs - rate.failed, untold: 0, confidence: nil)
      take(Step(index: index, cell: cell, answer: answer, trial: trial), &steps, search.search)
    }
    var taken: [Int: Int] = [:]
    var told = 0
    func tell() async throws {
      for one in search.settlements[told...] {
        let all = try await runs.cells(of: one.commit + 1, upTo: one.tally.runs)
        let cell = all.last { yardstick.answer(for: $0.seen) == one.answer } ?? all[0]
        let trial = Trial(
          failed: one.tally.failed, passed: one.tally.passed, untold: one.tally.untold, confidence: one.confidence)
        if one.isReversal { note("\(kernels[one.commit + 1].label) turned over after more runs") }
        take(Step(index: one.commit + 1, cell: cell, answer: one.answer, trial: trial), &steps, search.search)
      }
      told = search.settlements.count
    }
    while case .run(let number, let times) = search.next() {
      try await tell()
      let first = taken[number, default: 0]
      for cell in try await runs.cells(of: number + 1, upTo: first + times).dropFirst(first) {
        search.record(yardstick.run(cell.seen), for: number)
      }
      taken[number] = first + times
    }
    try await tell()
    let suspects = search.search.suspects
    let base = suspects.count == 1 ? [suspects[0], suspects[0] - 1] : []
    var step: StepTest?
    if case .shifted(let shift) = question, let first = base.first {
      step = try await self.step(shift, at: first + 1, runs)
    }
    var outcome = outcome(suspects, steps, boots: await runs.boots)
    outcome.confidence = base.isEmpty ? nil : base.reduce(1) { $0 * (search.confidence(of: $1) ?? rates.certainty) }
    outcome.step = step?.words
    outcome.isDoubtful = step.map { !$0.isShown } ?? false
    return outcome
  }

  /// The kernel that was found and the one before it, run in turns.
  private func step(
    _ shift: Shift, at index: Int, _ runs: KernelRuns
  ) async throws -> StepTest {
    var test = StepTest(shift)
    var seen: [Int: Int] = [:]
    for place in [index - 1, index] { seen[place] = await runs.count(of: place) }
    while test.wanted > 0 {
      let until = test.wanted
      var fresh: (good: [Seen], bad: [Seen]) = ([], [])
      // One boot of each after the other; what a boot holds beyond it is the next turn's.
      while fresh.good.count < until || fresh.bad.count < until {
        for place in [index - 1, index] {
          let first = seen[place, default: 0]
          let more = try await runs.cells(of: place, upTo: first + workers).dropFirst(first).map(\.seen)
          seen[place] = first + more.count
          if place == index { fresh.bad += more } else { fresh.good += more }
        }
      }
      test.take(good: fresh.good, bad: fresh.bad)
    }
    return test
  }

  private func take(_ step: Step, _ steps: inout [Step], _ search: CommitSearch) {
    let place = Step(
      index: findsFix ? kernels.count - 1 - step.index : step.index, cell: step.cell, answer: step.answer,
      trial: step.trial)
    steps.append(place)
    progress(place, search.open)
  }

  /// In the order of the list that was given. What may have broken a kernel, read backwards, is what may not yet have
  /// mended it: the fix is in the one that follows.
  private func outcome(_ suspects: [Int], _ steps: [Step], boots: Int) -> Outcome {
    let last = kernels.count - 1
    let places = findsFix ? suspects.map { last - $0 }.reversed() : suspects.map { $0 + 1 }
    return Outcome(suspects: places, steps: steps, boots: boots, findsFix: findsFix)
  }
}
