import Bisection
import Synchronization

/// The notes of a bisection, in the order in which they were told.
final class Notes: Sendable {
  private let all = Mutex<[String]>([])
  var list: [String] { all.withLock { $0 } }

  func take(_ event: CommitBisection.Event) {
    if case .note(let note) = event { all.withLock { $0.append(note) } }
  }
}
