import Foundation
import GRDB
import HostSystem

/// The index of the store: one SQLite file in WAL mode, shared by all processes of this user.
final class StoreIndex: Sendable {
  /// Where it lies.
  let file: URL
  /// Why nothing can be written, where that is so; the index is then read from a copy.
  let unwritable: Failure?
  /// The damaged index that was set aside when this one was opened.
  let setAside: URL?
  private let queue: DatabaseQueue
  /// Held as long as the index is in use, so that nobody sets it aside meanwhile.
  private let users: FileLock?
  private let copy: URL?

  /// Opens the index of a store, and makes, advances or renews it where that is due.
  init(in store: URL) throws(Failure) {
    file = store.appending(path: "index.sqlite")
    if access(store.path, W_OK) != 0 {
      unwritable = Failure(
        .cannotWrite, "\(file.path) cannot be written: the store is read-only",
        remedy: "point XDG_CACHE_HOME to a writable folder")
      (users, setAside) = (nil, nil)
      (queue, copy) = try Self.openCopy(of: file)
      return
    }
    // One at a time: SQLite has no way to wait for the change to WAL, and only one may judge an index to be damaged.
    let opening = try FileLock(store.appending(path: "opening.lock"), mayMake: true)
    try opening.take(.exclusive)
    let users = try FileLock(store.appending(path: "users.lock"), mayMake: true)
    try users.take(.shared)
    do throws(Failure) {
      queue = try Self.open(file)
      (self.users, copy, setAside, unwritable) = (users, nil, nil, nil)
    } catch {
      // Only where nobody else has it open: they could read or write what is moved or copied here.
      let isAlone = users.tryTake(.exclusive)
      if error == Self.damaged(file) {
        // Objects and verdicts can be made again, so a damaged index is no reason to stop a night's work.
        guard isAlone else {
          throw Failure(
            .badInput, "\(file.path) is damaged, and another process is using it",
            remedy: "end the other firstbad and run this one again")
        }
        setAside = try Self.moveAway(file)
        queue = try Self.open(file)
        try users.take(.shared)
        (self.users, copy, unwritable) = (users, nil, nil)
      } else if error.kind == .cannotWrite && isAlone {
        // A full disk has no room for SQLite's -shm, but what is kept can still be read.
        (queue, copy) = try Self.openCopy(of: file)
        (self.users, setAside, unwritable) = (nil, nil, error)
      } else {
        throw error
      }
    }
  }

  deinit {
    // Before its files go.
    try? queue.close()
    if let copy { try? FileManager.default.removeItem(at: copy) }
  }

  /// Looks something up, from one state of the index.
  func read<Value>(_ work: (Database) throws -> Value) throws(Failure) -> Value {
    do {
      return try queue.read { database in
        try checkVersion(database)
        return try work(database)
      }
    } catch {
      throw Self.failure(error, file)
    }
  }

  /// Changes something, whole or not at all. No other process writes meanwhile, nor adds or removes objects.
  func write<Value>(_ work: (Database) throws -> Value) throws(Failure) -> Value {
    if let unwritable { throw unwritable }
    do {
      return try queue.write { database in
        try checkVersion(database)
        return try work(database)
      }
    } catch {
      throw Self.failure(error, file)
    }
  }

  /// A newer firstbad may have advanced the index under us.
  private func checkVersion(_ database: Database) throws {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if version > Schema.steps.count { throw Self.newer(file, version) }
  }

  // MARK: - Opening

  private static func open(_ file: URL) throws(Failure) -> DatabaseQueue {
    var configuration = Configuration()
    // A commit that a power cut takes back is a kernel built twice; sqlite.org/pragma.html#pragma_synchronous.
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
    configuration.busyMode = .timeout(30)
    configuration.label = "index"
    do {
      let queue = try DatabaseQueue(path: file.path, configuration: configuration)
      // What is not ours, or not sound, is not written to.
      let state = try queue.read { database in
        let state = try Schema.state(database)
        let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
        if finding != "ok" { throw damaged(file) }
        return state
      }
      switch state {
      case .current: break
      case .older(let version):
        // Not the wal of GRDB's own configuration, which writes a table whenever it opens.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try queue.write { try Schema.advance($0, from: version) }
      case .newer(let version): throw newer(file, version)
      case .foreign:
        throw Failure(
          .badInput, "\(file.path) is no index of firstbad", remedy: "move it away, or point XDG_CACHE_HOME elsewhere")
      }
      return queue
    } catch {
      throw failure(error, file)
    }
  }

  /// A WAL index cannot be opened where its -shm cannot be made. So a copy is opened, with what the WAL holds.
  private static func openCopy(of file: URL) throws(Failure) -> (DatabaseQueue, URL) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "firstbad-index-\(UUID().uuidString)")
    try Places.make(folder)
    do {
      let copy = folder.appending(path: "index.sqlite")
      try FileManager.default.copyItem(at: file, to: copy)
      let log = file.path + "-wal"
      if FileManager.default.fileExists(atPath: log) {
        try FileManager.default.copyItem(atPath: log, toPath: copy.path + "-wal")
      }
      return (try open(copy), folder)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      if let failure = error as? Failure { throw failure }
      throw Failure(
        .badInput, "\(file.path) cannot be read: \(Failure.cause(of: error))",
        remedy: "check its permissions, or point XDG_CACHE_HOME to a writable folder")
    }
  }

  /// The log goes first: one that is left behind would be replayed into the next index.
  private static func moveAway(_ file: URL) throws(Failure) -> URL {
    let place = file.deletingLastPathComponent().appending(path: "damaged-index.sqlite")
    for suffix in ["-shm", "-wal", ""] {
      if rename(file.path + suffix, place.path + suffix) != 0 && errno != ENOENT {
        throw Failure(
          .cannotWrite, "\(file.path)\(suffix) is damaged and cannot be moved: \(String(cString: strerror(errno)))",
          remedy: "remove it")
      }
    }
    return place
  }

  // MARK: - Failures

  private static func damaged(_ file: URL) -> Failure {
    Failure(
      .badInput, "\(file.path) is damaged",
      remedy: "run 'firstbad store verify' when no other firstbad is running: it is set aside, and begun anew")
  }

  private static func newer(_ file: URL, _ version: Int) -> Failure {
    Failure(
      .badInput,
      "\(file.path) was written by a newer firstbad (schema \(version), this one knows \(Schema.steps.count))",
      remedy: "use that firstbad, or point XDG_CACHE_HOME to another folder")
  }

  private static let full: [ResultCode] = [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN]

  private static func failure(_ error: any Error, _ file: URL) -> Failure {
    if let failure = error as? Failure { return failure }
    guard let trouble = error as? DatabaseError else { return Failure(.badInput, "\(file.path): \(error)") }
    switch trouble.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: return damaged(file)
    case .SQLITE_BUSY:
      return Failure(
        .cannotWrite, "\(file.path) has been locked by another process for 30 seconds",
        remedy: "see whether a firstbad is stopped there ('fuser' names it), and end it")
    case let code where full.contains(code):
      return Failure(
        .cannotWrite, "\(file.path) cannot be written: \(trouble.message ?? "\(code)")",
        remedy: "free some space there, or point XDG_CACHE_HOME to a writable folder")
    default: return Failure(.badInput, "\(file.path): \(trouble.message ?? "\(trouble.resultCode)")")
    }
  }
}
