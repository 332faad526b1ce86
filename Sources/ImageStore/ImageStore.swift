public import Foundation
import GRDB
public import HostSystem
import Judgement
public import KernelBuild

/// Built kernels, kept by content, with an index in SQLite. Any number of processes may share it.
///
/// A row is only written when its files are whole and on the disk, and is only believed when they still are; a
/// process that dies leaves at most a file without a row, which ``prune(to:)`` sweeps.
public final class ImageStore: Sendable {
  let folder: URL
  let index: DatabasePool

  /// Files in the store are named by the SHA-256 of the image.
  var objects: URL { folder.appending(path: "objects") }

  /// Opens the store in the cache, or makes it.
  public convenience init(in places: Places) throws(Failure) {
    try self.init(at: places.cache.appending(path: "store"))
  }

  /// Opens the store in this folder, or makes it.
  public init(at folder: URL) throws(Failure) {
    self.folder = folder
    try Places.make(folder.appending(path: "objects"))
    let file = folder.appending(path: "index.sqlite")
    var configuration = Configuration()
    configuration.busyMode = .timeout(60)
    do {
      index = try DatabasePool(path: file.path, configuration: configuration)
      // A store of a newer version has migrations that this one does not know.
      let migrator = Schema.migrator(folder.appending(path: "objects"))
      if try index.read({ try migrator.hasBeenSuperseded($0) }) {
        throw Failure(
          .badInput, "the image store in \(folder.path) was written by a newer firstbad",
          remedy: "use that one, or point XDG_CACHE_HOME elsewhere")
      }
      try migrator.migrate(index)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Self.trouble(error, folder)
    }
  }

  /// What SQLite says, as one sentence with a remedy.
  static func trouble(_ error: any Error, _ folder: URL) -> Failure {
    if let failure = error as? Failure { return failure }
    let what = (error as? DatabaseError).map { $0.message ?? "\($0.resultCode)" } ?? Failure.cause(of: error)
    let code = (error as? DatabaseError)?.resultCode
    let isDamaged = code == .SQLITE_NOTADB || code == .SQLITE_CORRUPT
    return Failure(
      isDamaged ? .badInput : .cannotWrite, "the image store in \(folder.path) cannot be used: \(what)",
      remedy: isDamaged
        ? "remove that folder; it holds only what can be built again"
        : "free some space there, or point XDG_CACHE_HOME to a writable folder")
  }

  private func use<Value>(_ work: (Database) throws -> Value) throws(Failure) -> Value {
    do { return try index.write(work) } catch { throw Self.trouble(error, folder) }
  }

  // MARK: - Builds

  /// The image's file, in a folder of its own with what belongs to it.
  func image(_ sha256: String) -> URL { objects.appending(path: "\(sha256)/bzImage") }

  /// What is known of a build. A row whose file is gone or damaged is dropped and nil is given.
  public func build(_ key: BuildKey) throws(Failure) -> StoredBuild? {
    try use { database in
      guard
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT build.*, image.identity, image.bytes FROM build LEFT JOIN image USING (sha256)
            WHERE tree = ? AND recipe = ? AND toolChain = ? AND isClean = ? AND fixUps = ?
            """, arguments: [key.tree, key.recipe, key.toolChain, key.isClean, key.fixUps])
      else { return nil }
      try database.execute(
        sql: """
          UPDATE build SET used = ? WHERE tree = ? AND recipe = ? AND toolChain = ? AND isClean = ? AND fixUps = ?
          """,
        arguments: [Date.now.timeIntervalSince1970, key.tree, key.recipe, key.toolChain, key.isClean, key.fixUps])
      guard let sha256: String = row["sha256"] else {
        let lines: String = row["lines"] ?? ""
        return .failed(
          BuildFailure(
            phase: Phase(rawValue: row["phase"] ?? "") ?? .build, signature: row["signature"] ?? "",
            lines: lines.split(separator: "\n").map(String.init), isOfCode: row["isOfCode"]))
      }
      let file = image(sha256)
      // Some 10 ms for a small kernel; a verdict on a damaged one would cost more.
      guard (try? Digest.sha256(of: file)) == sha256 else {
        try database.execute(sql: "DELETE FROM image WHERE sha256 = ?", arguments: [sha256])
        return nil
      }
      return .built(StoredImage(identity: row["identity"], sha256: sha256, image: file, seconds: row["seconds"]))
    }
  }

  /// Takes the making of a kernel for oneself; who else wants it waits, and finds it in the store. `whenWaiting` is called
  /// once when it is somebody else's. Given up when the result lives no more, and by the death of its process. One that is
  /// stopped may hold it for ever; so it is waited for by the hour, and not without end.
  public func claim(
    _ key: BuildKey, patience: Duration = ImageStore.patience, whenWaiting: () -> Void
  ) async throws -> BuildClaim {
    let locks = folder.appending(path: "locks")
    try Places.make(locks)
    let name = Digest.sha256(ofFields: [key.tree, key.recipe, key.toolChain, "\(key.isClean)", key.fixUps])
    let start = ContinuousClock.now
    var isTold = false
    while start.duration(to: .now) < patience {
      if let claim = try BuildClaim(locks.appending(path: name)) { return claim }
      if !isTold { whenWaiting() }
      isTold = true
      try await Task.sleep(for: .milliseconds(200))
    }
    throw Failure(
      .inUse, "another firstbad has been making the same kernel for \(patience)",
      remedy: "see whether it is stopped (jobs, ps), and go on with it or end it")
  }

  /// How long another firstbad's build is waited for: longer than a build of all that a distribution configures.
  public static let patience = Duration.seconds(6 * 3600)

  /// Keeps a kernel with its configuration, the log of its making and what it was made of, and gives it as it is kept.
  public func add(
    _ key: BuildKey, commit: String, image: URL, config: URL, log: URL, inputs: URL, identity: String, buildID: String?,
    seconds: Double
  ) throws(Failure) -> StoredImage {
    let sha256 = try Digest.sha256(of: image)
    try keep(
      sha256, ["bzImage": image, ".config": config, "build.log": log, "inputs.json": inputs],
      texts: buildID.map { ["build-id": $0 + "\n"] } ?? [:])
    let kept = self.image(sha256)
    let now = Date.now.timeIntervalSince1970
    try use { database in
      // One image holds one kernel: where another was built, this is not its image, and no verdict on it would be true.
      let other = try String.fetchOne(database, sql: "SELECT identity FROM image WHERE sha256 = ?", arguments: [sha256])
      if let other, other != identity {
        throw Failure(
          .toolFailed, "the image of \(commit.prefix(12)) holds another kernel than was built: \(image.path)",
          remedy: "something between compiler and image is stale: build without ccache, or clear it with 'ccache -C'")
      }
      try database.execute(
        // Not OR REPLACE, which would take the other builds of this image along.
        sql: """
          INSERT INTO image (sha256, identity, bytes) VALUES (?, ?, ?)
          ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes
          """,
        arguments: [sha256, identity, Self.size(of: kept)])
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO build (tree, recipe, toolChain, isClean, fixUps, "commit", sha256, seconds, built, used)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [key.tree, key.recipe, key.toolChain, key.isClean, key.fixUps, commit, sha256, seconds, now, now])
    }
    _ = try prune(to: Self.limit, sparing: 3600)
    return StoredImage(identity: identity, sha256: sha256, image: kept, seconds: seconds)
  }

  /// Keeps that a source gives no kernel. Where its code is not sure to be the reason, only the fix-up to which the failure
  /// leads may be taken from it.
  public func add(_ key: BuildKey, commit: String, failure: BuildFailure, seconds: Double) throws(Failure) {
    let now = Date.now.timeIntervalSince1970
    try use { database in
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO build
          (tree, recipe, toolChain, isClean, fixUps, "commit", phase, signature, lines, isOfCode, seconds, built, used)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          key.tree, key.recipe, key.toolChain, key.isClean, key.fixUps, commit, failure.phase.rawValue,
          failure.signature,
          failure.lines.joined(separator: "\n"), failure.isOfCode, seconds, now, now,
        ])
    }
  }

  /// Seconds of the last builds of a recipe that gave a kernel, the latest first; for estimates. `isClean` asks only for
  /// those that began with nothing but the source, or only for the others.
  public func lastSeconds(recipe: String, isClean: Bool? = nil) throws(Failure) -> [Double] {
    try use { database in
      try Double.fetchAll(
        database,
        sql: """
          SELECT seconds FROM build WHERE recipe = ? AND sha256 IS NOT NULL AND isClean IN (?, ?)
          ORDER BY built DESC LIMIT 20
          """, arguments: [recipe, isClean ?? false, isClean ?? true])
    }
  }

  // MARK: - Verdicts

  /// Keeps what a probe saw on a kernel. `question` is a digest of all that the verdict depends on beside the
  /// kernel; `seen` is JSON.
  public func remember(_ seen: String, identity: String, question: String) throws(Failure) {
    try remember([seen], identity: identity, question: question)
  }

  /// The same for all runs of a boot, which stay together and in this order whoever else keeps some.
  public func remember(_ seen: [String], identity: String, question: String) throws(Failure) {
    try use { database in
      for one in seen {
        try database.execute(
          sql: "INSERT INTO verdict (identity, question, seen, at) VALUES (?, ?, ?, ?)",
          arguments: [identity, question, one, Date.now.timeIntervalSince1970])
      }
    }
  }

  /// Forgets what was seen on this kernel, on whatever machine: the question's name may go on behind a dash.
  public func forget(identity: String, question: String) throws(Failure) {
    try use { database in
      try database.execute(
        sql: "DELETE FROM verdict WHERE identity = ? AND (question = ? OR substr(question, 1, ?) = ?)",
        arguments: [identity, question, question.utf8.count + 1, question + "-"])
    }
  }

  /// What was seen on this kernel, oldest first.
  public func verdicts(identity: String, question: String) throws(Failure) -> [String] {
    try use { database in
      try String.fetchAll(
        database, sql: "SELECT seen FROM verdict WHERE identity = ? AND question = ? ORDER BY number",
        arguments: [identity, question])
    }
  }
}
