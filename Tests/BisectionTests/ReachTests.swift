import Bisection
import Foundation
import HostSystem
import KernelBuild
import KernelTree
import TestSupport
import Testing

/// Commits that cannot change the kernel are as a parent of theirs, and are not searched.
@Suite struct `Commits that cannot matter` {
  private func commit(_ number: Int, _ parents: Int...) -> Commit {
    Commit(
      id: SimulatedLaboratory.id(number), parents: parents.map(SimulatedLaboratory.id), tree: "t", subject: "\(number)")
  }

  private func twins(
    _ commits: [Commit], _ changes: [Int: [String]], further: [String] = [], known: Set<String> = ["a.c", "b.c", "c.c"]
  ) async -> [Int: Int] {
    let inputs = BuildInputs(files: ["a.c"], folders: [], architecture: "x86")
    let reach = await Reach(
      of: commits, ends: [inputs], known: known.contains,
      changes: Dictionary(uniqueKeysWithValues: changes.map { (SimulatedLaboratory.id($0), $1) })
    ) { _, _ in further }
    func number(_ id: CommitID) -> Int { Int(id.hex, radix: 16) ?? -1 }
    return Dictionary(uniqueKeysWithValues: reach.twins.map { (number($0.commit), number($0.parent)) })
  }

  @Test func `are those whose files no end is made of`() async {
    let row = [commit(1, 0), commit(2, 1), commit(3, 2), commit(4, 3)]
    let found = await twins(row, [1: ["b/b.c"], 2: ["a.c", "b/b.c"], 3: ["b/c.h"], 4: []], known: ["b/b.c", "b/c.h"])
    #expect(found == [1: 0, 3: 2, 4: 3])
  }

  @Test func `are not those with a file that came and went within the range`() async {
    let found = await twins([commit(1, 0)], [1: ["b/gone.c"]])
    #expect(found.isEmpty, "no end can tell what it did meanwhile")
  }

  @Test func `are not those of which git said nothing`() async {
    #expect(await twins([commit(1, 0)], [:]).isEmpty)
  }

  @Test func `may be merges, which are then as the parent that they do not differ from`() async {
    let merge = commit(3, 1, 2)
    #expect(await twins([merge], [3: ["b/b.c"]], known: ["b/b.c"]) == [3: 1])
    #expect(await twins([merge], [3: ["a.c"]], further: ["b/b.c"], known: ["b/b.c"]) == [3: 2])
    #expect(await twins([merge], [3: ["a.c"]], further: ["a.c"]) == [:])
  }
}

@Suite struct `A bisection leaves out what cannot matter` {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func bisect(_ laboratory: SimulatedLaboratory, _ name: String = "s") async throws -> Conclusion {
    let range = laboratory.range(from: 0, to: laboratory.world.history.count - 1)
    return try await laboratory.bisect(range, in: scratch.url.appending(path: name))
  }

  @Test func `and finds the same culprit with fewer tests`() async throws {
    // Every eighth commit of 1,024 can change the kernel.
    let world = SimulatedHistory(history: History(row: 1024), culprit: 512)
    let still = Dictionary(uniqueKeysWithValues: (1..<1024).filter { $0 % 8 != 0 }.map { ($0, $0 - 1) })
    let (all, few) = (SimulatedLaboratory(world), SimulatedLaboratory(world, still: still))
    #expect(try await bisect(all, "all").commits == bisect(few, "few").commits)
    // Three tests fewer; but the culprit's real parent, which no test needed, is built for the proof.
    #expect(few.examined.count <= all.examined.count - 3 + 1, "\(few.examined.count) of \(all.examined.count)")
  }

  @Test(arguments: 0..<200)
  func `and finds it in histories of any form`(_ seed: Int) async throws {
    var random = Seeded(seed)
    let history = History.random(Int.random(in: 20...200, using: &random), merging: 0.15, using: &random)
    let culprit = Int.random(in: 1..<history.count, using: &random)
    var (still, likeness) = ([Int: Int](), Array(0..<history.count))
    for commit in 1..<history.count where commit != culprit {
      guard let parent = history.parents[commit].first, Double.random(in: 0..<1, using: &random) < 0.7,
        Set(history.parents[commit].map { likeness[$0] }).count == 1
      else { continue }
      still[commit] = parent
      likeness[commit] = likeness[parent]
    }
    let world = SimulatedHistory(history: history, culprit: culprit)
    guard !world.isAncestor(culprit, of: 0), !still.isEmpty else { return }
    let laboratory = SimulatedLaboratory(world, still: still)
    let conclusion = try await bisect(laboratory)
    // A branch may begin within the range without a parent; nothing is there to compare with then.
    #expect(conclusion.claim == .confirmed || history.parents[culprit].isEmpty)
    #expect(conclusion.commits.map(\.subject) == ["commit \(culprit)"])
  }

  @Test(arguments: [9, 10, 11, 17, 31])
  func `and opens up what it left out when the proof fails`(_ culprit: Int) async throws {
    // The culprit is one of those that are said to change nothing.
    let world = SimulatedHistory(history: History(row: 32), culprit: culprit)
    let still = Dictionary(uniqueKeysWithValues: (1..<32).filter { $0 % 8 != 0 }.map { ($0, $0 - 1) })
    let conclusion = try await bisect(SimulatedLaboratory(world, still: still))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit \(culprit)"])
  }

  @Test func `and searches everything when nothing can matter`() async throws {
    let world = SimulatedHistory(history: History(row: 20), culprit: 7)
    let still = Dictionary(uniqueKeysWithValues: (1..<20).map { ($0, $0 - 1) })
    #expect(try await bisect(SimulatedLaboratory(world, still: still)).commits.map(\.subject) == ["commit 7"])
  }

  @Test func `and goes the same way when it is resumed, whatever is known by then`() async throws {
    let world = SimulatedHistory(history: History(row: 256), culprit: 64)
    let still = Dictionary(uniqueKeysWithValues: (1..<256).filter { $0 % 8 != 0 }.map { ($0, $0 - 1) })
    let whole = SimulatedLaboratory(world, still: still)
    _ = try await bisect(whole, "whole")
    let first = SimulatedLaboratory(world, still: still, lifetime: 4)
    await #expect(throws: SimulatedLaboratory.Killed.self) { try await bisect(first, "killed") }
    // The store was emptied meanwhile: nobody knows any more what the ends are made of.
    let second = SimulatedLaboratory(world)
    #expect(try await bisect(second, "killed").commits.map(\.subject) == ["commit 64"])
    #expect(first.examined.count + second.examined.count == whole.examined.count)
  }

  @Test func `but never a commit that the user judged`() async throws {
    let world = SimulatedHistory(history: History(row: 64), culprit: 32)
    let still = Dictionary(uniqueKeysWithValues: (1..<64).filter { $0 % 8 != 0 }.map { ($0, $0 - 1) })
    let laboratory = SimulatedLaboratory(world, still: still)
    let range = laboratory.range(from: 0, to: 63)
    let ledger = try Ledger(in: scratch.url.appending(path: "marked"))
    try ledger.append(
      .opened(
        LedgerEntry.Opening(
          tree: "/tree", goodName: "g", good: range.good.id, badName: "b", bad: range.bad.id,
          question: .failure(any: false), arguments: [], digests: [:])))
    try ledger.append(.marked(commit: SimulatedLaboratory.id(29), as: .bad))
    let found = try await CommitBisection(range, ledger: ledger, laboratory: laboratory) { _ in }.run()
    #expect(found.commits.map(\.subject) == ["commit 29"], "the user's word stands")
    #expect(found.claim == .likely)
  }
}
