import Bisection
import Foundation
import HostSystem
import TestSupport
import Testing

/// A range is an answer, and a session that came to it is at its end.
@Suite struct `A range that is gone on with` {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static var world: SimulatedHistory {
    var world = SimulatedHistory(history: History(row: 1024), culprit: 500)
    world.breakAll(from: 300, to: 720, "fs/x.c: error: no y")
    return world
  }

  private func bisect(_ laboratory: SimulatedLaboratory, _ name: String) async throws -> Conclusion {
    try await laboratory.bisect(laboratory.range(from: 0, to: 1023), in: scratch.url.appending(path: name))
  }

  @Test func `is given again, and nothing is built for it`() async throws {
    let first = try await bisect(SimulatedLaboratory(Self.world), "whole")
    #expect(first.claim == .range)
    let second = SimulatedLaboratory(Self.world)
    #expect(try await bisect(second, "whole") == first)
    #expect(second.examined.isEmpty && second.runs == 0)
  }

  /// Patience with a stretch is that of the session, and not of each process that goes on with it.
  @Test(arguments: [3, 8, 12, 16, 20, 24, 26])
  func `comes after the same builds when it was killed in between`(_ life: Int) async throws {
    let whole = SimulatedLaboratory(Self.world)
    let conclusion = try await bisect(whole, "whole")
    let mortal = SimulatedLaboratory(Self.world, lifetime: life)
    await #expect(throws: SimulatedLaboratory.Killed.self) { try await bisect(mortal, "killed") }
    let heir = SimulatedLaboratory(Self.world)
    #expect(try await bisect(heir, "killed") == conclusion)
    #expect(mortal.examined + heir.examined == whole.examined)
  }

  @Test func `takes no more of them after a mark that changes nothing`() async throws {
    let laboratory = SimulatedLaboratory(Self.world)
    let conclusion = try await bisect(laboratory, "marked")
    let built = laboratory.examined.count
    try Ledger(in: scratch.url.appending(path: "marked")).append(
      .marked(commit: SimulatedLaboratory.id(900), as: .bad))
    #expect(try await bisect(laboratory, "marked").commits == conclusion.commits)
    #expect(laboratory.examined.count == built)
  }
}
