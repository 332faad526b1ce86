/// What the guest saw of one probe. The host turns it into a verdict.
public enum Outcome: UInt8, Equatable, Sendable, CaseIterable {
  /// The probe said PASS and its process ended with status 0.
  case pass
  /// A check failed, or the probe said FAIL.
  case fail
  /// The probe said it cannot tell on this kernel.
  case skip
  /// The probe was still running at its deadline.
  case timeout
  /// A signal ended the probe's process.
  case crashed
  /// The probe's processes could not be killed: something in the kernel does not let go.
  case stuck
  /// The probe ended without a result: it is the probe that is broken.
  case noResult
  /// What the probe asked for could not be had, so its function was not called.
  case unready
}

/// `probe-end`: the one record that decides about a probe.
public struct ProbeEnd: Equatable, Sendable {
  /// The probe's id.
  public var probe: Text
  /// What became of it.
  public var outcome: Outcome
  /// From begin to end, in milliseconds of the guest's monotonic clock.
  public var durationMilliseconds: Int
  /// For people: the message of FAIL or SKIP, the failed check with its values, or why it was not ready.
  public var message: Text
  /// The expression of the failed check; empty otherwise. Stable from kernel to kernel.
  public var check: Text
  /// `file.c:line` of the check, FAIL or SKIP.
  public var location: Text
  /// Name of the errno at that moment, or empty.
  public var errno: Text
  /// Name of the signal that ended the probe, or empty.
  public var signal: Text
  /// Exit status of the probe's process, or -1 when it did not exit.
  public var status: Int
  /// Bytes of output that were thrown away because the limit was reached.
  public var outputDropped: Int
  /// Bits of /proc/sys/kernel/tainted that were set while the probe ran.
  public var taint: Int

  /// An end with nothing said but the outcome.
  public init(probe: Text, outcome: Outcome, durationMilliseconds: Int = 0) {
    self.probe = probe
    self.outcome = outcome
    self.durationMilliseconds = durationMilliseconds
    message = Text()
    check = Text()
    location = Text()
    errno = Text()
    signal = Text()
    status = -1
    outputDropped = 0
    taint = 0
  }
}
