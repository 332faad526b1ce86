/// Something that a kernel says on its console when it is in trouble.
public struct KernelEvent: Equatable, Sendable {
  /// How bad it is.
  public enum Severity: Int, Sendable, Comparable {
    /// Worth knowing: a WARN, a lockdep report, a stall that passed.
    case warning
    /// The kernel broke: a BUG or an Oops. It may live on.
    case broken
    /// It stopped: a panic.
    case dead

    /// Less is less bad.
    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
  }

  /// How bad it is.
  public let severity: Severity
  /// Short and stable: kind and text, with addresses, numbers that differ from boot to boot, and offsets masked,
  /// and the faulting function where the kernel names one.
  public internal(set) var signature: String
  /// The head line as it stood on the console.
  public let line: String
  /// The probe that was running, or nil before the first and after the last.
  public let probe: String?
  /// Where the console knows a fault of the emulator rather than of the kernel.
  public let isEmulatorNoise: Bool
}

/// The kernel's own message forms: how a head line begins, what it means.
///
/// Taken from where the kernel prints them: kernel/panic.c, lib/bug.c, arch/*/mm/fault.c, mm/kasan/report.c,
/// kernel/locking/lockdep.c, kernel/hung_task.c, kernel/rcu/tree_stall.h, kernel/watchdog.c, mm/slub.c, mm/slab.c. Anchored
/// at the start of the message, so that "DEBUG:" is no "BUG:" and a quotation in the middle of a line is none either.
struct MessageForm {
  let prefix: String
  let severity: KernelEvent.Severity
  /// Whether the kernel's state, ` (Not tainted)` or ` (Tainted: G    B  )`, stands in it: other messages begin with this word, too.
  private let tellsTaint: Bool

  init(_ prefix: String, _ severity: KernelEvent.Severity, tellsTaint: Bool = false) {
    self.prefix = prefix
    self.severity = severity
    self.tellsTaint = tellsTaint
  }

  func matches(_ message: Substring) -> Bool {
    message.hasPrefix(prefix)
      && (!tellsTaint || message.contains(#/ \((Not tainted|Tainted: [A-Z ]+)\): \S/#))
  }

  /// The first row that matches decides.
  static let table: [MessageForm] = [
    MessageForm("Kernel panic - not syncing: ", .dead),
    MessageForm("BUG: soft lockup", .warning),
    MessageForm("BUG: workqueue lockup", .warning),
    MessageForm("BUG: KCSAN: ", .warning),
    MessageForm("BUG: sleeping function called from invalid context", .warning),
    MessageForm("BUG: ", .broken),
    // SLUB, `BUG kmalloc-64 (Not tainted): Poison overwritten`; and SLAB, which Linux had up to 6.7.
    MessageForm("BUG ", .broken, tellsTaint: true),
    MessageForm("Slab corruption ", .broken, tellsTaint: true),
    MessageForm("slab error in ", .broken),
    MessageForm("kernel BUG at ", .broken),
    // Without CONFIG_DEBUG_BUGVERBOSE.
    MessageForm("Kernel BUG at ", .broken),
    MessageForm("Oops: ", .broken),
    MessageForm("Internal error: ", .broken),
    MessageForm("Unable to handle kernel ", .broken),
    MessageForm("general protection fault", .broken),
    MessageForm("invalid opcode: ", .broken),
    MessageForm("divide error: ", .broken),
    MessageForm("stack segment: ", .broken),
    MessageForm("double fault: ", .broken),
    MessageForm("PANIC: double fault", .broken),
    MessageForm("WARNING: ", .warning),
    MessageForm("UBSAN: ", .warning),
    MessageForm("INFO: task ", .warning),
    MessageForm("INFO: rcu", .warning),
    MessageForm("INFO: suspicious RCU usage", .warning),
    MessageForm("rcu: INFO: rcu", .warning),
    MessageForm("watchdog: BUG: soft lockup", .warning),
    MessageForm("Kernel memory protection ", .warning),
  ]

  /// Panics that the emulator causes on a loaded host; a second boot of the same kernel decides.
  static let emulatorNoise = [
    "IO-APIC + timer doesn't work",
    "Timer doesn't work through Interrupt-remapped IO-APIC",
    "kthread timer wakeup didn't happen",
  ]
}
