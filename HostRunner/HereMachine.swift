import Foundation
import VerdictStream
import VirtualMachine

/// What this machine is, as far as a probe's heading may ask: its processors, and its kernel's configuration.
struct HereMachine {
  let processors: Int
  /// The flags of /proc/cpuinfo, dots and dashes as underscores.
  let features: Set<String>
  /// nil where no file tells.
  let config: KernelConfig?

  static let this = HereMachine(
    processors: ProcessInfo.processInfo.activeProcessorCount,
    cpuinfo: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "",
    config: KernelConfig(release: release))

  init(processors: Int, cpuinfo: String, config: KernelConfig?) {
    self.processors = processors
    self.config = config
    let flags = cpuinfo.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: ":").last ?? ""
    features = Set(flags.split(separator: " ").map { Self.plain(String($0)) })
  }

  private static var release: String {
    let text = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }

  /// QEMU writes `sse4.1` what the kernel writes `sse4_1`.
  private static func plain(_ feature: String) -> String {
    feature.replacing(".", with: "_").replacing("-", with: "_")
  }

  /// Why a probe cannot tell here, or nil.
  func lack(for probe: ProbeMetadata) -> String? {
    if probe.cpus > processors { return "it wants \(probe.cpus) processors, and this machine has \(processors)" }
    for feature in probe.cpuFeatures.map(\.description) {
      let name = String(feature.dropFirst())
      let isHere = features.contains(Self.plain(name))
      if feature.hasPrefix("+"), !isHere { return "this machine's processor has no \(name)" }
      if feature.hasPrefix("-"), isHere {
        return "this machine's processor has \(name), and the probe wants one without"
      }
    }
    let lacks = probe.configs.compactMap { config?.lack(of: $0.description) }
    return lacks.isEmpty ? nil : lacks.joined(separator: ", ")
  }
}
