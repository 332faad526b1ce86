import Bisection
import Foundation
import Reports
import Synchronization

/// On a terminal, a line that says what is being done. Elsewhere finished things are worth a line, and what is being done
/// only where nothing has come to an end for a minute: who reads the log of a CI job is to see that it lives.
final class LiveLine: Sendable {
  private static let patience = Duration.seconds(60)
  private let state = Mutex(State())

  private struct State {
    var text = ""
    var start = Date.now
    /// When the last line was written that stays.
    var told = ContinuousClock.now
    /// Seconds that all was to take from then on, where that is known.
    var left: Double?
    var notes: Set<String> = []
  }

  /// Something begins; with all that comes after it, it takes about so many seconds.
  func begin(_ text: String, left: Double? = nil) {
    state.withLock { $0 = State(text: text, told: $0.told, left: left, notes: $0.notes) }
    if Terminal.isTerminal { show("") }
  }

  /// It is at this point.
  func phase(_ text: String) { show(text) }

  /// What the making and booting of kernels is at. Its notes stay; what is so of each kernel is said once.
  func tell(_ progress: KernelWorkshop.Progress) {
    let words = CommitBisectionText.phase(progress)
    guard case .note = progress else { return show(words) }
    if state.withLock({ $0.notes.insert(words).inserted }) { end("note: \(words)") }
  }

  /// It came to its end: the line that stays.
  func end(_ line: String) {
    state.withLock { $0.told = .now }
    Terminal.note(line)
  }

  /// Takes the line off the screen.
  func clear() { Terminal.clearLine() }

  private func show(_ phase: String) {
    state.withLock { state in
      guard Terminal.isTerminal || state.told.duration(to: .now) >= Self.patience else { return }
      let seconds = Int(Date.now.timeIntervalSince(state.start))
      let line = Self.line(state.text, phase, seconds: seconds, left: state.left)
      if Terminal.isTerminal { return Terminal.show(line) }
      state.told = .now
      Terminal.note(line)
    }
  }

  /// The time that is left stands where a long name cannot push it off the line.
  static func line(_ text: String, _ phase: String, seconds: Int, left: Double?) -> String {
    let rest = (left ?? 0) - Double(seconds)
    let ahead = rest > 0 ? "[\(CommitBisectionText.about(rest)) left] " : ""
    let now = [text, phase].filter { !$0.isEmpty }.joined(separator: ": ")
    return String("\(ahead)\(now), \(seconds) s".prefix(110))
  }
}
