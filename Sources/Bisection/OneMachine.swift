import HostSystem
import Synchronization

/// Kernels that are compared are run on one machine. KVM for some and its emulation for others, or an emulator that was replaced
/// overnight, could be what makes them differ.
final class OneMachine: Sendable {
  private let first: Mutex<String?>

  /// The machine of verdicts that are there already, if any.
  init(_ known: String?) { first = Mutex(known) }

  /// What ran until now.
  var name: String? { first.withLock { $0 } }

  /// The machine, if it is the one that ran until now.
  func require(_ machine: String) throws(Failure) -> String {
    let known = first.withLock { first in
      first = first ?? machine
      return first
    }
    if known == machine { return machine }
    throw Failure(
      .toolFailed,
      "kernels were run by \(known ?? "") until now and would be run by \(machine): what differs then may be the machine",
      remedy: "make the first one available again, or start anew; kernels in the store are used again")
  }
}
