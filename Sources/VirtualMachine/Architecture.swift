/// What differs from one architecture of guest to the next, as data.
public struct Architecture: Sendable, Equatable {
  /// `uname -m`.
  public let name: String
  /// The QEMU system emulator.
  public let qemu: String
  /// QEMU's machine type. Under TCG pc, q35 and microvm boot equally fast (within 10 %), and pc boots the oldest kernels.
  public let machine: String
  /// The kernel's name of the first serial port.
  public let console: String
  /// The guest's device for the second serial port, which carries the records; nil where there is none.
  public let verdictPort: String?
  /// The Debian package that brings the emulator.
  public let package: String

  /// The architectures with a guest library.
  public static let all = [
    Architecture(
      name: "x86_64", qemu: "qemu-system-x86_64", machine: "pc", console: "ttyS0", verdictPort: "/dev/ttyS1",
      package: "qemu-system-x86")
  ]

  /// The only one so far.
  public static var x86_64: Architecture { all[0] }
}

/// The machine that a guest gets, and how its kernel is started on it.
public struct MachineShape: Sendable, Hashable {
  /// Number of CPUs. More than one makes boots under TCG slower.
  public var cpus = 1
  /// Memory in MiB.
  public var memoryMebibytes = 256
  /// CPU features in QEMU's spelling with `+` or `-`, sorted.
  public var cpuFeatures: [String] = []
  /// Words that shorten the boot; see ``BootShortcut``.
  public var shortcuts: [String] = []

  /// One CPU, 256 MiB, everything the emulator can do.
  public init(cpus: Int = 1, memoryMebibytes: Int = 256, cpuFeatures: [String] = [], shortcuts: [String] = []) {
    self.cpus = cpus
    self.memoryMebibytes = memoryMebibytes
    self.cpuFeatures = cpuFeatures.sorted()
    self.shortcuts = shortcuts
  }

  /// QEMU's words for the CPU. `enforce` makes it an error when a wish cannot be met; QEMU would only warn. What is dear
  /// to emulate is left out, unless a probe speaks of it.
  func cpuModel(for accelerator: Accelerator) -> String {
    let spokenOf = Set(cpuFeatures.map { $0.dropFirst() })
    let without = accelerator.dearFeatures.filter { !spokenOf.contains($0[...]) }.map { "-\($0)" }
    return (["max", "enforce"] + without + cpuFeatures).joined(separator: ",")
  }
}
