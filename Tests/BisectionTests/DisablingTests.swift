import Bisection
import Foundation
import HostSystem
import Synchronization
import TestSupport
import Testing

/// Stretches that do not build for code which the probe may have no need of.
@Suite struct `Doing without what does not build` {
  private let scratch: Scratch
  private var folder: URL { scratch.url.appending(path: "session") }
  private let net = ["CONFIG_NET", "CONFIG_INET"]

  init() throws { scratch = try Scratch() }

  @discardableResult
  private func bisect(
    _ laboratory: SimulatedLaboratory, in own: URL? = nil,
    report: @escaping @Sendable (CommitBisection.Event) -> Void = { _ in }
  ) async throws -> Conclusion {
    try await laboratory.bisect(in: own ?? folder, report: report)
  }

  /// A row in which these do not build for the network's code.
  private func world(_ count: Int = 64, culprit: Int, broken: ClosedRange<Int>) -> SimulatedHistory {
    var world = SimulatedHistory(history: History(row: count), culprit: culprit)
    world.breakAll(from: broken.lowerBound, to: broken.upperBound, "net/ipv4/tcp.c: error: no y")
    return world
  }

  private func gates(_ world: SimulatedHistory, _ symbols: [String]) -> [Int: [String]] {
    world.broken.mapValues { _ in symbols }
  }

  private var record: Record { get throws { Record(try Ledger.entries(in: folder)) } }

  /// Nobody says so, and the ends show it in one of three sessions. A range is all that may be left where many runs decide.
  @Test func `what fails in nine of ten runs is found there or in a range, and no other is named`() async throws {
    let world = world(culprit: 30, broken: 20...40)
    for seed in 1...40 {
      let laboratory = SimulatedLaboratory(world, rates: (0.9, 0), seed: seed, gates: gates(world, net))
      let found = try await bisect(laboratory, in: scratch.url.appending(path: "session-\(seed)"))
      #expect(found.commits.contains { $0.subject == "commit 30" }, "\(seed): \(found)")
    }
  }

  @Test func `a culprit within such a stretch is confirmed by kernels without the symbol`() async throws {
    let world = world(culprit: 30, broken: 20...40)
    let laboratory = SimulatedLaboratory(world, gates: gates(world, net))
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(conclusion.reasons.contains { $0.contains("built with CONFIG_NET=n") }, "\(conclusion.reasons)")
    #expect(conclusion.reasons.contains { $0.hasPrefix("with nothing left out, too, ") }, "\(conclusion.reasons)")
    // Two ends and two failed tests before, at most a good one between them; then a clean row, and one revert more.
    #expect(laboratory.examined.count <= 17, "\(laboratory.examined.count)")
    // What was judged with it does not count, and is not forgotten.
    #expect(try record.setAside.count == laboratory.examined.count - record.examined.count)
  }

  /// A second session has that failure from the store, and does not build it again; it is to try the same commit first.
  @Test func `what is tried first does not hang on what was built once more from nothing`() async throws {
    // Commits that change nothing leave room in the number of builds for such as begin upon other objects.
    let still = Dictionary(uniqueKeysWithValues: (1...250).map { ($0, $0 - 1) })
    var isRetriedFirst = false
    for broken in [400...600, 300...640, 450...900, 600...700] {
      let own = try Self()
      let world = world(1000, culprit: broken.lowerBound + 30, broken: broken)
      try await own.bisect(SimulatedLaboratory(world, still: still, gates: gates(world, net)))
      let (record, failed) = (try own.record, try own.record.setAside.filter { $0.examination?.seen.phase == .build })
      try #require(failed.map { $0.examination?.isClean } == [false, false, true])
      let ends = record.setAside.prefix(2).map(\.sample)
      #expect(record.examined.first { !ends.contains($0.sample) }?.sample == failed[1].sample)
      isRetriedFirst = isRetriedFirst || failed[2].sample == failed[0].sample
    }
    #expect(isRetriedFirst, "otherwise nothing is shown here")
  }

  @Test func `a symbol that the probe needs stays, and is tried once`() async throws {
    for shown in [Seen.fine, .failing, .panicking, .broken("no socket")] {
      let own = try Self()
      let world = world(culprit: 30, broken: 20...40)
      let laboratory = SimulatedLaboratory(
        world, gates: gates(world, ["CONFIG_NET"]), needed: ["CONFIG_NET": shown])
      let conclusion = try await own.bisect(laboratory)
      #expect(conclusion.claim == .range)
      #expect(conclusion.commits.map(\.subject) == (20...41).map { "commit \($0)" })
      #expect(!conclusion.reasons.contains { $0.contains("CONFIG_NET") }, "\(conclusion.reasons)")
      #expect(try own.record.tried == ["CONFIG_NET"])
      #expect(try own.record.disabled.isEmpty)
    }
  }

  @Test
  func `what the configuration does not let go is said to be so, and what is known of the ends is not said again`()
    async throws
  {
    let why = "it is y, as something selects it or it has no prompt"
    let refused = Seen(
      .untestable(phase: .configure, signature: "CONFIG_NET did not take: \(why)"), phase: .configure, reason: "")
    let world = world(culprit: 30, broken: 20...40)
    let told = Mutex<(notes: [String], known: Int, plans: Int)>(([], 0, 0))
    _ = try await bisect(
      SimulatedLaboratory(world, gates: gates(world, ["CONFIG_NET"]), needed: ["CONFIG_NET": refused])
    ) {
      event in
      told.withLock {
        switch event {
        case .note(let text): $0.notes.append(text)
        case .narrowed: $0.plans += 1
        case .examined(_, let role, _, _, _, wasKnown: true) where role != .step: $0.known += 1
        case .examined, .examining: break
        }
      }
    }
    let (notes, known, plans) = told.withLock { $0 }
    #expect(notes.last == "CONFIG_NET cannot be left out: \(why)")
    #expect(known == 0)
    #expect(plans == 1)
  }

  @Test func `ends that differ in another way without it are not taken`() async throws {
    // The bad end fails, but not as it did: what would be found then is another commit, perhaps.
    let world = world(culprit: 30, broken: 20...40)
    let other = Seen(.bad(signature: "ENOSYS"), phase: .done, reason: "", isFailedCheck: true)
    let laboratory = SimulatedLaboratory(
      world, gates: gates(world, ["CONFIG_NET"]), otherwise: ["CONFIG_NET": other])
    #expect(try await bisect(laboratory).claim == .range)
    #expect(try record.disabled.isEmpty)
  }

  @Test func `a symbol without which the commits do not build either is back`() async throws {
    let world = world(culprit: 30, broken: 20...40)
    let laboratory = SimulatedLaboratory(world, gates: gates(world, net), useless: ["CONFIG_NET"])
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(try record.disabled == ["CONFIG_INET"])
  }

  /// With the network two commits bring the same failure, the first of them by it.
  @Test func `an answer that kernels with the symbol contradict is not given`() async throws {
    let world = world(culprit: 30, broken: 6...14)
    let shown = Dictionary(uniqueKeysWithValues: (15..<30).map { ($0, Seen.failing) })
    let laboratory = SimulatedLaboratory(world, gates: gates(world, net), whole: shown)
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .range, "\(conclusion)")
    #expect(conclusion.commits.map(\.subject) == (6...15).map { "commit \($0)" })
    #expect(try record.disabled.isEmpty)
  }

  @Test func `a range that kernels with the symbol rule out is not given`() async throws {
    // As above, and without the network the culprit's neighbours do not build for another reason.
    var world = world(culprit: 30, broken: 6...14)
    world.breakAll(from: 28, to: 32, "x")
    var shown = Dictionary(uniqueKeysWithValues: (15..<33).map { ($0, Seen.failing) })
    let gates = world.broken.mapValues { $0.hasPrefix("net") ? net : [] }
    shown[63] = .failing
    let conclusion = try await bisect(SimulatedLaboratory(world, gates: gates, whole: shown))
    #expect(conclusion.commits.map(\.subject) == (6...15).map { "commit \($0)" }, "\(conclusion)")
  }

  @Test func `what our own side fails at stops the session and is no word on a symbol`() async throws {
    let world = world(culprit: 30, broken: 20...40)
    let laboratory = SimulatedLaboratory(
      world, gates: gates(world, net), failing: Failure(.badInput, "the store is damaged"))
    await #expect(throws: Failure.self) { try await bisect(laboratory) }
    #expect(try record.disabled == ["CONFIG_NET"])
  }

  @Test(arguments: [Seen.failing, .broken("no"), nil])
  func `what does not hold with nothing left out is likely at most`(_ whole: Seen?) async throws {
    let world = world(culprit: 30, broken: 20...40)
    let laboratory = SimulatedLaboratory(world, gates: gates(world, net), revertedWhole: whole)
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .likely)
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(conclusion.reasons.contains { $0.contains("nothing left out") })
  }

  @Test func `a range that is no smaller than before is not kept`() async throws {
    // Without the network other commits do not build, and more of them.
    var world = world(culprit: 30, broken: 30...31)
    world.breakAll(from: 4, to: 29, "x")
    let gates = world.broken.mapValues { $0.hasPrefix("net") ? net : [] }
    var whole = Dictionary(uniqueKeysWithValues: (4...28).map { ($0, Seen.fine) })
    whole[29] = .broken("net/ipv4/tcp.c: error: no y")
    let laboratory = SimulatedLaboratory(world, gates: gates, whole: whole)
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .range)
    #expect(conclusion.commits.map(\.subject) == (29...32).map { "commit \($0)" })
  }

  @Test func `where the wider symbol is needed the narrower one is tried`() async throws {
    let world = world(culprit: 30, broken: 20...40)
    let laboratory = SimulatedLaboratory(world, gates: gates(world, net), needed: ["CONFIG_NET": .fine])
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(try record.tried == ["CONFIG_NET", "CONFIG_INET"])
  }

  @Test func `two stretches that break for different code take two symbols`() async throws {
    var world = world(culprit: 30, broken: 12...28)
    world.breakAll(from: 29, to: 45, "sound/core/x.c: error: no y")
    let gates = world.broken.mapValues { $0.hasPrefix("net") ? ["CONFIG_NET"] : ["CONFIG_SOUND", "CONFIG_SND"] }
    let conclusion = try await bisect(SimulatedLaboratory(world, gates: gates))
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(Set(try record.disabled) == ["CONFIG_NET", "CONFIG_SOUND"])
  }

  @Test func `one commit that does not build is walked around, as long as it is not one of two that are left`()
    async throws
  {
    let aside = world(culprit: 30, broken: 31...31)
    let first = SimulatedLaboratory(aside, gates: gates(aside, net))
    #expect(try await bisect(first).claim == .confirmed)
    #expect(try record.tried.isEmpty)
    let own = try Self()
    let beside = world(culprit: 30, broken: 30...30)
    let second = SimulatedLaboratory(beside, gates: gates(beside, net))
    let conclusion = try await own.bisect(second)
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(try own.record.tried == ["CONFIG_NET"])
  }

  @Test func `a mark holds in every configuration, and can be taken back in every one`() async throws {
    let world = world(culprit: 30, broken: 20...40)
    let laboratory = SimulatedLaboratory(world, gates: gates(world, net))
    let range = laboratory.range(from: 0, to: 63)
    try await bisect(laboratory)
    try Ledger(in: folder).append(.marked(commit: SimulatedLaboratory.id(30), as: .good))
    #expect(try await bisect(laboratory).commits.map(\.subject) == ["commit 31"])
    try Ledger(in: folder).append(.disabled([]))
    #expect(try record.marks == [range.commits[29].id: .good])
    #expect(try !record.examined.isEmpty)
    // A change of the configuration goes with the examination before it, and in the end the mark goes.
    let count = try Record(Ledger.entries(in: folder), disabling: ["CONFIG_NET"]).examined.count
    try Ledger(in: folder).append(.undone)
    #expect(try record.disabled == ["CONFIG_NET"])
    #expect(try record.examined.count == count - 1)
    for _ in 0..<count { try Ledger(in: folder).append(.undone) }
    #expect(try record.marks.isEmpty)
  }

  @Test(arguments: 0..<15)
  func `killed after any step and resumed, it ends with the same culprit and repeats nothing`(_ life: Int) async throws
  {
    let world = world(culprit: 30, broken: 20...40)
    let needed = ["CONFIG_SOUND": Seen.fine]
    let gates = gates(world, ["CONFIG_SOUND"] + net)
    let whole = SimulatedLaboratory(world, gates: gates, needed: needed)
    try await bisect(whole, in: scratch.url.appending(path: "whole"))
    let mortal = SimulatedLaboratory(world, lifetime: life, gates: gates, needed: needed)
    await #expect(throws: (any Error).self) { try await bisect(mortal) }
    let heir = SimulatedLaboratory(world, gates: gates, needed: needed)
    let conclusion = try await bisect(heir)
    #expect(conclusion.commits.map(\.subject) == ["commit 30"])
    #expect(conclusion.claim == .confirmed)
    let work = mortal.examined + heir.examined
    #expect(Set(work) == Set(whole.examined))
    // The proof's clean builds are the only ones that are made of a commit that was built before. (The heir's first is clean.)
    #expect(work.count <= whole.examined.count)
  }

  @Test func `over three hundred rows it never names another commit`() async throws {
    var random = Seeded(23)
    for round in 0..<300 {
      let count = Int.random(in: 3...90, using: &random)
      var world = SimulatedHistory(history: History(row: count), culprit: Int.random(in: 1..<count, using: &random))
      var gates: [Int: [String]] = [:]
      for stretch in 0..<Int.random(in: 1...3, using: &random) {
        let ends = [Int.random(in: 1..<count, using: &random), Int.random(in: 1..<count, using: &random)].sorted()
        let all = ["CONFIG_A", "CONFIG_B", "CONFIG_C"].shuffled(using: &random)
        world.breakAll(from: ends[0], to: ends[1], "x\(stretch).c: error")
        for number in ends[0]...ends[1] where world.broken[number] != nil {
          gates[number] = Array(all.prefix(Int.random(in: 0...2, using: &random)))
        }
      }
      let needed = Bool.random(using: &random) ? ["CONFIG_B": Seen.fine] : [:]
      let laboratory = SimulatedLaboratory(world, gates: gates, needed: needed)
      let conclusion = try await bisect(laboratory, in: scratch.url.appending(path: "\(round)"))
      #expect(conclusion.commits.contains { $0.subject == "commit \(world.culprit)" }, "round \(round): \(conclusion)")
      #expect(conclusion.claim == .range || conclusion.commits.count == 1)
      #expect(conclusion.claim != .inconclusive)
    }
  }
}
