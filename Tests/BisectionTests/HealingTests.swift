import Bisection
import Foundation
import HostSystem
import TestSupport
import Testing

/// Culprits within stretches that do not build, with --heal.
@Suite struct `Healing a stretch` {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func bisect(_ world: SimulatedHistory, rates: (bad: Double, good: Double)? = nil) async throws -> Conclusion {
    let laboratory = SimulatedLaboratory(world, rates: rates)
    let range = laboratory.range(from: 0, to: world.history.count - 1)
    let ledger = try Ledger(in: scratch.url.appending(path: UUID().uuidString))
    try ledger.append(
      .opened(
        LedgerEntry.Opening(
          tree: "/tree", goodName: "good", good: range.good.id, badName: "bad", bad: range.bad.id,
          question: .failure(any: false), arguments: [], digests: [:], heals: true)))
    return try await CommitBisection(range, ledger: ledger, laboratory: laboratory) { _ in }.run()
  }

  private func world(_ count: Int, culprit: Int, broken: ClosedRange<Int>) -> SimulatedHistory {
    var world = SimulatedHistory(history: History(row: count), culprit: culprit)
    world.breakAll(from: broken.lowerBound, to: broken.upperBound, "fs/x.c: error: no y")
    return world
  }

  @Test func `names a commit that cannot be tested, and says on what that rests`() async throws {
    let conclusion = try await bisect(world(64, culprit: 30, broken: 20...40))
    #expect(conclusion.claim == .likely)
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(conclusion.reasons.contains { $0.contains("(\"commit 41\") applied") }, "\(conclusion.reasons)")
  }

  @Test func `is not deceived by a mender that brought the change itself`() async throws {
    let conclusion = try await bisect(world(64, culprit: 41, broken: 20...40))
    #expect(conclusion.claim == .likely)
    #expect(conclusion.commits.map(\.subject) == ["commit 41"])
    #expect(conclusion.reasons.contains { $0.contains("its change alone") })
  }

  @Test func `names the first of a stretch only when the mender alone changes nothing`() async throws {
    let conclusion = try await bisect(world(64, culprit: 20, broken: 20...40))
    #expect(conclusion.commits.map(\.subject) == ["commit 20"])
    #expect(conclusion.reasons.contains { $0.contains("before the stretch, is as it was") })
  }

  @Test func `works where the failure shows only sometimes`() async throws {
    let conclusion = try await bisect(world(64, culprit: 30, broken: 20...40), rates: (0.5, 0))
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(conclusion.confidence != nil)
  }

  @Test func `over two hundred rows it names what is true, or a range that holds it`() async throws {
    var random = Seeded(11)
    for round in 0..<200 {
      let count = Int.random(in: 4...80, using: &random)
      let culprit = Int.random(in: 1..<count, using: &random)
      let ends = [Int.random(in: 1..<count, using: &random), Int.random(in: 1..<count, using: &random)].sorted()
      let conclusion = try await bisect(world(count, culprit: culprit, broken: ends[0]...ends[1]))
      #expect(conclusion.commits.contains { $0.subject == "commit \(culprit)" }, "round \(round): \(conclusion)")
      #expect(conclusion.claim != .inconclusive)
    }
  }
}
