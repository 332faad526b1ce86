import HostSystem
import KernelPackages
import Suite
import VirtualMachine

/// How guests are run. The defaults are those of the `firstbad` command.
public struct GuestOptions: Sendable, Hashable {
  /// Who executes the guest's instructions.
  public enum Accelerator: String, Sendable, CaseIterable {
    /// KVM where it has been seen to work, else TCG.
    case auto
    /// KVM or nothing.
    case kvm
    /// QEMU's emulation.
    case tcg
  }

  /// A phase that has a deadline.
  public enum Phase: String, Sendable, CaseIterable {
    /// From QEMU's start to the first byte on the console.
    case firstByte = "first-byte"
    /// From QEMU's start to the kernel's banner.
    case banner
    /// From QEMU's start to the init's first record.
    case hello
    /// Between two records while no probe runs.
    case record
    /// Each probe, whatever its heading says.
    case probe
    /// Beyond a probe's own deadline, before the guest counts as hung.
    case grace
    /// The whole boot.
    case total
    /// How long the console is read on after a panic.
    case postMortem = "post-mortem"
  }

  /// Who executes the guest.
  public var accelerator = Accelerator.auto
  /// Whether a WARN, a stall or a lockdep report makes a passing probe bad; a BUG or an Oops always does.
  public var failsOnWarning = false
  /// Further words for the kernel's command line.
  public var kernelArguments: [String] = []
  /// Deadlines that replace the accelerator's own.
  public var deadlines: [Phase: Duration] = [:]
  /// Whether the modules that a probe wants are fetched, for kernels of ``Kernel/packages(matching:skippingGaps:)`` of which
  /// they are not here yet. Without them such a probe is untestable.
  public var fetchesModules = true

  /// The defaults.
  public init() {}

  var runOptions: RunOptions {
    var options = RunOptions()
    options.accelerator =
      switch accelerator {
      case .auto: .auto
      case .kvm: .kvm
      case .tcg: .tcg
      }
    options.failOn = failsOnWarning ? .warn : .oops
    options.append = kernelArguments
    if fetchesModules { options.fetchModules = Self.fetchModules }
    // In the order of time: an earlier phase is cut to a later one's limit, and not the other way round.
    options.deadlines = Phase.allCases.compactMap { phase in
      deadlines[phase].map { (phase.rawValue, $0 / .seconds(1)) }
    }
    return options
  }

  /// One at a time: tests of one kernel that run side by side would fetch the same.
  private static let fetching = GuestGate(1)

  private static func fetchModules(of kernel: KernelImage) async throws {
    guard let (name, version) = kernel.package else { return }
    let package = KernelPackage(name: name, version: version)
    try await fetching.within {
      try await KernelSupply(places: Places()).fetchModules(of: package, image: kernel.file)
    }
  }
}
