import Foundation
import HostSystem
import KernelModules
import VerdictStream
import VirtualMachine

/// What this machine is, as far as a probe's heading may ask: its processors, and its kernel's configuration.
struct HereMachine {
  let processors: Int
  /// The flags of /proc/cpuinfo, dots and dashes as underscores.
  let features: Set<String>
  /// nil where no file tells.
  let config: KernelConfig?

  static func this() async -> HereMachine {
    HereMachine(
      processors: ProcessInfo.processInfo.activeProcessorCount,
      cpuinfo: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "",
      config: await runningConfig())
  }

  init(processors: Int, cpuinfo: String, config: KernelConfig?) {
    self.processors = processors
    self.config = config
    let flags = cpuinfo.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: ":").last ?? ""
    features = Set(flags.split(separator: " ").map { Self.plain(String($0)) })
  }

  /// What the running kernel says of itself (CONFIG_IKCONFIG_PROC), or else the file that was installed with it.
  private static func runningConfig() async -> KernelConfig? {
    let own = "/proc/config.gz"
    if FileManager.default.isReadableFile(atPath: own),
      let gzip = try? Tool("gzip", remedy: "install it: apt-get install gzip"),
      let text = try? await gzip.succeed(["-dc", own]).output, !text.isEmpty
    {
      return KernelConfig(text, from: URL(filePath: own))
    }
    return KernelConfig(release: release)
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
    guard let config else { return nil }
    let lacks = probe.configs.compactMap { Self.lack(of: $0.description, config) }
    return lacks.isEmpty ? nil : lacks.joined(separator: ", ")
  }

  /// This machine's kernel gets no module for the sake of a probe.
  private static func lack(of symbol: String, _ config: KernelConfig) -> String? {
    guard let value = config[symbol] else { return "\(symbol) is not set" }
    let loaded = SymbolModules.modules(for: symbol) { FileManager.default.fileExists(atPath: "/sys/module/\($0)") }
    return value == "m" && loaded.isEmpty ? "\(symbol) is a module, which is not loaded here" : nil
  }
}
