import Foundation
import Synchronization

/// On a terminal, a line that says what is being done; elsewhere nothing, as only finished things are worth a line.
final class LiveLine: Sendable {
  private let isTerminal = isatty(2) != 0
  private let state = Mutex((text: "", start: Date.now, isShown: false))

  /// Something begins.
  func begin(_ text: String) {
    state.withLock { $0 = (text, .now, $0.isShown) }
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
      let line = "\(state.text): \(phase), \(seconds) s".prefix(110)
      try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(line)".utf8))
      state.isShown = true
    }
  }
}
