import Foundation
import HostSystem

/// The folder `objects`: plain files, each named by the SHA-256 of what is in it.
///
/// What makes or removes such a file (`settle`, `remove`) is called inside a write transaction of the index only. So a
/// file that a row is about to name is not removed by somebody who saw it without a row.
final class Objects: Sendable {
  /// A copy that is on the disk and has no final name yet. Its descriptor holds a lock on it until it is discarded, so
  /// that a sweep can tell it from one that a killed process left, whatever the clock says.
  struct Draft {
    fileprivate let descriptor: Int32
    let name: String
    let sha256: String
    let bytes: Int
  }

  /// Something in the folder, not followed when it is a link.
  struct Entry {
    let name: String
    let bytes: Int
    let modified: Date
    let isPlainFile: Bool
    /// Named as our own files are: by a digest, or as a draft.
    let isOurs: Bool
  }

  /// The folder.
  let folder: URL
  /// All work goes through it, so a folder that is put into this one's place is never touched.
  private let descriptor: Int32

  /// Opens the folder, which is made where it is missing.
  init(in store: URL, mayMake: Bool) throws(Failure) {
    folder = store.appending(path: "objects")
    if mayMake { try Places.make(folder) }
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(
        .badInput, "\(folder.path) is no folder that can be read: \(String(cString: strerror(errno)))",
        remedy: "it must be a folder and no symbolic link; XDG_CACHE_HOME moves the whole cache")
    }
  }

  deinit { close(descriptor) }

  /// Where the object lies.
  func url(_ sha256: String) -> URL { folder.appending(path: sha256) }

  // MARK: - Adding

  /// Copies files. No hard links: make writes into the image that is there, and so would change what is kept.
  func drafts(of files: [URL]) throws(Failure) -> [Draft] {
    var drafts: [Draft] = []
    do throws(Failure) {
      for file in files { drafts.append(try draft(of: file)) }
    } catch {
      discard(drafts)
      throw error
    }
    return drafts
  }

  /// Removes drafts that were not settled. Each must be discarded once.
  func discard(_ drafts: [Draft]) {
    for draft in drafts {
      unlinkat(descriptor, draft.name, 0)
      close(draft.descriptor)
    }
  }

  /// Gives a draft its final name, unless the same content has it already.
  func settle(_ draft: Draft) throws(Failure) {
    if holds(draft.sha256, bytes: draft.bytes) {
      // Else a sweep would take it for an old one when the transaction is rolled back.
      utimensat(descriptor, draft.sha256, nil, AT_SYMLINK_NOFOLLOW)
      return
    }
    guard renameat(descriptor, draft.name, descriptor, draft.sha256) == 0, fsync(descriptor) == 0 else {
      throw cannotWrite(draft.sha256)
    }
  }

  private func draft(of file: URL) throws(Failure) -> Draft {
    let source = open(file.path, O_RDONLY | O_CLOEXEC)
    var kind = stat()
    guard source >= 0, fstat(source, &kind) == 0, kind.st_mode & S_IFMT == S_IFREG else {
      if source >= 0 { close(source) }
      throw Failure(.badInput, "\(file.path) is no file that can be read", remedy: "check the path and its permissions")
    }
    defer { close(source) }
    let (target, name) = try newDraft()
    do throws(Failure) {
      let bytes = try copy(source, to: target, name)
      guard fsync(target) == 0 else { throw cannotWrite(name) }
      // Of the copy: the source may have changed since.
      return Draft(descriptor: target, name: name, sha256: try Self.digest(target), bytes: bytes)
    } catch {
      unlinkat(descriptor, name, 0)
      close(target)
      throw error
    }
  }

  /// An empty file under the lock. One that was swept before the lock was taken has no name any more.
  private func newDraft() throws(Failure) -> (descriptor: Int32, name: String) {
    while true {
      let name = "new-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
      let target = openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard target >= 0 else { throw cannotWrite(name) }
      var kind = stat()
      if flock(target, LOCK_EX) == 0 && fstat(target, &kind) == 0 && kind.st_nlink > 0 { return (target, name) }
      close(target)
    }
  }

  private func copy(_ source: Int32, to target: Int32, _ name: String) throws(Failure) -> Int {
    if ioctl(target, Self.cloneFile, source) == 0 {
      var kind = stat()
      guard fstat(target, &kind) == 0 else { throw cannotWrite(name) }
      return Int(kind.st_size)
    }
    var total = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(source, &buffer, buffer.count)
      if count == 0 { return total }
      guard count > 0 else { throw cannotWrite(name) }
      var written = 0
      while written < count {
        let piece = buffer[written..<count].withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
        guard piece > 0 || errno == EINTR else { throw cannotWrite(name) }
        written += max(piece, 0)
      }
      total += count
    }
  }

  /// FICLONE of linux/fs.h, `_IOW(0x94, 9, int)`: a copy that shares its blocks, where the file system can
  /// (ioctl_ficlone(2)).
  private static let cloneFile: UInt = 0x4004_9409

  // MARK: - Looking

  /// True when the file is there, plain, of that size, and its content is what its name says.
  func holds(_ sha256: String, bytes: Int) -> Bool {
    let file = openat(descriptor, sha256, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var kind = stat()
    guard fstat(file, &kind) == 0, kind.st_mode & S_IFMT == S_IFREG, Int(kind.st_size) == bytes else { return false }
    return (try? Self.digest(file)) == sha256
  }

  /// True when something has that name, whatever it is.
  func isThere(_ name: String) -> Bool {
    var kind = stat()
    return fstatat(descriptor, name, &kind, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// All that is in the folder, by name.
  func entries() -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Self.path(descriptor))) ?? []
    return names.sorted().compactMap { name in
      var kind = stat()
      guard fstatat(descriptor, name, &kind, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
      return Entry(
        name: name, bytes: Int(kind.st_size), modified: Date(timeIntervalSince1970: Double(kind.st_mtim.tv_sec)),
        isPlainFile: kind.st_mode & S_IFMT == S_IFREG,
        isOurs: Self.isDraft(name) || name.utf8.count == 64 && name.allSatisfy(\.isHexDigit))
    }
  }

  /// Removes a plain file of this folder, and nothing else, and no draft that somebody is at; gives its size.
  func remove(_ name: String) -> Int? {
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var kind = stat()
    guard !name.contains("/"), fstat(file, &kind) == 0, kind.st_mode & S_IFMT == S_IFREG else { return nil }
    if Self.isDraft(name) && flock(file, LOCK_EX | LOCK_NB) != 0 { return nil }
    return unlinkat(descriptor, name, 0) == 0 ? Int(kind.st_size) : nil
  }

  private static func isDraft(_ name: String) -> Bool { name.hasPrefix("new-") }

  /// proc(5): opens what the descriptor has open, whatever its name has come to since.
  private static func path(_ descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  private static func digest(_ descriptor: Int32) throws(Failure) -> String {
    try Digest.sha256(of: URL(filePath: path(descriptor)))
  }

  private func cannotWrite(_ name: String) -> Failure {
    Failure(
      .cannotWrite, "\(url(name).path) cannot be written: \(String(cString: strerror(errno)))",
      remedy: "free some space there ('firstbad store prune --to 5G'), or point XDG_CACHE_HOME to a writable folder")
  }
}
