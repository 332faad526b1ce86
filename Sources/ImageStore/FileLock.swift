import Foundation
import HostSystem

/// A lock between processes, by flock(2): it ends with its holder, however that ends.
final class FileLock: Sendable {
  enum Mode {
    case shared
    case exclusive

    fileprivate var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
  }

  private let file: URL
  private let descriptor: Int32

  /// Opens the lock's file, and makes it where that may be; takes no lock yet.
  init(_ file: URL, mayMake: Bool) throws(Failure) {
    self.file = file
    descriptor = open(file.path, (mayMake ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else {
      throw Failure(
        .cannotWrite, "\(file.path) cannot be opened: \(String(cString: strerror(errno)))",
        remedy: "check the permissions of that folder, or point XDG_CACHE_HOME to another")
    }
  }

  deinit { close(descriptor) }

  /// True when the lock was free, or was ours in another mode.
  func tryTake(_ mode: Mode) -> Bool { flock(descriptor, mode.operation | LOCK_NB) == 0 }

  /// Waits for the lock, and not for ever: its holder may be stopped.
  func take(_ mode: Mode, seconds: Double = 30) throws(Failure) {
    let end = Date.now + seconds
    while !tryTake(mode) {
      guard Date.now < end else {
        throw Failure(
          .cannotWrite, "another process has held \(file.path) for \(Int(seconds)) seconds",
          remedy: "see whether a firstbad is stopped there ('fuser' names it), and end it")
      }
      usleep(10_000)
    }
  }
}
