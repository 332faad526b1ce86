/// How long each phase may take, in seconds.
public struct Deadlines: Sendable, Equatable {
  /// From QEMU's start to the first byte on the console.
  public var firstByte: Double
  /// From QEMU's start to the kernel's banner, `Linux version ...`; not asked of a kernel that reports without one.
  public var banner: Double
  /// From QEMU's start to `hello`.
  public var hello: Double
  /// Between two records while no probe runs.
  public var record: Double
  /// Each probe, whatever its heading says; nil for what it says.
  public var probe: Double?
  /// Added to a probe's own deadline before the guest counts as hung; the init acts on that deadline first.
  public var grace: Double
  /// The whole run; nil for the sum of what the plan may take.
  public var total: Double?
  /// How long the console is read on after a panic, so that the trace is kept whole.
  public var postMortem: Double
  /// Percent by which probes' own deadlines are stretched.
  public var timeoutPercent: Int

  /// For this accelerator. The slowest boot of a distribution kernel seen under TCG on two loaded cores took
  /// 6 s; twenty times that tells a hang from a busy machine.
  public init(for accelerator: Accelerator) {
    (probe, total, postMortem) = (nil, nil, 2)
    switch accelerator {
    case .tcg: (firstByte, banner, hello, record, grace, timeoutPercent) = (60, 90, 120, 30, 20, 300)
    case .kvm: (firstByte, banner, hello, record, grace, timeoutPercent) = (20, 30, 40, 10, 10, 100)
    }
  }

  /// The deadlines that a user can set, by their names on the command line.
  public static let names = ["first-byte", "banner", "hello", "record", "probe", "grace", "total", "post-mortem"]

  /// Sets one by its name; false when there is none of this name. An earlier phase never outlasts a later one.
  public mutating func set(_ name: String, to seconds: Double) -> Bool {
    switch name {
    case "first-byte": firstByte = seconds
    case "banner": banner = seconds
    case "hello":
      hello = seconds
      (firstByte, banner) = (min(firstByte, seconds), min(banner, seconds))
    case "record": record = seconds
    case "probe": probe = seconds
    case "grace": grace = seconds
    case "total": total = seconds
    case "post-mortem": postMortem = seconds
    default: return false
    }
    return true
  }
}
