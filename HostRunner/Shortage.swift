import Foundation
import HostSystem

/// Too little address space, or too few threads: what would make us wait for ever.
///
/// Where pthread_create(3) fails, libdispatch, on which Swift's tasks run, tries it again each second without end, or what was
/// to run is lost; the tasks then stand still, and with them the answer to signals. Whoever waits unattended has to hear of
/// it.
enum Shortage {
  /// Bytes of address space below which no command begins: a run takes 0.7 GB for threads of ours, and QEMU 0.6 GB.
  static let leastAddressSpace: UInt64 = 1 << 30
  /// How many threads have to be had at once: a run has 8, and QEMU 3; these count where a user's processes are limited.
  static let leastThreads = 12
  /// Seconds in a row without a new thread that are the end; a limit that others have filled passes sooner, as a rule.
  static let patience = 60

  /// Refuses to begin where nothing could run, and from then on looks whether a thread can be had. Comes before the first
  /// task.
  static func watch() throws(Failure) {
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < leastAddressSpace {
      throw Failure(
        .usage, "address space is limited to \(limit.rlim_cur >> 20) MiB, and firstbad and QEMU need 1 GiB each",
        remedy: "raise the limit: ulimit -v unlimited")
    }
    try reserve()
    if !isStarted({ _ in Shortage.lookOn() }) { throw ofThreads("at the start") }
  }

  /// As many threads as are needed, all at one time, and ended again.
  private static func reserve() throws(Failure) {
    gate.lock()
    defer { gate.unlock() }
    for _ in 0..<leastThreads {
      let isHad = isStarted { _ in
        Shortage.gate.lock()
        Shortage.gate.unlock()
        return nil
      }
      if !isHad { throw ofThreads("at the start") }
    }
  }

  private static let gate = NSLock()

  private static func lookOn() -> Never {
    var seconds = 0
    while seconds < patience {
      sleep(1)
      seconds = isStarted { _ in nil } ? 0 : seconds + 1
    }
    // Not exit(3): what it calls may wait for a thread. QEMU and make end with us, as after KILL.
    _exit(FirstbadCommand.status(of: ofThreads("for \(patience) seconds")))
  }

  private static func ofThreads(_ time: String) -> Failure {
    Failure(
      .toolFailed, "no thread can be had \(time)",
      remedy: "raise the limit of processes (ulimit -u, pids.max of the control group) or of memory (ulimit -v)")
  }

  private static func isStarted(
    _ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
  ) -> Bool {
    var thread = pthread_t()
    guard pthread_create(&thread, nil, body, nil) == 0 else { return false }
    pthread_detach(thread)
    return true
  }
}
