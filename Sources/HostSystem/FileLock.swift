public import Foundation

/// A file locked by flock(2) for as long as this lives; the kernel gives it up for a process that dies.
public final class FileLock: Sendable {
  private let descriptor: Int32

  /// Locks a file, which is made when it is missing; nil when somebody else has it locked.
  public init?(_ file: URL) throws(Failure) {
    while true {
      let descriptor = open(file.path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw Self.failure(file) }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        let reason = errno
        close(descriptor)
        if reason == EINTR { continue }
        guard reason == EWOULDBLOCK else { throw Self.failure(file, reason) }
        return nil
      }
      // Between the two calls somebody may have removed the file, and a third one made and locked a new one.
      if Self.isSame(file, descriptor) {
        self.descriptor = descriptor
        // Tells when it was last taken.
        futimens(descriptor, nil)
        return
      }
      close(descriptor)
    }
  }

  /// Whether the file is still the one that was locked, and not removed or made anew since.
  public func holds(_ file: URL) -> Bool { Self.isSame(file, descriptor) }

  private static func isSame(_ file: URL, _ descriptor: Int32) -> Bool {
    var wanted = stat()
    var locked = stat()
    return stat(file.path, &wanted) == 0 && fstat(descriptor, &locked) == 0 && wanted.st_ino == locked.st_ino
      && wanted.st_dev == locked.st_dev
  }

  deinit {
    // A child of ours that is just being started has the descriptor too, until it is the program that it shall be; the
    // lock must not wait for it.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  private static func failure(_ file: URL, _ reason: Int32 = errno) -> Failure {
    Failure(
      .cannotWrite, "\(file.path) cannot be locked: \(String(cString: strerror(reason)))",
      remedy: "free some space there, or point XDG_CACHE_HOME to a writable folder")
  }
}
