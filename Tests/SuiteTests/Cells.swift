import Judgement
import TestSupport
import VerdictStream
import VirtualMachine

@testable import Suite

/// What one probe said on one kernel.
func cell(
  _ outcome: Outcome, _ values: [(Text, Observation.Value)] = [], check: Text = "", end runEnd: RunEnd = .done,
  id: Text = "net.one", probe: ProbeMetadata? = nil
) throws -> Cell {
  let scratch = try Scratch()
  let kernel = try KernelImage(at: try scratch.file("vmlinuz", BzImage().bytes).path)
  var end = ProbeEnd(probe: id, outcome: outcome)
  end.check = check
  let hello = Hello(
    nonce: "n", initVersion: "", release: "6.1.0", version: "#1", machine: "", port: "", planned: 1)
  var records: [Record] = [.hello(hello), .probeBegin(ProbeBegin(probe: id, timeoutMilliseconds: 1))]
  records += values.map { .observation(Observation(probe: id, name: $0, value: $1)) }
  records += [.probeEnd(end), .done(Done(planned: 1, ended: 1))]
  if runEnd != .done { records = [] }
  var console = ConsoleReader()
  console.feed("firstbad: probe \(id)\n".utf8)
  let evidence = Evidence(
    nonce: "n", planned: [id], expectedKernel: nil, records: records, flaws: [], console: console, end: runEnd)
  return Cell(
    kernel: kernel, probe: try probe ?? ProbeMetadata(parsing: "id=" + id),
    finding: Judge(evidence).finding(about: id), accelerator: .tcg, durationMilliseconds: 1, folder: nil,
    running: nil)
}

let hang = RunEnd.deadline(.kernel, seconds: 9)
let dead = RunEnd.signalled(9)
