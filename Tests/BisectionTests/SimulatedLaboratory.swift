import Bisection
import Foundation
import HostSystem
import KernelTree
import Synchronization
import TestSupport

/// A laboratory for which a history is the world: it knows the truth, counts what it builds, and can be made to
/// lie as incremental builds do, or to die.
final class SimulatedLaboratory: Laboratory {
  /// Commits of the world, by number.
  let world: SimulatedHistory
  /// What an unclean build says instead of the truth; that of a revert by the number ``reverting``.
  let lies: [Int: Seen]
  /// What even a clean build says: a world that is not of one change alone.
  let cleanLies: [Int: Seen]
  /// What is seen of a revert; nil when it does not apply.
  let reverted: Seen?
  /// What is seen of a revert where nothing is left out.
  let revertedWhole: Seen?
  /// Symbols that do not help, whatever the makefiles say.
  let useless: Set<String>
  /// What examining fails with where a symbol is off.
  let failing: Failure?
  /// What numbers show that are built with all symbols, where that is another thing.
  let whole: [Int: Seen]
  /// What only the first run of a number's kernel shows.
  let atFirst: [Int: Seen]
  /// Runs of a number's kernel that cannot tell, the first being run 0; those of a revert by the number ``reverting``.
  let silent: [Int: Set<Int>]
  /// What those show.
  let silence: Seen
  static let reverting = -1
  /// Numbers that share the kernel of another commit.
  let twins: [Int: Int]
  /// Numbers that are said to be as a parent, by what they change.
  let still: [Int: Int]
  /// What a number is built with; told where it is known.
  let tools: @Sendable (Int) -> Tools?
  /// How often a bad and a good kernel fail, where that is only sometimes.
  let rates: (bad: Double, good: Double)?
  /// What a bad kernel shows, one of these in each run, where that is not always the same.
  let forms: [Seen]
  /// Symbols that bring in what a broken number does not build for, the widest first.
  let gates: [Int: [String]]
  /// What the ends show without a symbol, where it is not what they show with it.
  let needed: [String: Seen]
  /// How it fails without a symbol, where that is another failure.
  let otherwise: [String: Seen]
  /// Symbols that its kernels do without.
  private let disabled: Set<String>
  let workers = 2
  /// Shared with the laboratories for kernels without some symbols.
  private let shared: Shared

  private final class Shared: Sendable {
    let state: Mutex<State>
    init(_ state: State) { self.state = Mutex(state) }
  }

  private struct State {
    var examined: [Sample] = []
    var cleanly: Set<Sample> = []
    var lifetime: Int
    var runs = 0
    var random: Seeded
  }

  /// Ends a simulated process in the middle of its work.
  struct Killed: Error {}

  init(
    _ world: SimulatedHistory, lies: [Int: Seen] = [:], cleanLies: [Int: Seen] = [:], reverted: Seen? = .fine,
    twins: [Int: Int] = [:], still: [Int: Int] = [:], tools: @escaping @Sendable (Int) -> Tools? = { _ in nil },
    lifetime: Int = .max, rates: (bad: Double, good: Double)? = nil, seed: Int = 1, gates: [Int: [String]] = [:],
    needed: [String: Seen] = [:], otherwise: [String: Seen] = [:], useless: Set<String> = [],
    revertedWhole: Seen? = .fine, whole: [Int: Seen] = [:], failing: Failure? = nil,
    atFirst: [Int: Seen] = [:], forms: [Seen] = [], silent: [Int: Set<Int>] = [:],
    silence: Seen = .unready
  ) {
    (self.atFirst, self.forms) = (atFirst, forms)
    (self.silent, self.silence) = (silent, silence)
    self.failing = failing
    self.useless = useless
    self.revertedWhole = revertedWhole
    self.whole = whole
    self.otherwise = otherwise
    self.gates = gates
    self.needed = needed
    disabled = []
    self.world = world
    self.lies = lies
    self.cleanLies = cleanLies
    self.reverted = reverted
    self.twins = twins
    self.still = still
    self.tools = tools
    self.rates = rates
    shared = Shared(State(lifetime: lifetime, random: Seeded(seed)))
  }

  /// All that was examined, in order.
  var examined: [Sample] { shared.state.withLock { $0.examined } }

  /// How many further runs there were.
  var runs: Int { shared.state.withLock { $0.runs } }

  func run(_ sample: Sample, _ examination: Examination, _ numbers: Range<Int>) async throws -> [Run] {
    try numbers.map { number in
      try shared.state.withLock { state throws(Killed) in
        if rates != nil, state.lifetime == 0 { throw Killed() }
        if rates != nil { state.lifetime -= 1 }
        state.runs += 1
      }
      if isSilent(sample, number) { return Run(seen: silence, milliseconds: 2000) }
      return Run(seen: noisy(truth(sample, examination.isClean)), milliseconds: 2000)
    }
  }

  private func isSilent(_ sample: Sample, _ run: Int) -> Bool {
    var number = Self.reverting
    if case .commit(let commit) = sample { number = Int(commit.id.hex, radix: 16) ?? 0 }
    return silent[number]?.contains(run) == true
  }

  /// Only the first commit after a stretch mends it.
  private func isHealing(_ fix: Commit) -> Bool {
    let number = Int(fix.id.hex, radix: 16) ?? 0
    return world.broken[number] == nil && world.history.parents[number].contains { world.broken[$0] != nil }
  }

  /// What one run shows of a kernel of this kind.
  private func noisy(_ seen: Seen) -> Seen {
    guard let rates, seen.word != "untestable" else { return seen == .failing ? formed(seen) : seen }
    let rate = seen == .failing ? rates.bad : rates.good
    let fails = shared.state.withLock { Double.random(in: 0..<1, using: &$0.random) < rate }
    return fails ? formed(.failing) : .fine
  }

  private func formed(_ seen: Seen) -> Seen {
    shared.state.withLock { forms.randomElement(using: &$0.random) } ?? seen
  }

  private func truth(_ sample: Sample, _ isClean: Bool) -> Seen {
    if case .healed(let commit, _) = sample {
      return world.isAncestor(world.culprit, of: Int(commit.id.hex, radix: 16) ?? 0) ? .failing : .fine
    }
    guard case .commit(let commit) = sample else { return reverted ?? .fine }
    let number = Int(commit.id.hex, radix: 16) ?? 0
    if !isClean, let lie = lies[number] { return lie }
    return truth(number)
  }

  func commit(_ id: CommitID) -> Commit { Self.commit(Int(id.hex, radix: 16) ?? 0, world.history) }

  func gates(ofFailed examination: Examination, at commit: Commit) async throws -> [String] {
    gates[Int(commit.id.hex, radix: 16) ?? 0] ?? []
  }

  func disabling(_ symbols: [String]) -> SimulatedLaboratory {
    SimulatedLaboratory(self, disabling: symbols)
  }

  private init(_ other: SimulatedLaboratory, disabling symbols: [String]) {
    (world, lies, cleanLies, reverted) = (other.world, other.lies, other.cleanLies, other.reverted)
    (twins, still, tools, rates) = (other.twins, other.still, other.tools, other.rates)
    (useless, revertedWhole, whole, failing) = (other.useless, other.revertedWhole, other.whole, other.failing)
    (gates, needed, otherwise, shared) = (other.gates, other.needed, other.otherwise, other.shared)
    (disabled, atFirst, forms, silent) = (Set(symbols), other.atFirst, other.forms, other.silent)
    silence = other.silence
  }

  func reach(in range: CommitRange, ends: [Examination]) -> Reach? {
    still.isEmpty
      ? nil
      : Reach(
        twins: still.sorted { $0.key < $1.key }.map { Reach.Twin(Self.id($0.key), as: Self.id($0.value)) })
  }

  func examine(_ sample: Sample, isClean: Bool) async throws -> Examination? {
    if let failing, !disabled.isEmpty { throw failing }
    let isFirst = try shared.state.withLock { state throws(Killed) in
      if state.lifetime == 0 { throw Killed() }
      state.lifetime -= 1
      state.examined.append(sample)
      return state.examined.count == 1
    }
    // As in life: the first build finds an empty folder.
    let isClean = isClean || isFirst
    switch sample {
    case .healed(let commit, let fix):
      guard isHealing(fix) else { return nil }
      let number = Int(commit.id.hex, radix: 16) ?? 0
      let isBad = world.isAncestor(world.culprit, of: number) || fix.id == Self.id(world.culprit)
      let seen: Seen = isBad ? .failing : .fine
      return examination(of: 2_000_000 + number, noisy(seen), isClean)
    case .reverted:
      if !isClean, let lie = lies[Self.reverting] { return examination(of: 1_000_000, lie, false, stale: "stale ") }
      return reverted.map { examination(of: 1_000_000, isSilent(sample, 0) ? silence : noisy($0), true) }
    case .revertedWhole: return revertedWhole.map { examination(of: 1_000_001, $0, true) }
    case .commit(let commit):
      let number = Int(commit.id.hex, radix: 16) ?? 0
      if let first = atFirst[number] { return examination(of: number, first, isClean) }
      if isClean, isSilent(sample, 0) { return examination(of: number, silence, isClean) }
      // A kernel that shows something else is another kernel.
      if !isClean, let lie = lies[number] { return examination(of: number, noisy(lie), false, stale: "stale ") }
      return examination(of: number, noisy(truth(number)), isClean)
    }
  }

  private func truth(_ number: Int) -> Seen {
    if let lie = cleanLies[number] { return lie }
    if let seen = disabled.lazy.compactMap({ self.needed[$0] }).first { return seen }
    if disabled.isEmpty, let seen = whole[number] { return seen }
    if isBroken(number), let why = world.broken[number] { return .broken(why) }
    guard world.isAncestor(world.culprit, of: number) else { return .fine }
    return disabled.lazy.compactMap { self.otherwise[$0] }.first ?? .failing
  }

  /// Whether a number gives no kernel in what its kernels are made of here.
  private func isBroken(_ number: Int) -> Bool {
    world.broken[number] != nil && disabled.subtracting(useless).isDisjoint(with: gates[number] ?? [])
  }

  private func examination(of number: Int, _ seen: Seen, _ isClean: Bool, stale: String = "") -> Examination {
    let kernel = twins[number] ?? number
    return Examination(
      tree: "t\(number)", identity: isBroken(number) || seen.phase == .build ? nil : "\(stale)k\(kernel)",
      image: "/k\(kernel)", seen: seen,
      buildSeconds: 60, bootMilliseconds: 2000, isClean: isClean, tools: tools(number))
  }

  static func id(_ number: Int) -> CommitID {
    let digits = String(number, radix: 16)
    return CommitID(String(repeating: "0", count: 40 - digits.count) + digits)
  }

  static func commit(_ number: Int, _ history: History) -> Commit {
    Commit(id: id(number), parents: history.parents[number].map(id), tree: "t\(number)", subject: "commit \(number)")
  }

  /// The range from one commit of the world to another.
  func range(from old: Int, to new: Int, findsFix: Bool = false, mergeBases: [Int] = []) -> CommitRange {
    let commits = (0..<world.history.count).filter { world.isAncestor($0, of: new) && !world.isAncestor($0, of: old) }
    let (oldCommit, newCommit) = (commit(Self.id(old)), commit(Self.id(new)))
    return CommitRange(
      good: findsFix ? newCommit : oldCommit, bad: findsFix ? oldCommit : newCommit,
      mergeBases: mergeBases.map { commit(Self.id($0)) }, commits: commits.map { commit(Self.id($0)) },
      findsFix: findsFix)
  }
}

extension SimulatedLaboratory {
  /// A session in this folder, begun or gone on with, over the whole row where no range is named.
  func bisect(
    _ range: CommitRange? = nil, in folder: URL, any: Bool = false, question: Question? = nil, isFlaky: Bool? = nil,
    report: @escaping @Sendable (CommitBisection.Event) -> Void = { _ in }
  ) async throws -> Conclusion {
    let range = range ?? self.range(from: 0, to: world.history.count - 1)
    let ledger = try Ledger.begun(range, in: folder, question ?? .failure(any: any), isFlaky: isFlaky)
    return try await CommitBisection(range, ledger: ledger, laboratory: self, report: report).run()
  }
}

extension Ledger {
  /// That of a session over this range, in which nothing has been seen yet, or what one left in this folder.
  static func begun(
    _ range: CommitRange, in folder: URL, _ question: Question, isFlaky: Bool? = nil
  ) throws -> Ledger {
    let ledger = try Ledger(in: folder)
    if ledger.entries.isEmpty {
      try ledger.append(
        .opened(
          LedgerEntry.Opening(
            tree: "/tree", goodName: "good", good: range.good.id, badName: "bad", bad: range.bad.id,
            question: question, arguments: [], digests: [:], isFlaky: isFlaky)))
    }
    return ledger
  }
}
