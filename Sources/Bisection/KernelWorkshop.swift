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
  private let store: ImageStore
  private let logs: URL
  private let report: @Sendable (Progress) -> Void
  private let laidOut = Mutex<CommitID?>(nil)

  /// What it is at, for a person who waits.
  public enum Progress: Sendable {
    case checkingOut
    case building(BuildProgress)
    case booting
    case note(String)
  }

  /// What came of a commit.
  public struct Product: Sendable {
    /// Id of the tree that was built.
    public let tree: String
    /// The kernel, or why there is none.
    public let build: StoredBuild
    /// How long building took; nil when the store had it.
    public let seconds: Double?
    /// Whether the build began with nothing but the source.
    public let isClean: Bool
  }

  /// Slots that may be held at once of one tree.
  static let slots = 4

  /// Takes a free slot of the tree. `logs` is the folder that gets the log of each build that fails.
  public init(
    _ tree: KernelTree, builder: KernelBuilder, store: ImageStore, logs: URL, places: Places,
    report: @escaping @Sendable (Progress) -> Void
  ) async throws {
    self.tree = tree
    self.builder = builder
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

  /// The kernel of a commit.
  public func make(_ commit: Commit, isClean: Bool = false) async throws -> Product {
    try await make(commit.tree, commit, isClean) { [slot] in try await slot.checkOut(commit.id) }
  }

  /// The kernel of a commit without what another one brought; nil when that does not come off cleanly.
  public func make(_ tip: Commit, without culprit: Commit) async throws -> Product? {
    report(.checkingOut)
    guard let reverted = try await slot.checkOutReverted(culprit.id, on: tip.id) else { return nil }
    return try await make(reverted, tip, false) {}
  }

  /// The kernel of a commit with what another one changed on top of it; nil when the two do not go together.
  public func make(_ commit: Commit, with fix: Commit) async throws -> Product? {
    report(.checkingOut)
    guard let mended = try await slot.checkOut(commit.id, with: fix.id) else { return nil }
    return try await make(mended, commit, false) {}
  }

  /// The kernel of a commit with another configuration than that of the workshop; a build that is not clean goes on from
  /// the objects of whatever configuration was built last.
  public func make(_ commit: Commit, isClean: Bool, as recipe: BuildRecipe) async throws -> Product {
    try await make(commit.tree, commit, isClean, with: builder.with(recipe)) { try await layOut(commit) }
  }

  /// The configuration that a recipe comes to on a commit.
  public func configure(_ commit: Commit, as recipe: BuildRecipe) async throws -> ConfigureOutcome {
    report(.checkingOut)
    try await layOut(commit)
    report(.building(BuildProgress(phase: .configure, filesDone: 0, filesExpected: nil, current: "")))
    return try await builder.with(recipe).configure(
      source: slot.source, objects: slot.objects.deletingLastPathComponent().appending(path: "configurations"),
      log: logs.appending(path: "\(commit.id.short).configure.log"))
  }

  /// Where the source that was laid out last declares a symbol; see ``KernelBuild/KconfigPlace``.
  public func place(of symbol: String) async -> String? { try? await KconfigPlace.find(symbol, in: slot.source) }

  /// Lays a commit out unless it is there: many configurations of one commit need one checkout.
  private func layOut(_ commit: Commit) async throws {
    if laidOut.withLock({ $0 }) == commit.id { return }
    try await slot.checkOut(commit.id)
    laidOut.withLock { $0 = commit.id }
  }

  private func make(
    _ tree: String, _ commit: Commit, _ isClean: Bool, with other: KernelBuilder? = nil,
    checkOut: () async throws -> Void
  ) async throws -> Product {
    let builder = other ?? builder
    if other == nil { laidOut.withLock { $0 = nil } }
    func key(_ isClean: Bool) -> BuildKey {
      BuildKey(tree: tree, recipe: builder.recipe.digest, toolChain: builder.toolChain.digest, isClean: isClean)
    }
    // A clean build will do wherever another would.
    for clean in isClean ? [true] : [true, false] {
      if let known = try store.build(key(clean)) {
        return Product(tree: tree, build: known, seconds: nil, isClean: clean)
      }
    }
    report(.checkingOut)
    try await checkOut()
    let log = logs.appending(path: "\(commit.id.short)\(isClean ? "-clean" : "").build.log")
    let start = ContinuousClock.now
    let outcome = try await builder.build(source: slot.source, objects: slot.objects, log: log, isClean: isClean) {
      [report] in report(.building($0))
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    switch outcome {
    case .built(let kernel):
      for note in kernel.notes { report(.note(note)) }
      let kept = try store.add(
        key(kernel.isClean), commit: commit.id.hex, image: kernel.image, config: kernel.config, log: log,
        inputs: kernel.inputs, identity: kernel.identity, buildID: kernel.build, seconds: seconds)
      try? FileManager.default.removeItem(at: log)
      return Product(tree: tree, build: .built(kept), seconds: seconds, isClean: kernel.isClean)
    case .failed(let failure):
      try store.add(key(isClean), commit: commit.id.hex, failure: failure, seconds: seconds)
      return Product(tree: tree, build: .failed(failure), seconds: seconds, isClean: isClean)
    }
  }
}
