/// Who executes the guest's instructions.
public enum Accelerator: String, Sendable, CaseIterable, Codable {
  /// The host's processor, through /dev/kvm.
  case kvm
  /// QEMU's own translator: everywhere, some ten times slower.
  case tcg

  /// QEMU's argument. A translation cache over 16 MiB makes no boot faster, and without a bound QEMU takes
  /// a gigabyte when the guest lets it.
  var argument: String {
    switch self {
    case .kvm: "kvm"
    case .tcg: "tcg,tb-size=64"
    }
  }
}

/// What the user wants.
public enum AcceleratorChoice: String, Sendable, CaseIterable {
  /// KVM when it has been seen to work, else TCG.
  case auto
  /// KVM or nothing.
  case kvm
  /// TCG.
  case tcg
}

/// How long each phase may take, in seconds from its beginning.
public struct Deadlines: Sendable, Equatable {
  /// From QEMU's start to the first byte on the console.
  public var firstByte: Double
  /// From QEMU's start to `hello`.
  public var hello: Double
  /// Between two records while no probe runs.
  public var record: Double
  /// Added to a probe's own deadline before the guest counts as hung; the init acts on that deadline first.
  public var probeGrace: Double
  /// The whole run; nil for the sum of what the plan may take.
  public var total: Double?
  /// How long the console is read on after a panic, so that the trace is kept whole.
  public var postMortem: Double = 2
  /// Percent by which probes' own deadlines are stretched.
  public var timeoutPercent: Int

  /// For this accelerator. The slowest boot of a distribution kernel seen under TCG on two loaded cores took
  /// 6 s; twenty times that tells a hang from a busy machine.
  public init(for accelerator: Accelerator) {
    switch accelerator {
    case .tcg: (firstByte, hello, record, probeGrace, timeoutPercent) = (60, 120, 30, 20, 300)
    case .kvm: (firstByte, hello, record, probeGrace, timeoutPercent) = (20, 40, 10, 10, 100)
    }
  }
}
