import ArgumentParser
import Foundation
import GuestImage
import HostSystem
import ProbeLibrary
import Reports
import Suite
import VerdictStream
import VirtualMachine

/// `firstbad survey`: the shipped probes on many kernels, kept.
struct SurveyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey", abstract: "Measure the shipped probes on kernels, and write the page of the library.",
    discussion: """
      Runs every shipped probe on every kernel, in another order each time, and keeps what was seen. An \
      observation that differs from round to round is an error of the probe: nothing of that kernel is kept \
      then, and the status is 128.
      """)

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("The kernels; none: only write the page.", valueName: "file ..."))
  var kernels: [String] = []

  @Option(help: "How often each probe is run on each kernel.")
  var rounds = 2

  @Option(help: ArgumentHelp("Where measurements are kept, JSON lines.", valueName: "file"))
  var measurements = "GuestProbes/measured.jsonl"

  @Option(help: ArgumentHelp("Where the page is written, Markdown.", valueName: "file"))
  var page = "Documentation/Library.md"

  @OptionGroup var guest: GuestOptions

  func validate() throws {
    guard 1...100 ~= rounds else { throw ValidationError("--rounds: say a number from 1 to 100.") }
  }

  func run() async throws {
    let kit = try Kit.find()
    let file = URL(filePath: measurements)
    let probes = try GuestImage.shipped(kit).probes
    var kept = try Sightings(file: file)
    kept.keep(only: Set(probes.map { "\($0.id)" }))
    for path in kernels {
      kept.take(try await measure(path, probes))
      // After each kernel: what was measured is not lost with the next.
      try Places.writeResult(Data(kept.text.utf8), to: file)
    }
    let entries = try probes.map { probe in
      LibraryPage.Entry(probe, history: try ProbeSource.shipped(probe.id, in: kit)?.history ?? [])
    }
    try Places.writeResult(Data(LibraryPage(entries, kept).text.utf8), to: URL(filePath: page))
  }

  /// All rounds on one kernel; they must agree.
  private func measure(_ path: String, _ probes: [ProbeMetadata]) async throws -> [Sighting] {
    var first: [String: Sighting] = [:]
    for round in 1...rounds {
      let bench = try await Bench(probes.map { "\($0.id)" }.shuffled(), guest)
      for cell in try await bench.runner.run(on: try KernelsCommand.held(path)) {
        let fresh = Sighting(cell)
        if fresh.verdict == "infra" {
          throw Failure(.toolFailed, "\(fresh.probe) could not be run on \(path): \(cell.finding.reason)")
        }
        if let before = first[fresh.probe], before != fresh {
          throw Failure(
            .toolFailed,
            "\(fresh.probe) on \(fresh.version) says \(before.text) once and \(fresh.text) in round \(round)",
            remedy: "make the probe say what is the same on every boot; the consoles are in the run folders")
        }
        first[fresh.probe] = fresh
      }
      Terminal.note("\(path): round \(round) of \(rounds), \(first.count) probes")
    }
    return Array(first.values)
  }
}

extension Sighting {
  /// What a cell says.
  init(_ cell: Cell) {
    let release = cell.running?.release ?? cell.kernel.release ?? cell.kernel.file.lastPathComponent
    let version = cell.running?.version ?? cell.kernel.versionText ?? ""
    var seen: [String: String] = [:]
    for (name, value) in cell.finding.observations {
      // A measurement is another number each time.
      if case .quantity(let quantity) = value, quantity.isMeasured { continue }
      seen[name] = "\(value.words)"
    }
    self.init(
      probe: "\(cell.probe.id)", release: release, version: Sighting.version(in: version, release: release),
      verdict: cell.finding.verdict.word, observations: seen)
  }
}
