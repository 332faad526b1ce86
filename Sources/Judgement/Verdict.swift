/// How far a run came. The order is the order in time.
public enum Phase: String, Sendable, Codable, CaseIterable, Comparable {
  /// Making the kernel's configuration.
  case configure
  /// Compiling the kernel.
  case build
  /// Starting QEMU.
  case start
  /// From QEMU's start to the kernel's first byte on the console.
  case firmware
  /// From the first byte to the init's `hello`.
  case kernel
  /// From `hello` to the first `probe-begin`.
  case `init`
  /// A probe is running.
  case probe
  /// The stream is complete.
  case done

  /// Earlier phases are less.
  public static func < (left: Phase, right: Phase) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// What the host says of one probe on one kernel.
public enum Verdict: Equatable, Hashable, Sendable {
  /// The behaviour is there; proven by a complete stream.
  case good
  /// The behaviour is not there. The signature names how it went wrong, in a form that stays the same from
  /// kernel to kernel.
  case bad(signature: String)
  /// This kernel cannot tell.
  case untestable(phase: Phase, signature: String)
  /// Our side failed; nothing is known about the kernel.
  case infra(reason: String)

  /// `good`, `bad`, `untestable` or `infra`.
  public var word: String {
    switch self {
    case .good: "good"
    case .bad: "bad"
    case .untestable: "untestable"
    case .infra: "infra"
    }
  }

  /// The signature, where there is one.
  public var signature: String? {
    switch self {
    case .bad(let signature), .untestable(_, let signature): signature
    case .good, .infra: nil
    }
  }
}

/// Exit statuses. The only place that knows them.
///
/// `git bisect run` reads 0 as good, 125 as skip, everything else from 1 to 127 as bad, and stops at 128
/// and above (git-bisect(1), "Bisect run"). So nothing but a proven bad may ever leave with 1 to 127.
public enum ExitStatus {
  /// What ends a bisect instead of accusing a commit: usage errors, missing tools, full disks, signals.
  public static let failure: Int32 = 128

  /// The status for one verdict.
  public static func of(_ verdict: Verdict) -> Int32 {
    switch verdict {
    case .good: 0
    case .bad: 1
    case .untestable: 125
    case .infra: failure
    }
  }

  /// The status for several: what is least known decides, then what is worst. No verdict at all is a failure.
  public static func of(_ verdicts: some Collection<Verdict>) -> Int32 {
    let statuses = verdicts.map(of)
    for status in [failure, 1, 125, 0] where statuses.contains(status) { return status }
    return failure
  }
}

/// Which failures count as bad in a bisect.
public enum Hunt: Equatable, Sendable {
  /// Only what the probe itself found: a failed check or a FAIL.
  case failedCheck
  /// This signature and no other.
  case signature(String)
  /// One of these and no other.
  case signatures(Set<String>)
  /// Any.
  case anyFailure

  /// The verdict as this hunt sees it: a failure that is not hunted tells nothing about the one that is.
  public func judge(_ verdict: Verdict, outcomeIsFail: Bool) -> Verdict {
    guard case .bad(let found) = verdict else { return verdict }
    switch self {
    case .anyFailure: return verdict
    case .failedCheck: return outcomeIsFail ? verdict : .untestable(phase: .probe, signature: found)
    case .signature(let hunted):
      return hunted == found ? verdict : .untestable(phase: .probe, signature: found)
    case .signatures(let hunted):
      return hunted.contains(found) ? verdict : .untestable(phase: .probe, signature: found)
    }
  }
}
