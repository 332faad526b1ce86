import Bisection
import Foundation
import HostSystem
import KernelTree
import Synchronization
import TestSupport
import Testing

/// Whole sessions whose failure shows only sometimes, with a real ledger.
@Suite struct `A bisection of what fails only sometimes` {
  private let scratch: Scratch
  private var folder: URL { scratch.url.appending(path: "session") }

  init() throws { scratch = try Scratch() }

  @discardableResult
  private func bisect(
    _ laboratory: SimulatedLaboratory, _ range: CommitRange, isFlaky: Bool? = nil
  ) async throws -> Conclusion {
    try await laboratory.bisect(range, in: folder, isFlaky: isFlaky)
  }

  private let world = SimulatedHistory(history: History(row: 200), culprit: 71)

  private func laboratory(
    _ bad: Double, _ good: Double, seed: Int = 1, lifetime: Int = .max, reverted: Seen? = .fine
  ) -> SimulatedLaboratory {
    SimulatedLaboratory(world, reverted: reverted, lifetime: lifetime, rates: (bad, good), seed: seed)
  }

  private var record: Record { get throws { Record(try Ledger.entries(in: folder)) } }

  @Test(arguments: 1...5)
  func `is confirmed, and says how sure it is`(_ seed: Int) async throws {
    let laboratory = laboratory(0.3, 0, seed: seed)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 199), isFlaky: true)
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 71"])
    #expect(try #require(conclusion.confidence) > 0.99)
    // Nothing is built for a run: two ends, ⌈log₂ 199⌉ steps, a step or two that turned over, the proof.
    #expect(laboratory.examined.count <= 2 + 8 + 4 + 3, "\(laboratory.examined.count)")
    #expect(try record.conclusion == conclusion)
    #expect(try record.furtherBoots.count == laboratory.runs)
  }

  @Test func `is noticed when the runs of an end do not agree`() async throws {
    // Three runs of each end: nobody said that it is flaky.
    let laboratory = laboratory(0.5, 0, seed: 4)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 199))
    #expect(conclusion.commits.map(\.subject) == ["commit 71"])
    #expect(conclusion.confidence != nil)
  }

  /// Nobody says that it fails in nine of ten runs only, both ends are of one mind in two of three sessions, and the revert
  /// does not apply: of a bad commit that passes once, its child would be proven.
  @Test(arguments: [(0.9, 0), (0.95, 0), (1, 0.08)])
  func `and seldom not, names no wrong commit`(_ bad: Double, _ good: Double) async throws {
    var wrong = 0
    for seed in 1...60 {
      let laboratory = laboratory(bad, good, seed: seed, reverted: nil)
      let folder = scratch.url.appending(path: "session-\(seed)")
      let conclusion = try await laboratory.bisect(laboratory.range(from: 0, to: 199), in: folder)
      if conclusion.commits.map(\.subject) != ["commit 71"] { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test func `what does not fail sometimes costs thirteen runs more, and no build`() async throws {
    let laboratory = SimulatedLaboratory(world)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 199))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.confidence == nil)
    // Two or three of each end, four of the commit, its parent and its revert.
    #expect(laboratory.runs == 4 + 9)
    #expect(laboratory.examined.count <= 2 + 8 + 3)
  }

  @Test(arguments: [(0.3, 0.3), (0.02, 0.02), (0.2, 0.5)])
  func `ends that cannot be told apart are refused, with the numbers`(_ bad: Double, _ good: Double) async throws {
    let laboratory = laboratory(bad, good)
    let range = laboratory.range(from: 0, to: 199)
    let failure = await #expect(throws: Failure.self) { try await bisect(laboratory, range, isFlaky: true) }
    #expect(failure?.message.contains("cannot be told apart") == true, "\(String(describing: failure))")
    #expect(failure?.message.contains(" of ") == true)
  }

  @Test func `a bad end that never fails is refused`() async throws {
    let laboratory = laboratory(0, 0)
    let range = laboratory.range(from: 0, to: 199)
    let failure = await #expect(throws: Failure.self) { try await bisect(laboratory, range, isFlaky: true) }
    #expect(failure?.message.contains("should be bad and is good") == true, "\(String(describing: failure))")
  }

  @Test func `a fix is found, too`() async throws {
    // Before 71 it fails sometimes; from 71 on never.
    let swapped = Dictionary(uniqueKeysWithValues: (0..<200).map { ($0, $0 < 71 ? Seen.failing : .fine) })
    let laboratory = SimulatedLaboratory(
      world, lies: swapped, cleanLies: swapped, reverted: .failing, rates: (0.4, 0), seed: 3)
    let conclusion = try await bisect(
      laboratory, laboratory.range(from: 0, to: 199, findsFix: true), isFlaky: true)
    #expect(conclusion.commits.map(\.subject) == ["commit 71"])
    #expect(conclusion.claim == .confirmed)
  }

  @Test func `commits that do not build are walked around`() async throws {
    var world = world
    world.breakAll(from: 90, to: 120, "fs/x.c: error: no y")
    let laboratory = SimulatedLaboratory(world, rates: (0.5, 0.02), seed: 2)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 199), isFlaky: true)
    #expect(conclusion.commits.map(\.subject) == ["commit 71"])
  }

  @Test(arguments: [1, 5, 20, 33, 34, 50, 70, 80])
  func `killed and resumed, it repeats no run that ended`(_ life: Int) async throws {
    let mortal = laboratory(0.5, 0.02, lifetime: life)
    let range = mortal.range(from: 0, to: 199)
    await #expect(throws: (any Error).self) { try await bisect(mortal, range, isFlaky: true) }
    let before = try Ledger.entries(in: folder)
    let heir = laboratory(0.5, 0.02, seed: 7)
    let conclusion = try await bisect(heir, range, isFlaky: true)
    #expect(conclusion.commits.map(\.subject) == ["commit 71"])
    let after = try Ledger.entries(in: folder)
    #expect(Array(after.prefix(before.count)) == before)
    // What is in the ledger is what was run, but for the batch of two that the end came into.
    let kept = try record.furtherBoots.count
    #expect(mortal.runs + heir.runs - kept <= 1)
    // A third time there is nothing left to do.
    let idle = laboratory(0.5, 0.02, seed: 8)
    #expect(try await bisect(idle, range, isFlaky: true) == conclusion)
    #expect(idle.runs == 0 && idle.examined.isEmpty)
  }

  @Test func `a verdict that an incremental build made wrong is found out by the proof`() async throws {
    let laboratory = SimulatedLaboratory(world, lies: [70: .failing], rates: (0.6, 0), seed: 5)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 199), isFlaky: true)
    #expect(conclusion.commits.map(\.subject) == ["commit 71"])
  }

  /// A rule of the tree that does not say what it reads: of a whole stretch no kernel is what it was built for.
  @Test(arguments: 1...4) func `objects that were wrong once are not built upon any more`(_ seed: Int) async throws {
    let stale = Dictionary(uniqueKeysWithValues: (10..<71).map { ($0, Seen.failing) })
    // Where not all commits matter there is time to build upon what is there.
    let still = (1..<199).filter { $0 % 4 != 0 && $0 != 71 }
    let laboratory = SimulatedLaboratory(
      world, lies: stale, still: Dictionary(uniqueKeysWithValues: still.map { ($0, $0 - 1) }), rates: (0.6, 0),
      seed: seed)
    let notes = Mutex<[String]>([])
    let conclusion = try await laboratory.bisect(laboratory.range(from: 0, to: 199), in: folder, isFlaky: true) {
      if case .note(let note) = $0 { notes.withLock { $0.append(note) } }
    }
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 71"], "\(conclusion)")
    let told = notes.withLock { $0.filter { $0.hasSuffix("from now on all are built from nothing but the source") } }
    #expect(told.count == 1, "\(notes.withLock(\.self))")
    // Two ends, ⌈log₂ 199⌉ steps, and as many again from nothing but the source.
    let most = 2 + 2 * (2 + 8) + 1
    #expect(laboratory.examined.count <= most, "\(laboratory.examined.count)")
  }
}

@Suite struct `Wald's test` {
  private let rates = FailureRates(bad: FailureRate(known: 0.5), good: FailureRate(known: 0.02))

  @Test func `decides at the first run when that is enough, and else goes on`() {
    let sure = FailureRates(bad: FailureRate(known: 1), good: FailureRate(known: 0))
    var test = SequentialTest(sure, error: 0.01)
    #expect(test.decision == .goOn)
    #expect(test.fewest == 1)
    test.take(.failed)
    #expect(test.decision == .bad)
  }

  @Test func `takes as many runs as Wald says`() {
    // ln(99) / -ln(.5/.98) = 6.83
    var test = SequentialTest(rates, error: 0.01)
    #expect(test.fewest == 2)
    for run in 1...7 {
      test.take(.passed)
      #expect(test.decision == (run < 7 ? .goOn : .good))
    }
    #expect(test.confidence > 0.99 && test.confidence < 0.995)
  }

  @Test func `gives up at its cap, and where nothing can tell`() {
    var test = SequentialTest(
      FailureRates(bad: FailureRate(known: 0.5), good: FailureRate(known: 0.49)), error: 0.01, cap: 5)
    for run in [SequentialTest.Run.passed, .failed, .passed, .failed, .passed] { test.take(run) }
    #expect(test.decision == .untestable("still undecided after 5 runs"))
    var silent = SequentialTest(rates, error: 0.01)
    for _ in 0..<3 {
      #expect(silent.decision == .goOn)
      silent.take(.untold("kernel: panic"))
    }
    #expect(silent.decision == .untestable("kernel: panic"))
    var broken = SequentialTest(rates, error: 0.01)
    broken.take(.never("build: fs/x.c"))
    #expect(broken.decision == .untestable("build: fs/x.c"))
  }

  @Test func `one run that cannot tell among others changes nothing`() {
    var test = SequentialTest(rates, error: 0.01)
    for run in [SequentialTest.Run.failed, .untold("kernel: panic"), .failed] { test.take(run) }
    #expect(test.decision == .bad)
  }

  @Test func `rates of few runs make for slow decisions, not for sure ones`() {
    let few = FailureRates(bad: FailureRate(failed: 5, of: 10), good: FailureRate(failed: 0, of: 15))
    var measured = SequentialTest(few, error: 0.01)
    var known = SequentialTest(rates, error: 0.01)
    while known.decision == .goOn {
      known.take(.passed)
      measured.take(.passed)
    }
    #expect(measured.decision == .goOn)
    #expect(measured.confidence < known.confidence)
  }
}
