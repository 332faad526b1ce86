import Bisection
import Foundation
import HostSystem
import KernelTree
import TestSupport
import Testing

/// From the ends to the proof, in worlds whose truth is known; the ledger is a real one.
@Suite struct `A bisection among commits` {
  private let scratch: Scratch
  private var folder: URL { scratch.url.appending(path: "session") }

  init() throws { scratch = try Scratch() }

  /// Runs, or resumes, a session.
  @discardableResult
  private func bisect(
    _ laboratory: SimulatedLaboratory, _ range: CommitRange, _ question: Question = .failure(any: false),
    in own: URL? = nil
  ) async throws -> Conclusion {
    let ledger = try Ledger(in: own ?? folder)
    if ledger.entries.isEmpty {
      try ledger.append(
        .opened(
          LedgerEntry.Opening(
            tree: "/tree", goodName: "good", good: range.good.id, badName: "bad", bad: range.bad.id, question: question,
            arguments: [], digests: [:])))
    }
    return try await CommitBisection(range, ledger: ledger, laboratory: laboratory) { _ in }.run()
  }

  private func failure(_ work: () async throws -> Void) async -> Failure? {
    do {
      try await work()
      return nil
    } catch { return error as? Failure }
  }

  @Test func `a culprit is confirmed by clean builds of it and of its parent, and by its revert`() async throws {
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: History(row: 100), culprit: 57))
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 99))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 57"])
    #expect(conclusion.reasons.count == 3, "\(conclusion.reasons)")
    // Two ends, ⌈log₂ 99⌉ tests, and at most three for the proof.
    #expect(laboratory.examined.count <= 2 + 7 + 3, "\(laboratory.examined.count)")
  }

  /// Objects of the good end may be left in a kernel of the bad one.
  @Test func `an end is refused by a clean build alone`() async throws {
    let world = SimulatedHistory(history: History(row: 100), culprit: 57)
    for lies in [[99: Seen.fine], [99: .broken("error")]] {
      let laboratory = SimulatedLaboratory(world, lies: lies)
      let session = try Self()
      let conclusion = try await session.bisect(laboratory, laboratory.range(from: 0, to: 99))
      #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 57"])
      #expect(laboratory.examined.count <= 3 + 7 + 3, "\(laboratory.examined.count)")
      // And a session that goes on finds what it found.
      #expect(try await session.bisect(laboratory, laboratory.range(from: 0, to: 99)) == conclusion)
    }
    let good = SimulatedLaboratory(SimulatedHistory(history: History(row: 100), culprit: 200))
    let refused = await failure { try await self.bisect(good, good.range(from: 0, to: 99)) }
    #expect(refused?.message.contains("should be bad and is good") == true, "\(String(describing: refused))")
    #expect(good.examined.count == 3, "the bad end twice, and not more")
  }

  /// A rule that does not say what it reads: what the bad end's objects made stays in what is built upon them.
  @Test func `no object is trusted any more once a clean build showed that one was stale`() async throws {
    let world = SimulatedHistory(history: History(row: 100), culprit: 57)
    let stale = Dictionary(uniqueKeysWithValues: (1..<100).map { ($0, $0 == 99 ? Seen.fine : .failing) })
    let laboratory = SimulatedLaboratory(world, lies: stale)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 99))
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 57"], "\(conclusion)")
    #expect(laboratory.examined.count <= 3 + 7 + 3, "\(laboratory.examined.count)")
  }

  @Test func `a compiler or a fix-up that changes with the commit makes the claim weaker`() async throws {
    for (changes, word) in [(true, "built by gcc 12"), (false, "other fix-ups (guard) than")] {
      let session = try Self()
      let laboratory = SimulatedLaboratory(
        SimulatedHistory(history: History(row: 100), culprit: 57),
        tools: { number in
          let isNew = number >= 57
          return Tools(
            compiler: "gcc 1\(changes && isNew ? 3 : 2)", toolChain: changes && isNew ? "b" : "a",
            fixUps: !changes && isNew ? ["guard"] : [])
        })
      let conclusion = try await session.bisect(laboratory, laboratory.range(from: 0, to: 99))
      #expect(conclusion.claim == .likely && conclusion.commits.map(\.subject) == ["commit 57"])
      #expect(conclusion.reasons.contains { $0.contains(word) }, "\(conclusion.reasons)")
      // Both are in the ledger, for each commit.
      let written = Record(try Ledger.entries(in: session.folder)).examined.compactMap { $0.examination?.tools }
      #expect(Set(written.map { "\($0)" }).count == 2)
    }
  }

  @Test func `the commit that fixed it is found with the ends the other way round`() async throws {
    let world = SimulatedHistory(history: History(row: 64), culprit: 20)
    let swapped = Dictionary(uniqueKeysWithValues: (0..<64).map { ($0, $0 < 20 ? Seen.failing : .fine) })
    let laboratory = SimulatedLaboratory(world, lies: swapped, cleanLies: swapped, reverted: .failing)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 63, findsFix: true))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 20"])
  }

  @Test func `a revert that does not help makes the claim weaker`() async throws {
    let laboratory = SimulatedLaboratory(
      SimulatedHistory(history: History(row: 40), culprit: 9), reverted: .failing)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 39))
    #expect(conclusion.claim == .likely)
    #expect(conclusion.reasons.last?.contains("something else has the same effect") == true)
  }

  @Test func `a revert that does not apply is said not to be shown`() async throws {
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: History(row: 40), culprit: 9), reverted: nil)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 39))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.reasons.last?.contains("does not revert cleanly") == true)
  }

  @Test(arguments: [12, 20, 21, 22, 30])
  func `an object left behind by an incremental build does not lead astray`(_ liar: Int) async throws {
    // The truth of the liar comes out when it is built clean, which the proof does with all it rests on.
    let world = SimulatedHistory(history: History(row: 40), culprit: 21)
    let lie: Seen = liar >= 21 ? .fine : .failing
    let laboratory = SimulatedLaboratory(world, lies: [liar: lie])
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 39))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 21"])
  }

  @Test func `another failure on the way is not taken for the one that is hunted`() async throws {
    let world = SimulatedHistory(history: History(row: 64), culprit: 40)
    let lies = Dictionary(uniqueKeysWithValues: (25..<35).map { ($0, Seen.panicking) })
    let conclusion = try await bisect(
      SimulatedLaboratory(world, lies: lies), SimulatedLaboratory(world).range(from: 0, to: 63))
    #expect(conclusion.commits.map(\.subject) == ["commit 40"])
  }

  @Test func `a kernel that is the same as its parent's proves that the answers change by themselves`() async throws {
    let laboratory = SimulatedLaboratory(
      SimulatedHistory(history: History(row: 16), culprit: 8), twins: [8: 7])
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 15))
    #expect(conclusion.claim == .inconclusive)
    #expect(conclusion.reasons.last?.contains("byte for byte") == true)
  }

  @Test func `a merge is named as a merge`() async throws {
    let history = History(parents: [[], [0], [1], [0], [3], [2, 4], [5]])
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: history, culprit: 5))
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 6))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.reasons.contains { $0.contains("it is a merge") })
  }

  @Test func `commits that cannot tell are handed out as a range, with the reasons`() async throws {
    var world = SimulatedHistory(history: History(row: 64), culprit: 30)
    world.breakAll(from: 20, to: 40, "fs/x.c: error: no y")
    let laboratory = SimulatedLaboratory(world)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 63))
    #expect(conclusion.claim == .range)
    #expect(conclusion.commits.map(\.subject) == (20...41).map { "commit \($0)" })
    #expect(conclusion.reasons.contains { $0.contains("fs/x.c") })
  }

  @Test func `a branch that forked before the old end became good is found out`() async throws {
    // 0 is bad, 1 mends it, 2 is the good end; 3 and 4 fork from 0 and know nothing of the mending; 6 breaks it anew.
    //   0 - 1 - 2 ---- 5 - 6 - 7
    //    \- 3 - 4 ----/
    let history = History(parents: [[], [0], [1], [0], [3], [2, 4], [5], [6]])
    let lies = Dictionary(uniqueKeysWithValues: [0, 3, 4].map { ($0, Seen.failing) })
    let laboratory = SimulatedLaboratory(
      SimulatedHistory(history: history, culprit: 6), lies: lies, cleanLies: lies)
    let conclusion = try await bisect(laboratory, laboratory.range(from: 2, to: 7))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 6"])
  }

  @Test func `ends on different branches rest on where they part`() async throws {
    //   0 - 1 - 2 (good)
    //    \- 3 - 4 - 5 (bad)
    let history = History(parents: [[], [0], [1], [0], [3], [4]])
    let world = SimulatedHistory(history: history, culprit: 4)
    let laboratory = SimulatedLaboratory(world)
    let found = try await bisect(laboratory, laboratory.range(from: 2, to: 5, mergeBases: [0]))
    #expect(found.commits.map(\.subject) == ["commit 4"])
  }

  @Test func `and so does a branch that forked before that`() async throws {
    // 0 is bad, 1 mends it, and the ends part there; 4 and 5 know nothing of the mending; 8 breaks it anew.
    //       2 - 3 (good)
    //      /
    //   0 - 1 ----- 6 - 7 - 8 - 9 (bad)
    //    \- 4 - 5 ------/
    let history = History(parents: [[], [0], [1], [2], [0], [4], [1], [6, 5], [7], [8]])
    let lies = Dictionary(uniqueKeysWithValues: [0, 4, 5].map { ($0, Seen.failing) })
    let laboratory = SimulatedLaboratory(
      SimulatedHistory(history: history, culprit: 8), lies: lies, cleanLies: lies)
    let found = try await bisect(laboratory, laboratory.range(from: 3, to: 9, mergeBases: [1]))
    #expect(found.claim == .confirmed && found.commits.map(\.subject) == ["commit 8"])
  }

  @Test func `where the ends part the user's word is taken, and is no proof`() async throws {
    let history = History(parents: [[], [0], [1], [0], [3], [4]])
    let laboratory = SimulatedLaboratory(
      SimulatedHistory(history: history, culprit: 4), lies: [0: .failing], cleanLies: [0: .failing])
    let range = laboratory.range(from: 2, to: 5, mergeBases: [0])
    #expect(await failure { try await bisect(laboratory, range) } != nil)
    try Ledger(in: folder).append(.marked(commit: range.mergeBases[0].id, as: .good))
    let found = try await bisect(laboratory, range)
    #expect(found.claim == .likely && found.commits.map(\.subject) == ["commit 4"])
    #expect(found.reasons.contains { $0.contains("where the ends part, was marked good") }, "\(found.reasons)")
  }

  @Test func `ends that part where it is bad already are refused`() async throws {
    let history = History(parents: [[], [0], [1], [0], [3], [4]])
    let laboratory = SimulatedLaboratory(
      SimulatedHistory(history: history, culprit: 0), cleanLies: [2: .fine])
    let failure = await failure {
      try await bisect(laboratory, laboratory.range(from: 2, to: 5, mergeBases: [0]))
    }
    #expect(failure?.message.contains("already like the new end") == true, "\(String(describing: failure))")
  }

  @Test func `ends that are not what they are said to be are refused`() async throws {
    let world = SimulatedHistory(history: History(row: 20), culprit: 10)
    let laboratory = SimulatedLaboratory(world)
    let early = await failure { try await bisect(laboratory, laboratory.range(from: 12, to: 19)) }
    #expect(early?.message.contains("should be good and is bad") == true)
  }

  @Test func `a bad end that is good is refused`() async throws {
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: History(row: 20), culprit: 19))
    let late = await failure { try await bisect(laboratory, laboratory.range(from: 2, to: 9)) }
    #expect(late?.message.contains("should be bad and is good") == true)
  }

  @Test(arguments: 0..<10)
  func `killed after any step and resumed, it ends with the same culprit and repeats nothing`(_ life: Int) async throws
  {
    let world = SimulatedHistory(history: History(row: 100), culprit: 57)
    let whole = SimulatedLaboratory(world)
    let mortal = SimulatedLaboratory(world, lifetime: life)
    await #expect(throws: (any Error).self) {
      try await bisect(mortal, whole.range(from: 0, to: 99))
    }
    let heir = SimulatedLaboratory(world)
    let conclusion = try await bisect(heir, heir.range(from: 0, to: 99))
    #expect(conclusion.commits.map(\.subject) == ["commit 57"])
    #expect(conclusion.claim == .confirmed)
    let work = mortal.examined + heir.examined
    let counts = Dictionary(grouping: work, by: \.self).mapValues(\.count)
    // The proof's clean builds are the only ones that are made of a commit that was built before.
    #expect(counts.values.filter { $0 > 1 }.count <= 2)
    #expect(work.count <= 12)
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 1), (8, 1), (16, 1), (21, 1), (64, 1), (64, 2), (64, 3)])
  func `a clean row of n commits takes at most ⌈log₂ n⌉ + 3 builds, wherever the culprit is`(
    _ count: Int, _ every: Int
  ) async throws {
    for culprit in 1...count {
      let world = SimulatedHistory(history: History(row: count + 1), culprit: culprit)
      // Two of three cannot change the kernel, where it is one in three.
      let still = (1...count).filter { $0 % every != 0 && $0 != culprit && $0 != count }
      let laboratory = SimulatedLaboratory(world, still: Dictionary(uniqueKeysWithValues: still.map { ($0, $0 - 1) }))
      let own = folder.appending(path: "\(count)-\(every)-\(culprit)")
      let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: count), in: own)
      #expect(conclusion.commits.map(\.subject) == ["commit \(culprit)"])
      #expect(conclusion.claim == .confirmed)
      let most = CommitSearch.tests(among: count) + 3
      #expect(laboratory.examined.count <= most, "culprit \(culprit) of \(count)")
    }
  }

  @Test func `a mark of the user replaces what was found, and weakens the claim`() async throws {
    let world = SimulatedHistory(history: History(row: 32), culprit: 12)
    let laboratory = SimulatedLaboratory(world)
    let range = laboratory.range(from: 0, to: 31)
    try await bisect(laboratory, range)
    try Ledger(in: folder).append(.marked(commit: SimulatedLaboratory.id(12), as: .good))
    let conclusion = try await bisect(laboratory, range)
    #expect(conclusion.commits.map(\.subject) == ["commit 13"])
    #expect(conclusion.claim == .likely)
    // Nothing was built that could show it.
    let (marked, named) = (SimulatedLaboratory.id(12).short, SimulatedLaboratory.id(13).short)
    #expect(conclusion.reasons.contains("\(marked) was marked good by the user, which was not verified"))
    #expect(conclusion.reasons.contains("\(named) is bad, from a clean build"))
    #expect(!conclusion.reasons.contains { $0.contains("\(marked) is good") }, "\(conclusion.reasons)")
    try Ledger(in: folder).append(.undone)
    try Ledger(in: folder).append(.undone)
  }
}
