import Foundation
import HostSystem
import Synchronization
import TestSupport
import Testing

@testable import Bisection

/// Whole sessions in which some runs of a kernel say nothing: the guest did not come up in time.
@Suite struct `Runs that cannot tell` {
  private let scratch: Scratch
  private var folder: URL { scratch.url.appending(path: "session") }
  private let world = SimulatedHistory(history: History(row: 200), culprit: 71)

  init() throws { scratch = try Scratch() }

  @discardableResult
  private func bisect(
    _ laboratory: SimulatedLaboratory, in own: URL? = nil,
    report: @escaping @Sendable (CommitBisection.Event) -> Void = { _ in }
  ) async throws -> Conclusion {
    try await laboratory.bisect(in: own ?? folder, report: report)
  }

  /// The good end, the bad one, the culprit, its parent and the revert.
  @Test(arguments: [0, 199, 71, 70, SimulatedLaboratory.reverting], [[0], [1], [1, 2]])
  func `contradict none of the others, and are made up for`(_ number: Int, _ runs: [Int]) async throws {
    // The only run of a step is all that there is of it: such a commit is walked around.
    let isStep = number == 70 || number == 71
    if runs == [0], isStep { return }
    let laboratory = SimulatedLaboratory(world, silent: [number: Set(runs)])
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 71"], "\(conclusion)")
    #expect(conclusion.confidence == nil)
    // As many as without them, and those in their place.
    #expect(laboratory.runs <= 4 + 9 + runs.count, "\(laboratory.runs)")
    // And a session that is gone on with before its end finds the same, and runs nothing.
    let ledger = try Ledger.entries(in: folder)
    let cut = scratch.url.appending(path: "cut")
    let copy = try Ledger(in: cut)
    for entry in ledger.dropLast() { try copy.append(entry) }
    withExtendedLifetime(copy) {}
    let heir = SimulatedLaboratory(world, silent: [number: Set(runs)])
    let range = heir.range(from: 0, to: 199)
    #expect(try await CommitBisection(range, ledger: copy, laboratory: heir) { _ in }.run() == conclusion)
    #expect(heir.runs == 0 && heir.examined.isEmpty)
  }

  @Test(arguments: [71, 70])
  func `leave a commit untestable of which fewer than four runs tell`(_ number: Int) async throws {
    let conclusion = try await bisect(SimulatedLaboratory(world, silent: [number: [1, 2, 3, 4]]))
    #expect(conclusion.claim == .range)
    #expect(conclusion.commits.map(\.subject) == ["commit \(number)", "commit \(number + 1)"])
    #expect(conclusion.reasons.contains { $0.contains("only 3 of 7 runs tell") }, "\(conclusion.reasons)")
  }

  @Test func `leave a revert unproven of which fewer than four runs tell`() async throws {
    let silent = [SimulatedLaboratory.reverting: Set([0, 2, 4, 5])]
    let conclusion = try await bisect(SimulatedLaboratory(world, silent: silent))
    #expect(conclusion.claim == .likely && conclusion.commits.map(\.subject) == ["commit 71"])
    #expect(conclusion.reasons.contains { $0.contains("only 3 of 7 runs tell") }, "\(conclusion.reasons)")
  }

  @Test func `of a ready-made kernel, so that too few tell, contradict nothing`() throws {
    let yardstick = try Yardstick(.failure(any: false), good: .fine, called: "old", bad: .failing, called: "new")
    let runs = [Seen.fine, .unready, .fine, .unready, .unready, .fine, .hanging]
    #expect(
      yardstick.doubt(of: runs, "6.1")
        == "only 3 of 7 runs of 6.1 tell: each one is run until it is decided, as with --flaky")
    #expect(yardstick.doubt(of: runs + [.failing], "6.1")?.hasPrefix("6.1 does not say the same in each") == true)
    #expect(yardstick.doubt(of: runs + [.fine], "6.1") == nil)
  }

  @Test func `of an end that never tells are not made up for`() async throws {
    let laboratory = SimulatedLaboratory(world, silent: [0: Set(0..<9)])
    let failure = await #expect(throws: Failure.self) { try await bisect(laboratory) }
    #expect(failure?.message.contains("cannot be judged") == true, "\(String(describing: failure))")
    #expect(laboratory.runs == 2, "three of the good end, of which one came with its build")
  }

  /// Kernels without the network: 20 to 40 do not build with it.
  private func broken(rates: (bad: Double, good: Double)? = nil, seed: Int = 1, silent: [Int: Set<Int>] = [:])
    -> SimulatedLaboratory
  {
    var world = SimulatedHistory(history: History(row: 64), culprit: 30)
    world.breakAll(from: 20, to: 40, "net/ipv4/tcp.c: error: no y")
    return SimulatedLaboratory(
      world, rates: rates, seed: seed, gates: world.broken.mapValues { _ in ["CONFIG_NET"] }, silent: silent)
  }

  @Test func `do not bring back what was left out`() async throws {
    let conclusion = try await bisect(broken(silent: [30: [2]]))
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 30"], "\(conclusion)")
    #expect(conclusion.reasons.contains { $0.contains("built with CONFIG_NET=n") })
  }

  @Test func `are told from those that contradict each other, where a symbol is back for these`() async throws {
    let notes = Mutex<[String]>([])
    for seed in 1...40 {
      try await bisect(broken(rates: (0.9, 0), seed: seed), in: scratch.url.appending(path: "session-\(seed)")) {
        event in
        if case .note(let text) = event { notes.withLock { $0.append(text) } }
      }
    }
    let told = notes.withLock { $0.filter { $0.hasPrefix("without CONFIG_NET ") } }
    #expect(told.contains("without CONFIG_NET the failure shows only sometimes; so it is back"), "\(told)")
  }

  @Test func `undo takes back that runs contradict each other, with the verdict that it followed from`() async throws {
    let laboratory = SimulatedLaboratory(world)
    try await bisect(laboratory)
    let last = try #require(try Record(Ledger.entries(in: folder)).examined.last).sample
    try Ledger(in: folder).append(.divided(last))
    try Ledger(in: folder).append(.undone)
    let (builds, runs) = (laboratory.examined.count, laboratory.runs)
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .confirmed && conclusion.confidence == nil)
    // The revert, and its four runs.
    #expect(laboratory.examined.count == builds + 1 && laboratory.runs == runs + 3)
  }
}
