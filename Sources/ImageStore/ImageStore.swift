public import Foundation
import GRDB
public import HostSystem
public import Judgement

/// Kernels that were built, kept by content, with what is known of builds that fail and of probes that ran.
///
/// Any number of processes may use one store at once, and any of them may be killed at any moment. All of it can be
/// made again, so what is doubtful is dropped: an image is only believed with its row, its size and its digest.
/// Documentation/ImageStore.md has the layout and the guarantees.
///
/// All functions block, for some ten milliseconds as a rule. They throw `Failure`: `cannotWrite` for a full disk, a
/// read-only store and a lock that does not come free within 30 seconds, `badInput` for an index that is damaged or of
/// a newer version.
public final class ImageStore: Sendable {
  /// How many bytes of objects the store may hold before `add` prunes it.
  public let limit: Int
  /// The damaged index that was set aside when the store was opened; nil as a rule. It is worth a note to the user, as
  /// all kernels will be built anew.
  public var damagedIndex: URL? { index.setAside }
  /// False on a read-only or a full disk; `build`, `verdicts` and `list` work there, too.
  public var isWritable: Bool { index.unwritable == nil }

  let index: StoreIndex
  let objects: Objects
  let now: @Sendable () -> Date

  /// What was used within this time is spared, as a session that is running may be about to boot it; what no row names
  /// is only swept when it is older, as its row may be about to come.
  static let grace: TimeInterval = 3600

  /// The limit without `FIRSTBAD_STORE_LIMIT`: 20 GiB, some two thousand small kernels.
  public static let defaultLimit = 20 << 30

  /// Opens the store in the cache, or makes it.
  public convenience init(in places: Places) throws(Failure) {
    try self.init(in: places, environment: ProcessInfo.processInfo.environment)
  }

  /// The same with another environment, of which `FIRSTBAD_STORE_LIMIT` counts, and another clock.
  public init(
    in places: Places, environment: [String: String], now: @escaping @Sendable () -> Date = { Date.now }
  ) throws(Failure) {
    limit =
      if let text = environment["FIRSTBAD_STORE_LIMIT"], !text.isEmpty {
        try ByteSize(text, from: "FIRSTBAD_STORE_LIMIT").bytes
      } else {
        Self.defaultLimit
      }
    self.now = now
    let folder = places.store
    // A link would lead prune out of the cache.
    var kind = stat()
    guard lstat(folder.path, &kind) != 0 || kind.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(
        .badInput, "\(folder.path) is no folder", remedy: "move it away; XDG_CACHE_HOME moves the whole cache")
    }
    try Places.make(folder)
    objects = try Objects(in: folder, mayMake: access(folder.path, W_OK) == 0)
    index = try StoreIndex(in: folder)
  }

  // MARK: - Builds

  /// What is known of a build, or nil: it has to be made. It counts as used now. An image of which a file is gone or
  /// changed is dropped, and all other builds with it that share that file.
  public func build(_ key: BuildKey) throws(Failure) -> StoredBuild? {
    try touch(key)
    guard let row = try index.read({ try BuildRow.fetch($0, key) }) else { return nil }
    switch row.content {
    case .failed(let failure, let log):
      let isThere = log.map { objects.holds($0.sha256, bytes: $0.bytes) } ?? false
      return .failed(failure.stored(log: isThere ? log.map { objects.url($0.sha256) } : nil))
    case .built(let image, let config):
      let broken = [image.file, config].filter { !objects.holds($0.sha256, bytes: $0.bytes) }
      if broken.isEmpty { return .built(image.stored(in: objects, config: config)) }
      if isWritable { try drop(broken) }
      return nil
    }
  }

  /// Keeps a kernel that was built: copies of image, configuration and log. What has the identity of an image that is
  /// here already shares that image, and its SHA-256 is then that of the image here.
  ///
  /// - Parameters:
  ///   - commit: For people; the key decides.
  ///   - identity: Digest over the sections of vmlinux that get into memory.
  ///   - seconds: What building it took.
  public func add(
    _ key: BuildKey, commit: String, image: URL, config: URL, log: URL, identity: String, seconds: Double
  ) throws(Failure) -> StoredImage {
    try requireWritable()
    let drafts = try objects.drafts(of: [image, config, log])
    defer { objects.discard(drafts) }
    let moment = now()
    let stored = try settled(drafts) { database in
      let file = try shared(database, identity) ?? KeptFile(drafts[0])
      let built = BuiltRow(identity: identity, file: file, seconds: seconds, builtAt: moment)
      if file.sha256 == drafts[0].sha256 { try keep(database, drafts[0]) }
      for draft in drafts[1...] { try keep(database, draft) }
      let row = BuildRow(
        key: key, commit: commit, content: .built(built, config: KeptFile(drafts[1])), log: drafts[2].sha256)
      try row.write(database, at: moment)
      return built.stored(in: objects, config: KeptFile(drafts[1]))
    }
    if try total() > limit { _ = try? prune(to: limit, keep: [identity]) }
    return stored
  }

  /// Keeps that a build fails, with a copy of its log. Where there is an image for the key it stays: that the tree can
  /// be built is proven.
  public func add(
    _ key: BuildKey, commit: String, failure: (phase: Phase, signature: String, lines: [String]), log: URL
  ) throws(Failure) -> StoredFailure {
    try requireWritable()
    let drafts = try objects.drafts(of: [log])
    defer { objects.discard(drafts) }
    let failed = FailedRow(phase: failure.phase, signature: failure.signature, lines: failure.lines)
    return try settled(drafts) { database in
      if case .built = try BuildRow.fetch(database, key)?.content { return failed.stored(log: nil) }
      try keep(database, drafts[0])
      let row = BuildRow(
        key: key, commit: commit, content: .failed(failed, log: KeptFile(drafts[0])), log: drafts[0].sha256)
      try row.write(database, at: now())
      return failed.stored(log: objects.url(drafts[0].sha256))
    }
  }

  /// What the last builds of a recipe took, in seconds, the newest first.
  public func lastSeconds(recipe: String, count: Int = 20) throws(Failure) -> [Double] {
    try index.read { database in
      try Double.fetchAll(
        database,
        sql: "SELECT seconds FROM build WHERE recipe = ? AND image IS NOT NULL ORDER BY built_ms DESC LIMIT ?",
        arguments: [recipe, count])
    }
  }

  /// An estimate of what the next build takes, from the last twenty of that recipe: the longest counts as a full one,
  /// and those that took less than half of it as incremental ones, of which this is the mean.
  public func averageSeconds(recipe: String) throws(Failure) -> (full: Double?, incremental: Double?) {
    let seconds = try lastSeconds(recipe: recipe)
    guard let full = seconds.max() else { return (nil, nil) }
    let incremental = seconds.filter { $0 < full / 2 }
    return (full, incremental.isEmpty ? nil : incremental.reduce(0, +) / Double(incremental.count))
  }

  // MARK: - Parts

  /// Before anything is looked at: once it is used, nobody prunes it. On a full disk it is read all the same.
  private func touch(_ key: BuildKey) throws(Failure) {
    guard isWritable else { return }
    do {
      try index.write { database in
        try database.execute(
          sql: "UPDATE build SET used_ms = ? WHERE tree = ? AND recipe = ? AND tool_chain = ?",
          arguments: [now().milliseconds, key.tree, key.recipe, key.toolChain])
      }
    } catch  where error.kind == .cannotWrite {}
  }

  private func requireWritable() throws(Failure) {
    if let unwritable = index.unwritable { throw unwritable }
  }

  /// One transaction; when it fails, the files that it named are removed again.
  private func settled<Value>(
    _ drafts: [Objects.Draft], _ work: (Database) throws -> Value
  ) throws(Failure) -> Value {
    do {
      return try index.write(work)
    } catch {
      _ = try? removeUnnamed(drafts.map(\.sha256))
      throw error
    }
  }

  private func keep(_ database: Database, _ draft: Objects.Draft) throws {
    try objects.settle(draft)
    try database.execute(
      sql: "INSERT INTO object (sha256, bytes) VALUES (?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes",
      arguments: [draft.sha256, draft.bytes])
  }

  /// A sound image of that identity, if there is one.
  private func shared(_ database: Database, _ identity: String) throws -> KeptFile? {
    let rows = try GRDB.Row.fetchAll(
      database,
      sql: "SELECT DISTINCT sha256, bytes FROM build JOIN object ON sha256 = image WHERE identity = ? ORDER BY sha256",
      arguments: [identity])
    return rows.map { KeptFile(sha256: $0["sha256"], bytes: $0["bytes"]) }
      .first { objects.holds($0.sha256, bytes: $0.bytes) }
  }

  /// Drops objects that are no longer what they were, and the builds with them; gives those that were dropped.
  @discardableResult
  func drop(_ files: [KeptFile]) throws(Failure) -> [KeptFile] {
    let dropped = try index.write { database in
      // Another process may have put a sound one in its place since.
      let broken = files.filter { !objects.holds($0.sha256, bytes: $0.bytes) }
      for file in broken {
        try database.execute(sql: "DELETE FROM object WHERE sha256 = ?", arguments: [file.sha256])
      }
      return broken
    }
    _ = try removeUnnamed(dropped.map(\.sha256))
    return dropped
  }

  /// Removes files that no row names; gives their bytes.
  func removeUnnamed(_ names: [String]) throws(Failure) -> Int {
    if names.isEmpty { return 0 }
    return try index.write { database in
      var bytes = 0
      for name in names {
        let isNamed = try Bool.fetchOne(
          database, sql: "SELECT EXISTS (SELECT 1 FROM object WHERE sha256 = ?)", arguments: [name])
        if isNamed == false { bytes += objects.remove(name) ?? 0 }
      }
      return bytes
    }
  }

  func total() throws(Failure) -> Int {
    try index.read { try Int.fetchOne($0, sql: "SELECT coalesce(sum(bytes), 0) FROM object") ?? 0 }
  }
}
