import Foundation
import HostSystem
import KernelTree
import TestSupport
import Testing

@testable import Bisection

/// What a user says of commits by hand.
@Suite struct `Marks` {
  private let scratch: Scratch
  private var folder: URL { scratch.url.appending(path: "session") }

  init() throws { scratch = try Scratch() }

  private func bisect(
    _ laboratory: SimulatedLaboratory, _ range: CommitRange, marks: [Int: LedgerEntry.Mark],
    report: @escaping @Sendable (CommitBisection.Event) -> Void = { _ in }
  ) async throws -> Conclusion {
    let ledger = try Ledger(in: folder)
    try ledger.append(
      .opened(
        LedgerEntry.Opening(
          tree: "/tree", goodName: "good", good: range.good.id, badName: "bad", bad: range.bad.id,
          question: .failure(any: false), arguments: [], digests: [:])))
    for (number, mark) in marks.sorted(by: { $0.key < $1.key }) {
      try ledger.append(.marked(commit: SimulatedLaboratory.id(number), as: mark))
    }
    return try await CommitBisection(range, ledger: ledger, laboratory: laboratory, report: report).run()
  }

  private func skips(_ numbers: some Sequence<Int>) -> [Int: LedgerEntry.Mark] {
    Dictionary(uniqueKeysWithValues: numbers.map { ($0, .skip) })
  }

  /// As many as a search of 1,000 commits may take tests, by `git rev-list A..B | xargs -n1 firstbad bisect mark skip`.
  @Test func `of 44 commits end no search`() async throws {
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: History(row: 1001), culprit: 700))
    let range = laboratory.range(from: 0, to: 1000)
    let conclusion = try await bisect(laboratory, range, marks: skips(480..<524))
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 700"], "\(conclusion)")
    #expect(laboratory.examined.count <= CommitSearch.tests(among: 1000) + 1 + CommitBisection.extraBuilds)
  }

  @Test func `on two commits say nothing of those between them`() async throws {
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: History(row: 1001), culprit: 500))
    let range = laboratory.range(from: 0, to: 1000)
    let conclusion = try await bisect(laboratory, range, marks: skips([100, 900]))
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 500"], "\(conclusion)")
    #expect(laboratory.examined.count <= CommitSearch.tests(among: 1000) + CommitBisection.extraBuilds)
  }

  /// The 421 commits of which each fails; who knows them beforehand pays for the two at their edges alone.
  @Test(arguments: [299, 300, 500, 720, 721, 722])
  func `on a whole stretch are walked around, and cost no test`(_ culprit: Int) {
    let row = SimulatedHistory(history: History(row: 1024), culprit: culprit)
    var search = CommitSearch(row.history)
    for number in 300...720 { search.record(.untestable("skipped by the user"), for: number, isMark: true) }
    var tests: [Int] = []
    while let next = search.next {
      tests.append(next)
      search.record(next >= culprit ? .bad : .good, for: next)
    }
    #expect(search.result == ((300...721).contains(culprit) ? .range(Array(300...721)) : .culprit(culprit)))
    #expect(!tests.contains { (300...720).contains($0) })
    #expect(tests.count <= 11, "\(tests)")
  }

  @Test func `on some of a stretch keep the search from what it finds out of the rest as little as before`() {
    var row = SimulatedHistory(history: History(row: 1024), culprit: 500)
    row.breakAll(from: 300, to: 720, "build")
    var search = CommitSearch(row.history)
    for number in stride(from: 300, through: 720, by: 10) {
      search.record(.untestable("skipped by the user"), for: number, isMark: true)
    }
    var tests = 0
    while let next = search.next {
      tests += 1
      search.record(row.broken[next].map { .untestable($0) } ?? (next >= 500 ? .bad : .good), for: next)
    }
    #expect(search.result == .range(Array(300...721)))
    #expect(tests <= 2 * 10 + 3 + CommitSearch.patience, "\(tests)")
  }

  @Test func `leave out what cannot matter, unless they call it good or bad`() async throws {
    let world = SimulatedHistory(history: History(row: 1025), culprit: 512)
    let still = Dictionary(uniqueKeysWithValues: (1..<1024).filter { $0 % 8 != 0 }.map { ($0, $0 - 1) })
    // 2000 is no commit of the range.
    for (mark, number, expected) in [
      (LedgerEntry.Mark.skip, 99, 128), (.good, 99, 129), (.bad, 999, 129), (.good, 2000, 128),
    ] {
      let own = try Self()
      let laboratory = SimulatedLaboratory(world, still: still)
      let told = Counter()
      let conclusion = try await own.bisect(
        laboratory, laboratory.range(from: 0, to: 1024), marks: [number: mark]
      ) { event in
        if case .narrowed(let count, _) = event { told.note(count) }
      }
      #expect(conclusion.commits.map(\.subject) == ["commit 512"])
      #expect(told.all == [expected], "\(mark) on \(number)")
    }
  }

  /// Nothing was built for what the user said.
  @Test func `on a parent that cannot matter are named when the proof meets it`() async throws {
    let still = Dictionary(uniqueKeysWithValues: (1..<1024).filter { $0 % 8 != 0 }.map { ($0, $0 - 1) })
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: History(row: 1025), culprit: 512), still: still)
    let told = Notes()
    let range = laboratory.range(from: 0, to: 1024)
    let conclusion = try await bisect(laboratory, range, marks: [511: .skip], report: told.take)
    #expect(conclusion.claim == .range && conclusion.commits.last?.subject == "commit 512", "\(conclusion)")
    let parent = laboratory.commit(SimulatedLaboratory.id(511))
    #expect(told.list.contains("\(parent.quoted) is skipped by you; the search goes on with that"), "\(told.list)")
    #expect(!told.list.contains { $0.contains("built clean") }, "\(told.list)")
  }

  @Test func `are said to be so in a range, and so is that tests ran out`() async throws {
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: History(row: 64), culprit: 30))
    let conclusion = try await bisect(laboratory, laboratory.range(from: 0, to: 63), marks: skips(20...40))
    #expect(conclusion.claim == .range && conclusion.commits.count == 22)
    #expect(conclusion.reasons == ["21 cannot tell: skipped by the user"])
    // Each commit fails in its own way, so that no stretch is seen.
    var world = SimulatedHistory(history: History(row: 1001), culprit: 500)
    for number in 1..<1000 { world.broken[number] = "error \(number)" }
    let other = try Self()
    let hopeless = SimulatedLaboratory(world)
    let range = hopeless.range(from: 0, to: 1000)
    let found = try await other.bisect(hopeless, range, marks: [:])
    #expect(found.claim == .range && found.commits.count == 1000)
    let words = "955 were not tested, as 44 tests are all that a search of 1000 commits may take"
    #expect(found.reasons.contains(words), "\(found.reasons.suffix(3))")
  }
}

/// Numbers that an event told.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var numbers: [Int] = []
  var all: [Int] { lock.withLock { numbers } }
  func note(_ number: Int) { lock.withLock { numbers.append(number) } }
}
