public import Foundation
public import HostSystem
import Synchronization

extension KernelTree {
  /// Takes the slot of this number, from 0, for as long as the result lives. It is made when it is not there; its source
  /// is what the last ``TreeSlot/checkOut(_:)`` left, or empty.
  ///
  /// Throws a ``Failure`` when somebody else holds it, in this process or another.
  public func slot(_ number: Int, in places: Places) async throws -> TreeSlot {
    guard number >= 0 else { throw Failure(.usage, "there is no slot \(number)", remedy: "slots count from 0") }
    let folder = slotFolder(number, in: places)
    try Places.make(folder.url)
    let lock = try TreeSlot.take(folder)
    let note = folder.url.deletingLastPathComponent().appending(path: SlotFolder.note)
    try Places.write(Data("\(commonFolder.path)\n".utf8), to: note)
    let slot = try TreeSlot(number, of: self, folder, lock)
    try await slot.prepare()
    return slot
  }

  /// Where the slot of this number lies, whether or not it is there.
  public func slotFolder(_ number: Int, in places: Places) -> SlotFolder {
    SlotFolder(number, of: commonFolder, in: places)
  }
}

/// A worktree of our own in the cache, at a path that stays the same, so that a compiler's cache and an incremental
/// build find what they know. Held, and locked, for as long as this lives.
public final class TreeSlot: Sendable {
  /// Counts from 0.
  public let number: Int
  /// The worktree. It holds no .git, so that no version with a `+` or a `-dirty` comes out of a build.
  public let source: URL
  /// For make's O=. Made empty, and left alone after that.
  public let objects: URL

  let tree: KernelTree
  private let lock: Mutex<FileLock>
  let repository: SlotRepository
  private let isBusy = Mutex(false)

  init(_ number: Int, of tree: KernelTree, _ folder: SlotFolder, _ lock: FileLock) throws(Failure) {
    self.number = number
    self.tree = tree
    self.lock = Mutex(lock)
    source = folder.source
    objects = folder.objects
    repository = try SlotRepository(in: folder, for: tree)
  }

  /// Lays out exactly this commit's tree, and proves it.
  ///
  /// Files whose content and mode are right already stay as they are, with their times, even when an earlier checkout
  /// was killed or nothing is known of them; stray files, ignored ones too, are removed.
  public func checkOut(_ id: CommitID) async throws {
    let tree = try await tree.treeID(of: id)
    try await alone { try await self.insisting { try await self.write(tree, id.short) } }
  }

  /// Lays out `tip` without what `culprit` changed (a merge: without what it brought to its first parent), as
  /// git-revert(1) would, and gives the id of that tree. It is an object of the slot and of no other repository. When
  /// the change is in `tip` no more, that is the tree of `tip`.
  ///
  /// Nil when the two do not go together; then the slot is as it was.
  public func checkOutReverted(_ culprit: CommitID, on tip: CommitID) async throws -> String? {
    let commit = try await tree.commit(culprit)
    let tipTree = try await tree.treeID(of: tip)
    var before: String?
    if let parent = commit.parents.first { before = try await tree.treeID(of: parent) }
    let parentTree = before
    return try await alone {
      try await self.insisting {
        guard let reverted = try await self.revert(commit.tree, to: parentTree, in: tipTree) else { return nil }
        try await self.write(reverted, "\(tip.short) without \(culprit.short)")
        return reverted
      }
    }
  }

  /// Lays out a commit with what another one changed (a merge: what it brought to its first parent) on top of it, as
  /// git-cherry-pick(1) would, and gives the id of that tree.
  ///
  /// Nil when the two do not go together; then the slot is as it was.
  public func checkOut(_ id: CommitID, with fix: CommitID) async throws -> String? {
    guard let parent = try await tree.commit(fix).parents.first else { return nil }
    let (before, after) = (try await tree.treeID(of: parent), try await tree.treeID(of: fix))
    let own = try await tree.treeID(of: id)
    return try await alone {
      try await self.insisting {
        // To take the way from the parent to the fix is to revert the way back.
        guard let mended = try await self.revert(before, to: after, in: own) else { return nil }
        try await self.write(mended, "\(id.short) with \(fix.short)")
        return mended
      }
    }
  }

  static func take(_ folder: SlotFolder) throws(Failure) -> FileLock {
    guard let lock = try FileLock(folder.lock) else {
      throw Failure(
        .inUse,
        "slot \(folder.url.lastPathComponent) of \(folder.repositoryPath ?? folder.url.path) is held by another run",
        remedy: "wait for that to end, or use another slot")
    }
    return lock
  }

  /// Makes the folders, and takes a slot again whose folder was removed by hand while it was held. After a reboot
  /// nothing is believed of the worktree: a crash of the host can leave files without their content, whose times are
  /// right.
  func prepare() async throws {
    try Places.make(repository.folder.url)
    let file = repository.folder.lock
    try lock.withLock { lock in
      if !lock.holds(file) { lock = try Self.take(repository.folder) }
    }
    try await repository.prepare()
    let identity = URL(filePath: "/proc/sys/kernel/random/boot_id")
    let boot = (try? String(contentsOf: identity, encoding: .utf8)) ?? "unknown"
    if (try? String(contentsOf: repository.folder.boot, encoding: .utf8)) != boot {
      repository.forget()
      try Places.write(Data(boot.utf8), to: repository.folder.boot)
    }
  }

  func alone<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    let wasBusy = isBusy.withLock { isBusy in
      defer { isBusy = true }
      return isBusy
    }
    guard !wasBusy else {
      throw Failure(.usage, "slot \(number) is in the middle of another checkout", remedy: "use one slot for each task")
    }
    defer { isBusy.withLock { $0 = false } }
    return try await work()
  }

  /// Does the work, and once more without our own repository when it fails, whatever is damaged in that.
  func insisting<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    try await prepare()
    do {
      return try await work()
    } catch let failure as Failure {
      try Task.checkCancellation()
      repository.discard()
      try await prepare()
      do { return try await work() } catch is Failure { throw explained(failure) }
    }
  }

  private func explained(_ failure: Failure) -> Failure {
    guard tree.isPartial else { return failure }
    return Failure(
      failure.kind, "\(failure.message), and \(tree.top.path) is a partial clone",
      remedy: "fetch what it lacks: git -C '\(tree.top.path)' fetch --refetch --no-filter")
  }
}
