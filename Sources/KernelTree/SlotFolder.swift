public import Foundation
public import HostSystem

/// The folder of a slot in the cache, `trees/<12 digits>/<number>`, for who lists slots or removes them.
public struct SlotFolder: Sendable, Hashable {
  /// The folder.
  public let url: URL

  /// The worktree in it.
  public var source: URL { url.appending(path: "source") }
  /// What make's O= is for.
  public var objects: URL { url.appending(path: "objects") }
  /// Index and a few objects of our own.
  var repository: URL { url.appending(path: "git") }
  /// Locked by whoever holds the slot.
  var lock: URL { url.appending(path: "lock") }
  /// Locked by each git that writes here, for as long as it lives.
  var writing: URL { url.appending(path: "writing") }
  /// In which run of the host's kernel the slot was last held.
  var boot: URL { url.appending(path: "boot") }
  /// Names the repository that all slots beside this one are for.
  static let note = "repository"

  /// The folder of this number for a repository, by the path of its common git directory.
  init(_ number: Int, of common: URL, in places: Places) {
    url = Self.all(in: places).appending(path: Digest.sha256(ofText: common.path).prefix(12))
      .appending(path: String(number))
  }

  private init(url: URL) { self.url = url }

  private static func all(in places: Places) -> URL { places.cache.appending(path: "trees") }

  /// Every slot in the cache, whichever repository it is for.
  public static func list(in places: Places) -> [SlotFolder] {
    func folders(in folder: URL) -> [URL] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().map { folder.appending(path: $0) }
    }
    return folders(in: all(in: places)).flatMap(folders).filter { Int($0.lastPathComponent) != nil }
      .map { SlotFolder(url: $0) }
  }

  /// Path of the common git directory that the slot is for, or nil when the note of it is lost.
  public var repositoryPath: String? {
    try? String(contentsOf: url.deletingLastPathComponent().appending(path: Self.note), encoding: .utf8)
      .withoutLastLineFeed
  }

  /// When the slot was last taken, or nil when it never was.
  public var lastUsed: Date? {
    (try? FileManager.default.attributesOfItem(atPath: lock.path))?[.modificationDate] as? Date
  }

  /// Removes the slot with all that was built in it. False, and nothing is removed, when somebody holds it.
  public func remove() throws(Failure) -> Bool {
    guard FileManager.default.fileExists(atPath: url.path) else { return true }
    guard let lock = try FileLock(self.lock) else { return false }
    return try withExtendedLifetime(lock) { () throws(Failure) in
      do {
        // The lock goes last: who finds it gone makes a slot of their own.
        for part in [objects, source, repository, url] where FileManager.default.fileExists(atPath: part.path) {
          try FileManager.default.removeItem(at: part)
        }
      } catch {
        throw Failure(
          .cannotWrite, "\(url.path) cannot be removed: \(Failure.cause(of: error))", remedy: "remove it by hand")
      }
      return true
    }
  }
}
