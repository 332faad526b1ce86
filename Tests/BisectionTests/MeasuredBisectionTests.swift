import Foundation
import ImageStore
import Judgement
import KernelTree
import TestSupport
import Testing

@testable import Bisection

/// `--changed NAME:+50%` among commits: whole sessions with a ledger and a store, on a machine that others use, too. The
/// culprit does not revert, so that the runs in turns are all that can clear another commit.
@Suite struct `A bisection of a measured number` {
  private let scratch: Scratch
  private let store: ImageStore
  private var folder: URL { scratch.url.appending(path: "session") }

  init() throws {
    scratch = try Scratch()
    store = try ImageStore(at: scratch.url.appending(path: "store"))
  }

  private func entries(_ folder: URL) throws -> [LedgerEntry.Ran] {
    try Ledger.entries(in: folder).compactMap { if case .ran(let ran) = $0 { ran } else { nil } }
  }

  @Test(arguments: [1, 3]) func `is confirmed by runs in turns that were made for it`(_ perBoot: Int) async throws {
    let laboratory = MeasuringLaboratory(store: store, perBoot: perBoot)
    let conclusion = try await laboratory.bisect(in: folder)
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 20"], "\(conclusion)")
    #expect(conclusion.reasons.contains { $0.hasPrefix("run in turns: took ") }, "\(conclusion.reasons)")
    // Eight of either side at least, one boot of it after one of the other, and after all that the verdicts rest on.
    let runs = try entries(folder)
    let turns = try #require(runs.firstIndex { $0.inTurnsWith != nil })
    #expect(runs[turns...].allSatisfy { $0.inTurnsWith != nil && $0.milliseconds != nil })
    let sides = Dictionary(grouping: runs[turns...], by: \.sample).mapValues(\.count)
    #expect(sides.count == 2 && sides.values.allSatisfy { $0 >= 8 }, "\(sides)")
  }

  /// While the ends were run the machine had nothing else to do; after so many builds somebody begins one of his own. From
  /// there on each kernel looks bad, so that the first after one that was seen before is named.
  @Test(arguments: [2, 3, 4, 5, 6, 7]) func `does not accuse a commit of what a busy machine did`(
    _ builds: Int
  ) async throws {
    for perBoot in [1, 3] {
      let folder = scratch.url.appending(path: "session-\(builds)-\(perBoot)")
      let laboratory = MeasuringLaboratory(
        culprit: 26, store: store, perBoot: perBoot, load: { $0 > builds ? 1.6 : 1 })
      let conclusion = try await laboratory.bisect(in: folder)
      #expect(
        conclusion.claim != .confirmed || conclusion.commits.map(\.subject) == ["commit 26"], "\(conclusion)")
      if builds == 2 {
        #expect(conclusion.commits.map(\.subject) == ["commit 1"])
        #expect(conclusion.reasons.contains { $0.hasPrefix("not shown: the two cannot be told apart when") })
      }
    }
  }

  /// The store has what an earlier session saw, on an idle machine perhaps.
  @Test func `takes no run of another time from the store`() async throws {
    let first = try await MeasuringLaboratory(store: store).bisect(in: scratch.url.appending(path: "first"))
    let laboratory = MeasuringLaboratory(store: store)
    #expect(try await laboratory.bisect(in: folder) == first)
    let record = Record(try Ledger.entries(in: folder))
    let examined = record.examined.compactMap(\.examination)
    #expect(examined.allSatisfy { $0.bootMilliseconds != nil })
    #expect(try entries(folder).allSatisfy { $0.milliseconds != nil })
    #expect(laboratory.boots == examined.count + (try entries(folder).count))
  }

  /// So many boots before its end: the last of all are those in turns.
  @Test(arguments: [1, 2, 4, 9, 13, 14, 16, 20, 35]) func `killed and resumed, it repeats no turn that both sides had`(
    _ left: Int
  ) async throws {
    let whole = MeasuringLaboratory(store: store)
    _ = try await whole.bisect(in: scratch.url.appending(path: "whole"))
    let mortal = MeasuringLaboratory(store: store, lifetime: whole.boots - left)
    await #expect(throws: (any Error).self) { try await mortal.bisect(in: folder) }
    let before = try Ledger.entries(in: folder)
    let heir = MeasuringLaboratory(store: store)
    let conclusion = try await heir.bisect(in: folder)
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 20"], "\(conclusion)")
    #expect(Array(try Ledger.entries(in: folder).prefix(before.count)) == before)
    // The batch of two that the end came into, and one that only one side had.
    #expect(mortal.boots + heir.boots <= whole.boots + 4, "\(mortal.boots) + \(heir.boots), \(whole.boots)")
    let idle = MeasuringLaboratory(store: store)
    #expect(try await idle.bisect(in: folder) == conclusion && idle.boots == 0)
  }
}

/// What is kept of runs, where any run of a kernel does as well as another.
@Suite struct `Runs that are kept` {
  private let scratch: Scratch
  private let store: ImageStore

  init() throws {
    scratch = try Scratch()
    store = try ImageStore(at: scratch.url.appending(path: "store"))
  }

  /// Boots that give three runs each, numbered, and end as they like.
  private actor Boots {
    private(set) var count = 0

    func next() async throws -> [Run] {
      let number = count
      count += 1
      await Task.yield()
      return (0..<3).map { Run(seen: .taking(number * 3 + $0), milliseconds: $0 == 0 ? 2000 : 0) }
    }
  }

  private func number(_ run: Run) -> String? { run.seen.observations["took"] }

  @Test func `are handed out once each, however many boots run side by side`() async throws {
    let boots = Boots()
    let kept = KeptRuns(in: store, perBoot: 3)
    var all: [Run] = []
    for _ in 0..<40 {
      all += try await kept.runs(of: "k", "q", all.count..<all.count + 25) { try await boots.next() }
    }
    #expect(all.count == 1000 && Set(all.map(number)).count == 1000)
    #expect(await boots.count == 334)
    // Another session gets the same in the same order, and boots nothing.
    let again = try await kept.runs(of: "k", "q", 0..<1000) { throw SimulatedLaboratory.Killed() }
    #expect(again.map(number) == all.map(number))
    #expect(again.allSatisfy { $0.milliseconds == nil })
  }

  @Test func `are not kept of a timer that was dead, as the machine may have been the reason`() async throws {
    let kept = KeptRuns(in: store)
    let dead = Seen(.untestable(phase: .kernel, signature: Judge.deadTimer), phase: .kernel, reason: "dead")
    let runs = try await kept.runs(of: "k", "q", 0..<3) { [Run(seen: dead, milliseconds: 900)] }
    #expect(runs.map(\.seen) == [dead, dead, dead])
    // Another session boots anew, and goes on behind what tells.
    let boots = Boots()
    let again = try await kept.runs(of: "k", "q", 0..<3) { try await boots.next() }
    #expect(again.count == 3 && again.allSatisfy { $0.seen.word == "good" })
  }

  @Test func `may be fewer than a ledger has`() async throws {
    let boots = Boots()
    let kept = KeptRuns(in: store)
    let runs = try await kept.runs(of: "k", "q", 10..<12) { try await boots.next() }
    #expect(runs.count == 2 && runs.allSatisfy { $0.milliseconds != nil })
  }
}
