import ArgumentParser
import Foundation
import GuestImage
import HostSystem
import Judgement
import Reports
import VerdictStream

/// Probes on the kernel of this machine, without a VM, where they can change nothing of it.
struct HereRun {
  let selection: ProbeSelection
  let places: Places

  /// What came of one probe.
  struct Result {
    let probe: ProbeMetadata
    /// 0, 1 or 125, as the init by hand has it; 128 where it said nothing.
    var status: Int32
    let end: ProbeEnd?
    let observations: [Observation]
    let output: String
    /// Why it was not run, or its failure is not believed.
    var unmet: String?

    var verdict: String { [0: "good", 1: "bad", 125: "untestable"][status] ?? "infra" }

    var observed: String {
      observations.map { observation in
        "\(observation.name)=\(observation.value.words)"
      }.joined(separator: " ")
    }

    var why: String {
      if let unmet { return unmet }
      guard let end else { return "the probe's program said nothing" }
      return status == 0 ? "" : Account.of(end)
    }
  }

  /// All chosen probes, one after the other.
  func run() async throws -> [Result] {
    let folder = try WorkFolder.make(in: places)
    let program = folder.url.appending(path: "init")
    try Places.write(selection.image.program, to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    // As QEMU: whatever becomes of this process, the probe goes with it.
    let setpriv = try Tool("setpriv", remedy: "install it: apt-get install util-linux")
    let machine = await HereMachine.this()
    var results: [Result] = []
    for probe in selection.probes { results.append(try await run(probe, on: machine, by: setpriv, program.path)) }
    return results
  }

  private func run(
    _ probe: ProbeMetadata, on machine: HereMachine, by setpriv: Tool, _ program: String
  ) async throws -> Result {
    if let unmet = machine.lack(for: probe) {
      return Result(probe: probe, status: 125, end: nil, observations: [], output: "", unmet: unmet)
    }
    let own = probe.timeoutMilliseconds > 0 ? probe.timeoutMilliseconds : Plan().timeoutMilliseconds
    let said = try await setpriv.run(
      ["--pdeathsig", "KILL", program, "here", "\(probe.id)"], limit: .milliseconds(own * probe.repeats + 10_000))
    var reader = RecordReader(nonce: "by-hand")
    reader.feed(said.output.utf8)
    var end: ProbeEnd?
    var ends: [ProbeEnd] = []
    var observations: [Observation] = []
    var fresh: [Observation] = []
    var output = Text()
    for record in reader.records {
      switch record {
      case .probeEnd(let record):
        ends.append(record)
        defer { fresh = [] }
        // What the first failed run observed stands; of runs that pass, the last one's.
        if let end, Self.rank(end) >= Self.rank(record), end.outcome != .pass { continue }
        end = record
        observations = fresh
      case .observation(let record):
        fresh.removeAll { $0.name == record.name }
        fresh.append(record)
      case .output(let record): output.append(record.text)
      default: break
      }
    }
    if ends.count > 1, let first = end, first.outcome != .pass {
      let failed = ends.count { $0.outcome != .pass }
      end?.message = Text("\(failed) of \(ends.count) runs did not pass: ") + first.message
    }
    let isWhole = end != nil && reader.flaws.isEmpty && [0, 1, 125].contains(said.status)
    var result = Result(
      probe: probe, status: isWhole ? Int32(said.status) : ExitStatus.failure, end: end, observations: observations,
      output: "\(output)")
    // A failure may only say that this kernel lacks what the probe needs, where nobody knows what it has.
    if result.status == 1, !probe.configs.isEmpty, machine.config == nil {
      let needs = probe.configs.map(\.description).joined(separator: ", ")
      result.unmet =
        "\(result.why); but the probe needs \(needs), and this kernel's configuration is not known; "
        + "without that in its heading it would be judged"
      result.status = 125
    }
    return result
  }

  /// Bad wins over what cannot tell, and that over a pass.
  private static func rank(_ end: ProbeEnd) -> Int {
    switch end.outcome {
    case .pass: 0
    case .skip, .noResult, .unready: 1
    case .fail, .timeout, .crashed, .stuck: 2
    }
  }

  /// Prints the table, and gives the worst status: 128, then 1, then 125, then 0.
  static func report(_ results: [Result]) throws -> Int32 {
    var table = Table("PROBE", "VERDICT", "OBSERVED", "WHY")
    for result in results { table.add("\(result.probe.id)", result.verdict, result.observed, result.why) }
    for line in table.lines { try Terminal.print(line) }
    for result in results where result.status != 0 && !result.output.isEmpty {
      Terminal.note("\(result.probe.id) printed:\n\(result.output)")
    }
    let order: [Int32] = [ExitStatus.failure, 1, 125]
    return order.first { status in results.contains { $0.status == status } } ?? 0
  }
}
