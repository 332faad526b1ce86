public import Foundation

/// A folder for the length of one piece of work, removed afterwards; one that a killed run left behind is
/// removed by the next that comes along.
public struct WorkFolder: ~Copyable {
  /// The folder.
  public let url: URL
  private let lock: Int32

  private init(url: URL, lock: Int32) {
    self.url = url
    self.lock = lock
  }

  /// Makes one under the cache and sweeps the dead ones.
  public static func make(in places: Places) throws(Failure) -> WorkFolder {
    let parent = places.cache.appending(path: "work")
    try Places.make(parent)
    sweep(parent)
    let name = "\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    let url = parent.appending(path: name)
    // Made under a name that the sweep leaves alone, and locked before it gets its own.
    let fresh = parent.appending(path: "new-\(name)")
    try Places.make(fresh)
    // Who holds the lock is alive; a process id alone could have been given to somebody else since.
    let lock = open(fresh.appending(path: ".lock").path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, rename(fresh.path, url.path) == 0 else {
      throw Failure(.cannotWrite, "\(url.path) cannot be locked: \(String(cString: strerror(errno)))")
    }
    return WorkFolder(url: url, lock: lock)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
    close(lock)
  }

  private static func sweep(_ parent: URL) {
    let keys: [URLResourceKey] = [.contentModificationDateKey]
    let folders = try? FileManager.default.contentsOfDirectory(at: parent, includingPropertiesForKeys: keys)
    for folder in folders ?? [] {
      // One that is new is between its making and its locking; nobody takes a minute for that.
      let made = try? folder.resourceValues(forKeys: Set(keys)).contentModificationDate
      let lock = open(folder.appending(path: ".lock").path, O_RDWR | O_CLOEXEC)
      defer { if lock >= 0 { close(lock) } }
      let isNew = folder.lastPathComponent.hasPrefix("new-") || lock < 0
      let isDead = isNew ? (made ?? .now) < .now - 60 : flock(lock, LOCK_EX | LOCK_NB) == 0
      if isDead { try? FileManager.default.removeItem(at: folder) }
    }
  }
}
