import Foundation
import Reports
import Synchronization

/// On a terminal, a line that says what is being done; elsewhere nothing, as only finished things are worth a line.
final class LiveLine: Sendable {
  private let isTerminal = isatty(2) != 0
  private let state = Mutex(State())

  private struct State {
    var text = ""
    var start = Date.now
    /// Seconds that all was to take from then on, where that is known.
    var left: Double?
    var isShown = false
  }

  /// Something begins; with all that comes after it, it takes about so many seconds.
  func begin(_ text: String, left: Double? = nil) {
    state.withLock { $0 = State(text: text, left: left, isShown: $0.isShown) }
    show("")
  }

  /// It is at this point.
  func phase(_ text: String) { show(text) }

  /// It came to its end: the line that stays.
  func end(_ line: String) {
    clear()
    Terminal.note(line)
  }

  /// Takes the line off the screen.
  func clear() {
    guard isTerminal else { return }
    state.withLock { state in
      if state.isShown { try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8)) }
      state.isShown = false
    }
  }

  private func show(_ phase: String) {
    guard isTerminal else { return }
    state.withLock { state in
      let seconds = Int(Date.now.timeIntervalSince(state.start))
      let line = Self.line(state.text, phase, seconds: seconds, left: state.left)
      try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(line)".utf8))
      state.isShown = true
    }
  }

  /// The time that is left stands where a long name cannot push it off the line.
  static func line(_ text: String, _ phase: String, seconds: Int, left: Double?) -> String {
    let rest = (left ?? 0) - Double(seconds)
    let ahead = rest > 0 ? "[\(CommitBisectionText.about(rest)) left] " : ""
    return String("\(ahead)\(text): \(phase), \(seconds) s".prefix(110))
  }
}
