public import Foundation
public import HostSystem
public import Initramfs
public import VerdictStream

/// An init with the probes that are linked into it.
public struct GuestImage: Sendable {
  /// The static program that becomes PID 1.
  public let program: Data
  /// Its probes, as the ELF section tells them.
  public let probes: [ProbeMetadata]

  /// A file that the guest has beside its init.
  public struct File: Sendable, Equatable {
    /// Where, from the root.
    public let path: String
    /// Its permissions.
    public let mode: UInt32
    /// What is in it.
    public let content: Data
  }

  /// Files beside the init: programs of others and what they load.
  public internal(set) var files: [File] = []

  /// Reads a linked init.
  public init(program: Data, from origin: String) throws(Failure) {
    self.program = program
    guard let section = ELFFile(bytes: Array(program)).section(named: ProbeMetadata.section.description) else {
      throw Failure(
        .badInput, "\(origin) defines no probe",
        remedy: "a probe is written PROBE(\"id\", \"summary\") { ... }; 'firstbad new' makes one to start from")
    }
    var probes: [ProbeMetadata] = []
    for text in section.split(separator: 0) {
      do {
        probes.append(try ProbeMetadata(parsing: Text(Array(text))))
      } catch {
        throw Failure(
          .badInput, "\(origin) has a probe with a heading that makes no sense: \(error.line)",
          remedy: Self.rule(of: error.line))
      }
    }
    for (index, probe) in probes.enumerated() where probes[..<index].contains(where: { $0.id == probe.id }) {
      throw Failure(.badInput, "two probes are called \(probe.id)", remedy: "give one of them another id")
    }
    self.probes = probes.sorted { $0.id.description < $1.id.description }
  }

  /// What a line of a heading must be like.
  private static func rule(of line: Text) -> String {
    let table: [(Text, String)] = [
      ("id=", "an id is lower-case words and digits parted by dots and hyphens, such as net.reuse-port"),
      ("memory=", "MEMORY_MIB takes a whole number from 32 to 65536"),
      ("cpus=", "CPUS takes a whole number from 1 to 64"),
      ("timeout=", "TIMEOUT_S and TIMEOUT_MS take a whole number, up to an hour"),
      ("config=", "NEEDS takes a symbol with its prefix, such as CONFIG_INET"),
      ("module=", "MODULE takes the name of one module without path and ending, such as nf_tables"),
      ("sysctl=", "SYSCTL takes a name and a value"),
    ]
    return table.first { line.hasPrefix($0.0) }?.1 ?? "probe.h lists what a PROBE heading may hold"
  }

  /// The image with the shipped probes.
  public static func shipped(_ kit: Kit) throws(Failure) -> GuestImage {
    guard let program = try? Data(contentsOf: kit.shippedInit) else {
      throw Failure(.missingTool, "\(kit.shippedInit.path) is not built", remedy: "run 'make guest'")
    }
    return try GuestImage(program: program, from: kit.shippedInit.path)
  }

  /// The probe with this id.
  public func probe(_ id: Text) -> ProbeMetadata? { probes.first { $0.id == id } }

  /// The archive without a plan: everything that a guest needs to begin.
  public var archive: Archive {
    var archive = Archive()
    for folder in ["dev", "proc", "sys", "tmp", "run", "root"] { archive.addFolder(folder) }
    // The kernel opens /dev/console for PID 1 before there is any devtmpfs.
    archive.addDevice("dev/console", major: 5, minor: 1)
    archive.addFile("init", mode: 0o755, program)
    var folders: Set<String> = []
    for file in files {
      let parts = file.path.split(separator: "/").map(String.init)
      for depth in 1..<max(1, parts.count) {
        let folder = parts[..<depth].joined(separator: "/")
        if folders.insert(folder).inserted { archive.addFolder(folder) }
      }
      archive.addFile(parts.joined(separator: "/"), mode: file.mode, file.content)
    }
    return archive
  }

  /// The initramfs for one run: the image, and behind it in an archive of its own the plan with its modules' files.
  public func initramfs(_ plan: Plan, modules: [Data] = []) -> [UInt8] {
    var second = Archive()
    second.addFile(String(Plan.path.description.dropFirst()), mode: 0o400, plan.text.bytes)
    for (module, bytes) in zip(plan.modules, modules) {
      second.addFile(String(module.path.description.dropFirst()), mode: 0o400, bytes)
    }
    return archive.bytes + second.bytes
  }
}
