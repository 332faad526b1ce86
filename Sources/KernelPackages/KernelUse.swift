import Foundation
import HostSystem
import Synchronization

/// Which kernels of the store are in use, so that none is replaced while somebody boots it: its title was read once, and one
/// half of a run would be about another kernel than the other.
extension KernelStore {
  /// Descriptors with a shared lock, by the image's path.
  private static let held = Mutex<[String: Int32]>([:])

  /// Holds an image for as long as this process lives, if it lies in the store; any other is left as it is.
  public func hold(_ image: String) {
    let path = Self.real(image)
    guard path.hasPrefix(Self.real(places.kernels.path) + "/") else { return }
    Self.held.withLock { held in
      // Whoever replaces a kernel may have been quicker than the lock.
      while held[path].map({ !Self.isSame(path, $0) }) ?? true {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Nobody keeps the other lock for longer than two renames take.
        while flock(descriptor, LOCK_SH) != 0 && errno == EINTR {}
        if let old = held.updateValue(descriptor, forKey: path) { close(old) }
      }
    }
  }

  /// Does what replaces a kernel, if nobody holds it.
  func replacing(_ image: String, _ work: () throws(Failure) -> Void) throws(Failure) {
    // Over NFS this lock takes a descriptor that may write; packages may say that nobody may.
    var descriptor = open(image, O_RDWR | O_CLOEXEC)
    if descriptor < 0 { descriptor = open(image, O_RDONLY | O_CLOEXEC) }
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let why = errno == EWOULDBLOCK ? "is in use" : "cannot be locked: \(String(cString: strerror(errno)))"
      throw Failure(
        .inUse, "\(image) \(why), and the package that was rebuilt cannot take its place",
        remedy: "add it again when no firstbad runs on that kernel, or give the package another version")
    }
    try work()
  }

  private static func real(_ path: String) -> String { URL(filePath: path).absoluteURL.resolvingSymlinksInPath().path }

  private static func isSame(_ path: String, _ descriptor: Int32) -> Bool {
    var named = stat()
    var held = stat()
    return stat(path, &named) == 0 && fstat(descriptor, &held) == 0 && named.st_ino == held.st_ino
      && named.st_dev == held.st_dev
  }
}
