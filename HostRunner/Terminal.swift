import Foundation
import HostSystem
import Judgement
import Synchronization

/// Results go to standard output, everything else to standard error.
enum Terminal {
  /// Writes lines of the result; throws when nobody can read them, as a lost result is no success.
  static func print(_ text: String) throws(Failure) {
    clearLine()
    var bytes = Array((text + "\n").utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if written > 0 {
        bytes = bytes.dropFirst(written)
      } else if errno != EINTR {
        throw Failure(.cannotWrite, "standard output cannot be written: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Where a standard descriptor is closed, the next file that is opened would take its number, and a result
  /// would be written into it. A descriptor that cannot be written takes the place.
  static func occupyStandardDescriptors() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 { _ = open("/dev/null", O_RDONLY) }
  }

  /// A line for the person who waits.
  static func note(_ text: String) {
    isShown.withLock { isShown in
      tell((isShown ? clearing : "") + text + "\n")
      isShown = false
    }
  }

  /// Whether somebody may be watching.
  static let isTerminal = isatty(2) != 0
  private static let isShown = Mutex(false)
  private static let clearing = "\r\u{1B}[K"

  /// A line that gives way to the next one, and to every line that stays.
  static func show(_ text: String) {
    isShown.withLock { isShown in
      tell(clearing + text)
      isShown = true
    }
  }

  /// Takes that line off the screen.
  static func clearLine() {
    isShown.withLock { isShown in
      if isShown { tell(clearing) }
      isShown = false
    }
  }

  private static func tell(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}

/// Turns SIGINT, SIGTERM and SIGHUP into a cancelled task, so that everything that was started is ended.
final class Interruption: Sendable {
  private static let caught = Mutex<Int32?>(nil)
  /// Only kept alive; nothing reads them.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Calls the handler at the first signal; a second one ends the process at once.
  init(_ handler: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (source, number) in zip(sources, [SIGINT, SIGTERM, SIGHUP]) {
      source.setEventHandler {
        let isFirst = Self.caught.withLock { caught in
          defer { caught = caught ?? number }
          return caught == nil
        }
        if !isFirst { _exit(ExitStatus.failure + number) }
        handler()
      }
      source.resume()
    }
  }

  /// What the process ends with once a signal came; nil when none did.
  static var exitStatus: Int32? { caught.withLock { $0 }.map { ExitStatus.failure + $0 } }
}
