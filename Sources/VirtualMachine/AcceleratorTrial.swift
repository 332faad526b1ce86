import Foundation
public import HostSystem
import Judgement
import VerdictStream

/// Finds out which accelerator really runs a kernel.
///
/// /dev/kvm that opens proves nothing: there are hosts where QEMU then aborts, and others where the guest
/// never executes an instruction in long mode, while its real-mode code runs and prints. So a real kernel is started
/// without an init and must come to the panic that says so; the answer is kept for this host and this QEMU.
public struct AcceleratorTrial: Sendable {
  /// An answer and where it comes from.
  public struct Answer: Sendable, Equatable {
    /// What to use.
    public let accelerator: Accelerator
    /// Why, for a person; nil when there is nothing to say.
    public let reason: String?
    /// True when the reason is a discovery of this very run and worth a line.
    public let isNew: Bool
  }

  /// Seconds that KVM has for a kernel's first byte, and for its banner; where it works, half a second is enough. From
  /// there to the panic a kernel has what it has under TCG: there are some that check themselves all the way.
  static let patience = (firstByte: 5.0, banner: 15.0)

  /// What kernels say when they find no init.
  private static let wanted = ["Unable to mount root fs", "No working init found", "No init found"]

  /// Whether a kernel that died got as far as a kernel can without an init.
  static func isWanted(_ death: KernelEvent) -> Bool { wanted.contains(where: death.line.contains) }

  private let hypervisor: Hypervisor
  private let places: Places
  private let device: String

  /// A trial with this QEMU.
  public init(_ hypervisor: Hypervisor, places: Places, device: String = "/dev/kvm") {
    self.hypervisor = hypervisor
    self.places = places
    self.device = device
  }

  /// The accelerator for this choice, tried with this kernel where that is not known yet.
  public func decide(_ choice: AcceleratorChoice, with kernel: KernelImage) async throws -> Answer {
    if choice == .tcg { return Answer(accelerator: .tcg, reason: nil, isNew: false) }
    let answer = try await auto(with: kernel)
    if choice == .kvm, answer.accelerator != .kvm {
      throw Failure(
        .missingTool, "KVM was asked for and does not work here: \(answer.reason ?? "no reason known")",
        remedy: "use --accel auto or tcg")
    }
    return answer
  }

  private func auto(with kernel: KernelImage) async throws -> Answer {
    if let lack = deviceLack() { return Answer(accelerator: .tcg, reason: lack, isNew: false) }
    if let known = remembered() { return known }
    let failure = try await failure(of: .kvm, with: kernel)
    guard let failure else {
      remember("works")
      return Answer(accelerator: .kvm, reason: nil, isNew: true)
    }
    // The kernel itself may be what is broken; only when TCG runs it is KVM the one to blame.
    if try await self.failure(of: .tcg, with: kernel) == nil { remember(failure) }
    return Answer(accelerator: .tcg, reason: failure, isNew: true)
  }

  private func deviceLack() -> String? {
    if !FileManager.default.fileExists(atPath: device) { return "there is no \(device)" }
    if access(device, R_OK | W_OK) != 0 { return "\(device) may not be opened by this user" }
    return nil
  }

  /// nil when the kernel came to the end that a kernel without an init has. Any other death may be the accelerator's doing.
  private func failure(
    of accelerator: Accelerator, with kernel: KernelImage, isAgain: Bool = false
  ) async throws -> String? {
    var deadlines = Deadlines(for: .tcg)
    if accelerator == .kvm { (deadlines.firstByte, deadlines.banner) = Self.patience }
    let record = try await hypervisor.run(
      Boot(
        kernel: kernel, initramfs: [UInt8](repeating: 0, count: 512), nonce: "trial", planned: [],
        shape: MachineShape(), accelerator: accelerator, deadlines: deadlines, goal: .death))
    try? FileManager.default.removeItem(at: record.folder.url)
    let console = record.evidence.console
    // QEMU may be gone before anybody looks, so the end is no matter.
    if let death = console.events.first(where: { $0.severity == .dead }) {
      if death.isEmulatorNoise && !isAgain { return try await failure(of: accelerator, with: kernel, isAgain: true) }
      return Self.isWanted(death) ? nil : "a kernel started with \(device) dies: \(death.line)"
    }
    switch record.evidence.end {
    case .signalled(let number): return "QEMU dies of signal \(number) when it uses \(device)"
    case .exited(let status): return "QEMU ends with status \(status) when it uses \(device)"
    default:
      if console.size == 0 {
        return "a kernel started with \(device) says nothing for \(Int(Self.patience.firstByte)) s"
      }
      return "a kernel started with \(device) comes to a halt, its last words: \(console.lastLine)"
    }
  }

  /// Any kernel at hand to try with: one that was fetched, or the host's own.
  public static func anyKernel(_ places: Places) -> String? {
    let fetched = (try? FileManager.default.contentsOfDirectory(atPath: places.kernels.path)) ?? []
    let folders = fetched.sorted().reversed().map { places.kernels.appending(path: "\($0)/boot").path } + ["/boot"]
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let images = names.filter { $0.hasPrefix("vmlinuz") }.map { "\(folder)/\($0)" }
      if let image = images.first(where: FileManager.default.isReadableFile) { return image }
    }
    return nil
  }

  // MARK: - Memory

  private var memory: URL { places.cache.appending(path: "accelerator.json") }

  private var emulator: String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: hypervisor.qemu.path)
    let size = attributes?[.size] as? Int ?? 0
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(hypervisor.qemu.path) \(size) \(date)"
  }

  private var processor: String {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return String(information.split(separator: "\n").first { $0.hasPrefix("model name") } ?? "")
  }

  /// The answer holds for this emulator, this host kernel and this processor.
  private var key: String {
    let host = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
    // Answers before the 3 were given for less: for a first byte, and then for any panic.
    return "3 \(emulator) | \(host.filter { $0 != "\n" }) | \(processor)"
  }

  /// The machine that guests get by this accelerator, as far as it may decide what they show: the emulator, and under KVM the
  /// host's own processor.
  public func machine(_ accelerator: Accelerator) -> String {
    switch accelerator {
    case .tcg: "TCG of \(emulator)"
    case .kvm: "KVM of \(emulator) on \(processor)"
    }
  }

  private func remembered() -> Answer? {
    guard let data = try? Data(contentsOf: memory),
      let answers = try? JSONDecoder().decode([String: String].self, from: data), let answer = answers[key]
    else { return nil }
    return answer == "works"
      ? Answer(accelerator: .kvm, reason: nil, isNew: false)
      : Answer(accelerator: .tcg, reason: answer, isNew: false)
  }

  /// Without a writable cache every run tries anew; that costs time and nothing else.
  private func remember(_ answer: String) {
    try? Places.make(places.cache)
    if let data = try? JSONEncoder().encode([key: answer]) { try? Places.write(data, to: memory) }
  }
}
