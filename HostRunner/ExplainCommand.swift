import ArgumentParser
import Foundation
import GuestImage
import HostSystem
import ProbeLibrary
import Reports
import VerdictStream

/// `firstbad explain`: what a probe is about.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show what a probe checks, on which kernels it is known to differ, and why.")

  @Argument(help: "A shipped probe's id, or a C or Swift file with probes.")
  var probe: String

  func run() async throws {
    let kit = try Kit.find()
    let selection = try await ProbeSelection(arguments: [probe], kit: kit, places: Places())
    let measurements = try Sightings(file: kit.measurements)
    for (index, probe) in selection.probes.enumerated() {
      if index > 0 { try Terminal.print("") }
      try explain(probe, kit, measurements)
    }
  }

  private func explain(_ metadata: ProbeMetadata, _ kit: Kit, _ measurements: Sightings) throws {
    let source =
      ProbeSelection.isFile(probe)
      ? try ProbeSource(file: URL(filePath: probe)) : try ProbeSource.shipped(metadata.id, in: kit)
    try Terminal.print("\(metadata.id)\n  passes when: \(metadata.summary)")
    for line in wants(metadata) { try Terminal.print("  \(line)") }
    for paragraph in source?.history ?? [] {
      try Terminal.print("")
      for line in LibraryPage.wrapped(paragraph) { try Terminal.print(line) }
    }
    if let source { try Terminal.print("\n\(source.file.path)") }
    let stretches = Differences(measurements.rows(of: "\(metadata.id)")).stretches
    guard !stretches.isEmpty else { return }
    var table = Table("MEASURED ON", "SEEN")
    for stretch in stretches { table.add(stretch.range, stretch.text.isEmpty ? "passed" : stretch.text) }
    try Terminal.print("")
    for line in table.lines { try Terminal.print(line) }
  }

  private func wants(_ probe: ProbeMetadata) -> [String] {
    var lines = probe.sysctls.map { "sysctl: \($0.name)=\($0.value)" }
    lines += probe.configs.map { "needs: \($0)" }
    lines += probe.modules.map { "module: \($0)" }
    lines += probe.cpuFeatures.map { "CPU feature: \($0)" }
    if probe.cpus > 0 { lines.append("CPUs: \(probe.cpus)") }
    if probe.memoryMebibytes > 0 { lines.append("memory: \(probe.memoryMebibytes) MiB") }
    if probe.timeoutMilliseconds > 0 { lines.append("time: \(probe.timeoutMilliseconds) ms") }
    if probe.hasPrivateNetwork { lines.append("in a network of its own") }
    if probe.hasPrivateProcesses { lines.append("in a pid namespace of its own") }
    if probe.memoryLimitMebibytes > 0 { lines.append("memory limit: \(probe.memoryLimitMebibytes) MiB") }
    if probe.processLimit > 0 { lines.append("process limit: \(probe.processLimit)") }
    if probe.hasRealMounts { lines.append("with the guest's own mounts") }
    return lines
  }
}
