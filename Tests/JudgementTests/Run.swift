import Judgement
import VerdictStream

/// A run of two probes that passes in every respect. The tests spoil it.
struct Run: Sendable {
  var nonce: Text = "00112233445566778899aabbccddeeff"
  var planned: [Text] = ["net.one", "net.two"]
  var kernel: String? = "6.1.0-37 (builder@host) #1 SMP Debian 6.1.140-1"
  var records = Run.passing
  var flaws: [RecordReader.Flaw] = []
  var console = Run.quietConsole
  var end = RunEnd.done
  var complaint = ""

  static let passing: [Record] = [
    .hello(
      Hello(
        nonce: "00112233445566778899aabbccddeeff", initVersion: "0.1.0", release: "6.1.0-37",
        version: "#1 SMP Debian 6.1.140-1", machine: "x86_64", port: "/dev/ttyS1", planned: 2)),
    .setup(Setup(step: "mount", target: "/proc", outcome: .ok)),
    .probeBegin(ProbeBegin(probe: "net.one", timeoutMilliseconds: 1000)),
    .observation(Observation(probe: "net.one", name: "admitted", value: .integer(1))),
    .output(Output(probe: "net.one", text: "hello\n")),
    .probeEnd(ProbeEnd(probe: "net.one", outcome: .pass, durationMilliseconds: 5)),
    .probeBegin(ProbeBegin(probe: "net.two", timeoutMilliseconds: 1000)),
    .probeEnd(ProbeEnd(probe: "net.two", outcome: .pass, durationMilliseconds: 5)),
    .done(Done(planned: 2, ended: 2)),
  ]

  static let quietConsole = """
    [    0.000000] Linux version 6.1.0-37 (builder@host) (gcc) #1 SMP Debian 6.1.140-1
    [    1.000000] Run /init as init process
    [    1.100000] firstbad: probe net.one
    [    1.200000] firstbad: probe net.two
    [    1.300000] firstbad: done

    """

  private static let quietReader: ConsoleReader = {
    var reader = ConsoleReader()
    reader.feed(quietConsole.utf8)
    return reader
  }()

  /// What the wire carries.
  static var wire: [UInt8] {
    var writer = RecordWriter(nonce: Run().nonce)
    return passing.flatMap { writer.line($0) }
  }

  var evidence: Evidence {
    // Thousands of damaged streams are judged with the same console.
    var reader = Run.quietReader
    if console != Run.quietConsole {
      reader = ConsoleReader()
      reader.feed(console.utf8)
    }
    return Evidence(
      nonce: nonce, planned: planned, expectedKernel: kernel, records: records, flaws: flaws, console: reader,
      end: end, complaint: complaint)
  }

  func finding(_ probe: Text = "net.one", failOn: FailOn = .oops) -> Finding {
    Judge(evidence, failOn: failOn).finding(about: probe)
  }

  func verdict(_ probe: Text = "net.one", failOn: FailOn = .oops) -> Verdict {
    finding(probe, failOn: failOn).verdict
  }

  /// The run as far as this many records, and then the guest is gone.
  func cut(after count: Int, _ end: RunEnd = .exited(0)) -> Run {
    var run = self
    run.records = Array(records.prefix(count))
    run.console = console.replacing("[    1.300000] firstbad: done\n", with: "")
    run.end = end
    return run
  }

  /// Lines that the kernel says while net.one runs.
  func saying(_ lines: String...) -> Run {
    var run = self
    let mark = "firstbad: probe net.one\n"
    run.console = console.replacing(mark, with: mark + lines.map { $0 + "\n" }.joined())
    return run
  }

  /// The first probe ends so instead.
  func ending(_ outcome: Outcome, _ fill: (inout ProbeEnd) -> Void = { _ in }) -> Run {
    var run = self
    var end = ProbeEnd(probe: "net.one", outcome: outcome)
    fill(&end)
    run.records[5] = .probeEnd(end)
    return run
  }

  /// This record is changed, left out or added to.
  func with(_ change: (inout Run) -> Void) -> Run {
    var run = self
    change(&run)
    return run
  }
}

/// A run, how it went, and the verdict it must give.
struct Case: Sendable, CustomStringConvertible {
  let description: String
  let run: Run
  let verdict: Verdict
  let probe: Text

  init(_ description: String, _ run: Run, _ verdict: Verdict, probe: Text = "net.one") {
    self.description = description
    self.run = run
    self.verdict = verdict
    self.probe = probe
  }
}
