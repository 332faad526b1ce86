import ArgumentParser
import GuestImage
import HostSystem
import Reports

/// `firstbad list`: the shipped probes.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the shipped probes, or those of C and Swift files.")

  @Argument(help: "C and Swift files with probes.")
  var file: [String] = []

  func run() async throws {
    let kit = try Kit.find()
    let probes =
      file.isEmpty
      ? try GuestImage.shipped(kit).probes
      : try await ProbeSelection(arguments: file, kit: kit, places: Places()).probes
    var table = Table("PROBE", "TRUE WHEN IT PASSES")
    for probe in probes { table.add(probe.id.description, probe.summary.description) }
    for line in table.lines { try Terminal.print(line) }
  }
}
