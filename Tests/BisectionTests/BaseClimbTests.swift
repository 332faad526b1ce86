import Foundation
import HostSystem
import TestSupport
import Testing

@testable import Bisection

/// `--base auto`: a bisection that finds out how much of a kernel it needs.
@Suite struct `A climb from base to base` {
  private let scratch: Scratch
  private let notes = Notes()
  private var folder: URL { scratch.url.appending(path: "session") }
  private let world = SimulatedHistory(history: History(row: 64), culprit: 30)

  init() throws { scratch = try Scratch() }

  private static let tiny = BaseClimb.Base(word: "tiny", name: "tiny")
  private static let defconfig = BaseClimb.Base(word: "defconfig", name: "defconfig")

  /// A session, begun or gone on with, in which each base has a laboratory of its own.
  private func climb(
    _ laboratories: [(BaseClimb.Base, SimulatedLaboratory)], isFlaky: Bool? = nil
  ) async throws -> Conclusion {
    let range = laboratories[0].1.range(from: 0, to: world.history.count - 1)
    let ledger = try Ledger.begun(range, in: folder, .failure(any: false), isFlaky: isFlaky)
    return try await BaseClimb(
      laboratories.map(\.0), range, ledger: ledger,
      laboratory: { base in
        guard let found = laboratories.first(where: { $0.0 == base })?.1 else { throw SimulatedLaboratory.Killed() }
        return found
      }, report: notes.take
    ).run()
  }

  private var record: Record { get throws { Record(try Ledger.entries(in: folder)) } }

  /// Kernels of a base upon which all commits show this.
  private func showing(_ seen: Seen, lifetime: Int = .max) -> SimulatedLaboratory {
    let all = Dictionary(uniqueKeysWithValues: (0..<world.history.count).map { ($0, seen) })
    return SimulatedLaboratory(world, cleanLies: all, lifetime: lifetime)
  }

  @Test func `takes the first base of which the ends are as they should be`() async throws {
    let (small, large) = (SimulatedLaboratory(world), SimulatedLaboratory(world))
    let found = try await climb([(Self.tiny, small), (Self.defconfig, large)])
    #expect(found.claim == .confirmed && found.commits.map(\.subject) == ["commit 30"])
    #expect(large.examined.isEmpty)
    #expect(small.examined.count <= 6 + CommitBisection.extraBuilds)
    #expect(try record.base == "tiny" && record.isBased && record.setAside.isEmpty)
    #expect(notes.list == ["base tiny shows it, and is the base of this bisection"])
  }

  @Test(arguments: [Seen.fine, .failing, .panicking, .broken("socket.c: error: no"), .unready])
  func `goes on to the next one where they are not`(seen: Seen) async throws {
    let (small, large) = (showing(seen), SimulatedLaboratory(world))
    let found = try await climb([(Self.tiny, small), (Self.defconfig, large)])
    #expect(found.claim == .confirmed && found.commits.map(\.subject) == ["commit 30"])
    #expect(try record.base == "defconfig")
    // The good end is built only where the bad one is bad.
    #expect(small.examined.count == (seen.word == "bad" ? 2 : 1))
    #expect(notes.list[0].hasPrefix("with base tiny the "))
    #expect(notes.list[0].hasSuffix(", so defconfig is tried, a larger one"))
    #expect(notes.list[1] == "base defconfig shows it, and is the base of this bisection")
    // What was built on the way is set aside, and counted; of the base that it is, both ends are known by then.
    #expect(try record.setAside.count == small.examined.count)
    #expect(try record.builds == large.examined.count)
    #expect(Set(large.examined).count == large.examined.count)
  }

  @Test func `says so when no base shows it`() async throws {
    let bases = [(Self.tiny, showing(.fine)), (Self.defconfig, showing(.failing))]
    let failure = await #expect(throws: Failure.self) { try await climb(bases) }
    #expect(failure?.message == "none of the bases that were tried shows it: tiny, defconfig")
    #expect(notes.list.last == "with base defconfig the good end fails, too (\(Seen.failing.reason))")
  }

  @Test func `is none where the base is named, and the ledger is as it ever was`() async throws {
    let failure = await #expect(throws: Failure.self) { try await climb([(Self.tiny, showing(.fine))]) }
    #expect(failure?.message.contains("should be bad and is good") == true)
    #expect(try record.base == nil)
  }

  /// Wherever it is killed, upon which base it may be.
  @Test func `is gone on with where it was, and examines nothing twice`() async throws {
    let whole = (showing(.fine), SimulatedLaboratory(world))
    let conclusion = try await climb([(Self.tiny, whole.0), (Self.defconfig, whole.1)])
    let all = whole.0.examined.count + whole.1.examined.count
    for life in 1...3 {
      let own = try Self()
      var (examined, ended): (Int, Conclusion?) = (0, nil)
      while ended == nil, examined <= all {
        let laboratories = (own.showing(.fine, lifetime: life), SimulatedLaboratory(world, lifetime: life))
        do {
          ended = try await own.climb([(Self.tiny, laboratories.0), (Self.defconfig, laboratories.1)])
        } catch is SimulatedLaboratory.Killed {}
        examined += laboratories.0.examined.count + laboratories.1.examined.count
      }
      #expect(ended == conclusion)
      #expect(examined == all)
    }
    // At its end it examines nothing, and says the same.
    let after = (SimulatedLaboratory(world, lifetime: 0), SimulatedLaboratory(world, lifetime: 0))
    #expect(try await climb([(Self.tiny, after.0), (Self.defconfig, after.1)]) == conclusion)
  }

  /// A version before wrote which base it is once that was found out, and nothing of what was seen on the way.
  @Test func `of a version before is gone on with upon the base that it took`() async throws {
    let range = SimulatedLaboratory(world).range(from: 0, to: world.history.count - 1)
    try Ledger.begun(range, in: folder, .failure(any: false)).append(.based(on: "defconfig"))
    let (small, large) = (SimulatedLaboratory(world, lifetime: 0), SimulatedLaboratory(world))
    let found = try await climb([(Self.tiny, small), (Self.defconfig, large)])
    #expect(found.claim == .confirmed)
    #expect(notes.list.isEmpty, "it is not looked for again")
  }

  /// Killed between the word that kernels are to do without a symbol and the first of these: the ends are to be examined
  /// without it, and say nothing of the base by then.
  @Test func `is at its end where a symbol is left out`() async throws {
    var broken = world
    broken.breakAll(from: 20, to: 40, "net/ipv4/tcp.c: error: no y")
    let gates = broken.broken.mapValues { _ in ["CONFIG_NET"] }
    func laboratory(lifetime: Int = .max, needed: [String: Seen] = [:]) -> SimulatedLaboratory {
      SimulatedLaboratory(broken, lifetime: lifetime, gates: gates, needed: needed)
    }
    for needed in [[:], ["CONFIG_NET": Seen.fine]] {
      let whole = try Self()
      let once = laboratory(needed: needed)
      let conclusion = try await whole.climb([(Self.tiny, once), (Self.defconfig, showing(.fine))])
      #expect(conclusion.claim == (needed.isEmpty ? .confirmed : .range))
      for life in 1..<once.examined.count {
        let own = try Self()
        let mortal = laboratory(lifetime: life, needed: needed)
        await #expect(throws: SimulatedLaboratory.Killed.self) {
          try await own.climb([(Self.tiny, mortal), (Self.defconfig, showing(.fine))])
        }
        let heir = laboratory(needed: needed)
        let found = try await own.climb([(Self.tiny, heir), (Self.defconfig, showing(.fine))])
        #expect(found == conclusion, "\(life)")
        #expect(try own.record.base == "tiny")
        #expect(own.notes.list.count { $0.hasPrefix("base tiny shows it") } == 1, "\(life)")
        #expect(heir.runs <= once.runs, "\(life)")
        #expect(Set(mortal.examined + heir.examined) == Set(once.examined), "\(life)")
        #expect(mortal.examined.count + heir.examined.count <= once.examined.count, "\(life)")
      }
    }
  }

  @Test func `is taken back step by step, the change of the base with what it followed from`() async throws {
    let laboratories = (showing(.fine), SimulatedLaboratory(world, lifetime: 1))
    await #expect(throws: SimulatedLaboratory.Killed.self) {
      try await climb([(Self.tiny, laboratories.0), (Self.defconfig, laboratories.1)])
    }
    #expect(try (record.base, record.examined.count, record.setAside.count) == ("defconfig", 1, 1))
    try Ledger(in: folder).append(.undone)
    #expect(try (record.base, record.examined.count, record.setAside.count) == ("defconfig", 0, 1))
    try Ledger(in: folder).append(.undone)
    #expect(try (record.base, record.examined.count, record.setAside.count) == ("tiny", 0, 0))
    #expect(try record.last == nil)
  }

  /// One run may be chance.
  @Test func `is not by one run, where it fails only sometimes`() async throws {
    let laboratory = SimulatedLaboratory(world, rates: (0.5, 0), seed: 3)
    let found = try await climb([(Self.tiny, laboratory), (Self.defconfig, showing(.fine))], isFlaky: true)
    #expect(found.commits.map(\.subject) == ["commit 30"])
    #expect(try record.base == "tiny")
  }
}
