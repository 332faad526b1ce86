import Foundation
import ImageStore
import KernelTree
import Synchronization
import VerdictStream

@testable import Bisection

/// A row of commits, from one of which on all takes 1.6 times as long; a store, which has the runs of each kernel; and a
/// machine that others use, too. Kernels are the same however they were built.
final class MeasuringLaboratory: Laboratory {
  let commits: Int
  let culprit: Int
  let workers: Int
  private let perBoot: Int
  private let kept: KeptRuns
  /// By how much all takes longer once so many kernels were built.
  private let load: @Sendable (Int) -> Double
  private let state: Mutex<State>

  private struct State {
    var builds = 0
    var boots = 0
    var lifetime: Int
    var tick = 0
  }

  init(
    commits: Int = 32, culprit: Int = 20, store: ImageStore, perBoot: Int = 1, workers: Int = 2, lifetime: Int = .max,
    measures: Bool = true, load: @escaping @Sendable (Int) -> Double = { _ in 1 }
  ) {
    (self.commits, self.culprit, self.workers) = (commits, culprit, workers)
    (self.perBoot, self.load) = (perBoot, load)
    kept = KeptRuns(in: store, perBoot: perBoot, measures: measures)
    state = Mutex(State(lifetime: lifetime))
  }

  var builds: Int { state.withLock(\.builds) }
  var boots: Int { state.withLock(\.boots) }

  func examine(_ sample: Sample, isClean: Bool) async throws -> Examination? {
    guard case .commit(let commit) = sample else { return nil }
    let isFirst = state.withLock { state in
      state.builds += 1
      return state.builds == 1
    }
    let number = Int(commit.id.hex, radix: 16) ?? 0
    let first = try await runs(number, 0..<1)[0]
    return Examination(
      tree: "t\(number)", identity: "k\(number)", image: "/k\(number)", seen: first.seen, buildSeconds: 60,
      bootMilliseconds: first.milliseconds, isClean: isClean || isFirst)
  }

  func run(_ sample: Sample, _ examination: Examination, _ numbers: Range<Int>) async throws -> [Run] {
    guard case .commit(let commit) = sample else { return [] }
    return try await runs(Int(commit.id.hex, radix: 16) ?? 0, numbers)
  }

  private func runs(_ number: Int, _ numbers: Range<Int>) async throws -> [Run] {
    try await kept.runs(of: "k\(number)", "question", numbers) { [self] in try boot(number) }
  }

  private func boot(_ number: Int) throws -> [Run] {
    try state.withLock { state throws(SimulatedLaboratory.Killed) in
      if state.lifetime == 0 { throw SimulatedLaboratory.Killed() }
      state.lifetime -= 1
      state.boots += 1
      return (0..<perBoot).map { place in
        state.tick += 1
        let scatter = 1 + Double(state.tick * 7 % 13) / 200
        let took = Int(1_000_000 * scatter * (number >= culprit ? 1.6 : 1) * load(state.builds))
        return Run(seen: .taking(took), milliseconds: place == 0 ? 2000 : 0)
      }
    }
  }

  func commit(_ id: CommitID) -> Commit {
    SimulatedLaboratory.commit(Int(id.hex, radix: 16) ?? 0, History(row: commits))
  }
  func reach(in range: CommitRange, ends: [Examination]) -> Reach? { nil }
  func gates(ofFailed examination: Examination, at commit: Commit) -> [String] { [] }
  func disabling(_ symbols: [String]) -> MeasuringLaboratory { self }

  /// A session in this folder that hunts what takes longer by 40 %, begun or gone on with.
  func bisect(in folder: URL) async throws -> Conclusion {
    let all = (0..<commits).map { commit(SimulatedLaboratory.id($0)) }
    let range = CommitRange(
      good: all[0], bad: all[commits - 1], mergeBases: [], commits: Array(all.dropFirst()), findsFix: false)
    let ledger = try Ledger.begun(range, in: folder, .shifted(Shift("took", percent: 40)))
    return try await CommitBisection(range, ledger: ledger, laboratory: self) { _ in }.run()
  }
}

extension Seen {
  /// A probe that passes and takes so many nanoseconds.
  static func taking(_ nanoseconds: Int) -> Seen {
    let quantity = Quantity(samples: [nanoseconds], count: 1, unit: "ns") ?? Quantity(nanoseconds, unit: "ns")
    return Seen(
      .good, phase: .done, reason: "passed", observations: ["took": "\(nanoseconds)"],
      numbers: ["took": Seen.Numbers(quantity)])
  }
}
