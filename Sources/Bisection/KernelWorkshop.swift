public import Foundation
public import HostSystem
public import ImageStore
public import KernelBuild
public import KernelTree
import Synchronization

/// Makes kernels of commits: git lays the source out, make builds it, the store keeps it. What the store knows is
/// not built again.
public final class KernelWorkshop: Sendable {
  let tree: KernelTree
  private let slot: TreeSlot
  private let builder: KernelBuilder
  private let compilers: Compilers
  private let fixUps: FixUpSet
  private let store: ImageStore
  private let logs: URL
  /// Nobody proves afterwards what a kernel shows.
  private let isFinal: Bool
  private let report: @Sendable (Progress) -> Void
  /// The tree that the slot's worktree holds; nil when nobody knows.
  private let laidOut = Mutex<String?>(nil)

  /// Slots that may be held at once of one tree.
  static let slots = 4

  /// Takes a free slot of the tree. `compilers` decides for each commit; without it the builder's own tool chain makes
  /// all. `logs` is the folder that gets the log of each build that fails. Where nobody proves afterwards what a kernel shows
  /// (`isFinal`), nothing is taken that may have something of another commit in it.
  public init(
    _ tree: KernelTree, builder: KernelBuilder, compilers: Compilers? = nil, fixUps: FixUpSet = .verified,
    store: ImageStore, logs: URL, places: Places, isFinal: Bool = false,
    report: @escaping @Sendable (Progress) -> Void
  ) async throws {
    self.tree = tree
    self.isFinal = isFinal
    self.builder = builder
    self.compilers = compilers ?? Compilers(builder.toolChain)
    self.fixUps = fixUps
    self.store = store
    self.logs = logs
    self.report = report
    slot = try await Self.freeSlot(of: tree, in: places)
    try Places.make(logs)
  }

  private static func freeSlot(of tree: KernelTree, in places: Places) async throws -> TreeSlot {
    for number in 0..<slots - 1 {
      do { return try await tree.slot(number, in: places) } catch let failure as Failure {
        guard failure.kind == .inUse else { throw failure }
      }
    }
    return try await tree.slot(slots - 1, in: places)
  }

  /// What is to be known of a commit.
  public func commit(_ id: CommitID) async throws -> Commit { try await tree.commit(id) }

  /// How kernels are configured of which nothing else is said.
  public var recipe: BuildRecipe { builder.recipe }

  /// What stands between a source of a tree and the kernel, and can be switched off; see ``KernelBuild/Gates``.
  public func gates(of source: String, in tree: String) async throws -> [String] {
    var symbols: [String] = []
    // To try the ends without what nobody can switch off would cost the objects that are there.
    for symbol in try await Gates.symbols(of: source, content: { try await slot.content(of: $0, in: tree) })
    where try await KconfigPlace.canBeSet(symbol, in: slot.source) { symbols.append(symbol) }
    return symbols
  }

  /// The kernel of a commit.
  public func make(_ commit: Commit, isClean: Bool = false, disabling symbols: [String] = []) async throws -> Product {
    try await make(commit.tree, commit, isClean, recipe.disabling(symbols))
  }

  /// The kernel of a commit without what another one brought; nil when that does not come off cleanly.
  public func make(
    _ tip: Commit, without culprit: Commit, isClean: Bool = false, disabling symbols: [String] = []
  ) async throws -> Product? {
    report(.checkingOut)
    forgetLayout()
    guard let reverted = try await slot.checkOutReverted(culprit.id, on: tip.id) else { return nil }
    return try await make(reverted, tip, isClean, recipe.disabling(symbols))
  }

  /// The kernel of a commit with what another one changed on top of it; nil when the two do not go together.
  public func make(_ commit: Commit, with fix: Commit, disabling symbols: [String] = []) async throws -> Product? {
    report(.checkingOut)
    forgetLayout()
    guard let mended = try await slot.checkOut(commit.id, with: fix.id) else { return nil }
    return try await make(mended, commit, false, recipe.disabling(symbols))
  }

  /// The kernel of a commit with another configuration than that of the workshop; a build that is not clean goes on from
  /// the objects of whatever configuration was built last.
  public func make(_ commit: Commit, isClean: Bool, as recipe: BuildRecipe) async throws -> Product {
    try await make(commit.tree, commit, isClean, recipe, isKnown: true)
  }

  /// The configuration that a recipe comes to on a commit, with the fix-ups that the kernel would get.
  public func configure(_ commit: Commit, as recipe: BuildRecipe) async throws -> ConfigureOutcome {
    var wants = try await wants(of: commit.tree, commit)
    while true {
      let outcome = try await attempt(commit, recipe, wants)
      guard case .failed(let failure) = outcome, try await wants.add(after: failure, from: fixUps, report) else {
        return outcome
      }
    }
  }

  /// Where the source that was laid out last declares a symbol; see ``KernelBuild/KconfigPlace``.
  public func place(of symbol: String) async -> String? { try? await KconfigPlace.find(symbol, in: slot.source) }

  /// The kernel of a tree with the fix-ups that it needs: those that are known to be needed, and then, as long as it
  /// does not build and something is known against that, one more.
  private func make(
    _ tree: String, _ commit: Commit, _ isClean: Bool, _ recipe: BuildRecipe, isKnown: Bool = false
  ) async throws -> Product {
    var wants = try await wants(of: tree, commit)
    while true {
      var product = try await attempt(commit, isClean, recipe, wants, isKnown)
      guard case .failed(let failure) = product.build else { return product }
      guard try await wants.add(after: failure, from: fixUps, report) else {
        product.hints = try await fixUps.hints(for: failure, wants.facts, wants.toolChain.versions)
        return product
      }
    }
  }

  /// The tool chain of a commit, and the fix-ups that are known to be needed.
  private func wants(of tree: String, _ commit: Commit) async throws -> Wants {
    let toolChain = try await compilers.toolChain(for: commit.id, in: self.tree)
    let facts = CommitFacts(self.tree, slot, of: tree, at: commit.id)
    var ahead = try await fixUps.ahead(facts, toolChain.versions)
    for row in ahead where row.isWish {
      if case .missing(let why) = try await FixedTree.make(of: tree, with: [row], in: slot, self.tree, compiler: nil) {
        report(.note(why))
        ahead.removeAll { $0 == row }
      }
    }
    return Wants(tree: tree, toolChain: toolChain, facts: facts, fixUps: ahead)
  }

  /// The tree with what its fix-ups change in it.
  private func fixed(_ wants: Wants) async throws -> FixedTree.Result {
    let versions = wants.toolChain.versions
    return try await FixedTree.make(
      of: wants.tree, with: wants.fixUps, in: slot, tree, compiler: versions[.gcc] ?? versions[.clang])
  }

  /// Lays a tree out. Many configurations of one commit need one checkout: there `isKnown` takes the slot's word for what
  /// the last one left. Elsewhere it is compared, whatever the last step left there, and however it ended.
  private func layOut(_ tree: String, _ commit: Commit, isKnown: Bool = false) async throws {
    if isKnown, laidOut.withLock({ $0 }) == tree { return }
    forgetLayout()
    try await slot.checkOut(tree: tree, called: commit.id.short)
    laidOut.withLock { $0 = tree }
  }

  /// Until the next checkout ends, nothing is known of the worktree.
  private func forgetLayout() { laidOut.withLock { $0 = nil } }

  /// One configuration with these fix-ups.
  private func attempt(_ commit: Commit, _ recipe: BuildRecipe, _ wants: Wants) async throws -> ConfigureOutcome {
    let tree: String
    switch try await fixed(wants) {
    case .tree(let fixed): tree = fixed.id
    case .missing(let why): return .failed(BuildFailure(phase: .configure, signature: why, lines: []))
    }
    report(.checkingOut)
    try await layOut(tree, commit, isKnown: true)
    report(.building(BuildProgress(phase: .configure, filesDone: 0, filesExpected: nil, current: "")))
    let outcome = try await builder.with(recipe).with(wants.toolChain).configure(
      source: slot.source, objects: slot.objects.deletingLastPathComponent().appending(path: "configurations"),
      log: logs.appending(path: "\(commit.id.short).configure.log"), fixUps: wants.fixUps)
    if tree != wants.tree { try await layOut(wants.tree, commit) }
    return outcome
  }

  private func sourceTree(_ tree: String) -> SourceTree {
    SourceTree(
      tree, isFinal: isFinal,
      names: { [slot] in
        let files = try await slot.files(in: tree).map { IncludeNames.File(mode: $0.mode, id: $0.id, path: $0.path) }
        let lines = try await slot.makefileLines(in: tree, matching: IncludeNames.makefileLines)
        return IncludeNames(files: files, makefileLines: lines)
      },
      changes: { [slot] old in
        try await slot.changes(in: tree, since: old).map { SourceTree.Changes(new: $0.new, all: $0.all) }
      })
  }

  /// One build with these fix-ups, or what the store has of it.
  private func attempt(
    _ commit: Commit, _ isClean: Bool, _ recipe: BuildRecipe, _ wants: Wants, _ isKnown: Bool
  ) async throws -> Product {
    let (toolChain, fixUps) = (wants.toolChain, wants.fixUps)
    let builder = builder.with(recipe).with(toolChain)
    let tools = Tools(compiler: toolChain.compilerVersion, toolChain: toolChain.digest, fixUps: fixUps.map(\.name))
    let tree: String
    switch try await fixed(wants) {
    case .tree(let fixed): tree = fixed.id
    case .missing(let why):
      // Without it the kernel is not what it is taken for. Not kept: a fetch may bring what is missing.
      let failure = BuildFailure(phase: .configure, signature: why, lines: [])
      return Product(tree: wants.tree, build: .failed(failure), seconds: nil, isClean: isClean, tools: tools)
    }
    func key(_ isClean: Bool) -> BuildKey {
      BuildKey(
        tree: tree, recipe: builder.recipe.digest, toolChain: toolChain.digest, isClean: isClean,
        fixUps: FixUp.key(of: fixUps))
    }
    // A clean build will do wherever another would.
    func known() async throws -> Product? {
      for clean in isClean || isFinal ? [true] : [true, false] {
        guard let known = try store.build(key(clean)) else { continue }
        // What the host may have been the reason of is tried again, unless all that follows of it is a fix-up.
        if case .failed(let failure) = known, !failure.isOfCode,
          try await self.fixUps.next(after: failure, applied: fixUps, wants.facts, toolChain.versions) == nil
        {
          continue
        }
        return Product(tree: tree, build: known, seconds: nil, isClean: clean, tools: tools)
      }
      return nil
    }
    if let known = try await known() { return known }
    let claim = try await store.claim(key(isClean)) {
      report(.note("another firstbad makes the kernel of \(commit.quoted); waiting for it"))
    }
    defer { withExtendedLifetime(claim) {} }
    // Whoever had it may have made it.
    if let known = try await known() { return known }
    try await toolChain.requireUnchanged()
    report(.checkingOut)
    try await layOut(tree, commit, isKnown: isKnown)
    let log = logs.appending(path: "\(commit.id.short)\(isClean ? "-clean" : "").build.log")
    let start = ContinuousClock.now
    let outcome = try await builder.build(
      source: slot.source, tree: sourceTree(tree),
      objects: try slot.objects(for: toolChain.digest), log: log, isClean: isClean, fixUps: fixUps
    ) { [report] in report(.building($0)) }
    let seconds = start.duration(to: .now) / .seconds(1)
    // What was put into the source is no part of the commit, and nobody shall find it there.
    if tree != wants.tree { try await layOut(wants.tree, commit) }
    switch outcome {
    case .built(let kernel):
      for note in kernel.notes { report(.note(note)) }
      let kept = try store.add(
        key(kernel.isClean), commit: commit.id.hex, image: kernel.image, config: kernel.config, log: log,
        inputs: kernel.inputs, identity: kernel.identity, buildID: kernel.build, seconds: seconds)
      try? FileManager.default.removeItem(at: log)
      return Product(
        tree: tree, build: .built(kept), seconds: seconds, isClean: kernel.isClean, tools: tools)
    case .failed(let failure):
      try store.add(key(isClean), commit: commit.id.hex, failure: failure, seconds: seconds)
      return Product(tree: tree, build: .failed(failure), seconds: seconds, isClean: isClean, tools: tools)
    }
  }
}
