import Bisection

extension Seen {
  /// As it should be.
  static let fine = Seen(.good, phase: .done, reason: "all checks passed", observations: ["admitted": "1"])
  /// As the user complains of.
  static let failing = Seen(
    .bad(signature: "check admitted == 1"), phase: .done, reason: "check failed", isFailedCheck: true,
    observations: ["admitted": "0"])
  /// A guest that falls silent while the probe runs.
  static let hanging = Seen(.bad(signature: "net.one: hang"), phase: .probe, reason: "the whole guest hung")
  /// A guest that does not come up in time, as on a busy host.
  static let unready = Seen(
    .untestable(phase: .kernel, signature: "boot deadline"), phase: .kernel, reason: "no init within 30 s")
  /// A kernel that panics while the probe runs, which is not what is hunted.
  static let panicking = Seen(.bad(signature: "kernel panic: other"), phase: .probe, reason: "panic")

  /// A commit that gives no kernel.
  static func broken(_ why: String) -> Seen {
    Seen(.untestable(phase: .build, signature: why), phase: .build, reason: why)
  }
}
