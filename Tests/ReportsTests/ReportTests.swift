import Foundation
import Judgement
import Reports
import TestSupport
import Testing
import VerdictStream
import VirtualMachine

@testable import Suite

/// A cell of a report: what one probe said on one kernel.
private func cell(
  _ outcome: Outcome, version: String = BzImage().version, running: Bool = true,
  observing values: [(Text, Observation.Value)] = [], console: String = "",
  _ fill: (inout ProbeEnd) -> Void = { _ in }
) throws -> Cell {
  let scratch = try Scratch()
  var image = BzImage()
  image.version = version
  let kernel = try KernelImage(at: try scratch.file("vmlinuz", image.bytes).path)
  var end = ProbeEnd(probe: "net.one", outcome: outcome)
  fill(&end)
  let hello = Hello(
    nonce: "n", initVersion: "", release: "6.1.0-37-cloud-amd64", version: "#1 SMP Debian 6.1.140-1",
    machine: "",
    port: "", planned: 1)
  let records: [Record] =
    [.hello(hello), .probeBegin(ProbeBegin(probe: "net.one", timeoutMilliseconds: 1))]
    + values.map { .observation(Observation(probe: "net.one", name: $0, value: $1)) }
    + [.probeEnd(end), .done(Done(planned: 1, ended: 1))]
  var reader = ConsoleReader()
  reader.feed("firstbad: probe net.one\n\(console)".utf8)
  let evidence = Evidence(
    nonce: "n", planned: ["net.one"], expectedKernel: nil, records: records, flaws: [], console: reader,
    end: .done)
  return Cell(
    kernel: kernel, probe: try ProbeMetadata(parsing: "id=net.one"),
    finding: Judge(evidence).finding(about: "net.one"), accelerator: .tcg, durationMilliseconds: 1234,
    folder: nil,
    running: running ? (hello.release.description, hello.version.description) : nil)
}

@Suite struct `A table` {
  @Test func `has columns as wide as they need to be, and no spaces at its ends`() {
    var table = Table("KERNEL", "WHY")
    table.add("6.1.0-37-cloud-amd64", "")
    table.add("6", "because")
    #expect(
      table.lines == [
        "KERNEL                WHY",
        "6.1.0-37-cloud-amd64",
        "6                     because",
      ])
  }

  @Test func `a cell that is very long makes no column wide, and what follows it has a line of its own`() {
    var table = Table("A", "SEEN", "WHY")
    let long = String(repeating: "x", count: 73)
    table.add("1", long, "because")
    table.add("22", "short", "so")
    table.add("3", long, "")
    #expect(
      table.lines == ["A   SEEN   WHY", "1   \(long)", "    because", "22  short  so", "3   \(long)"])
  }

  @Test func `counts characters and not bytes`() {
    var table = Table("A", "B")
    table.add("é→", "x")
    #expect(table.lines == ["A   B", "é→  x"])
  }

  @Test func `takes rows of other lengths than its head`() {
    var table = Table("A", "B")
    table.add("1")
    table.add("1", "2", "3")
    #expect(table.lines == ["A  B", "1", "1  2  3"])
  }
}

@Suite struct `A row` {
  @Test func `of a good kernel needs no reason`() throws {
    let lines = CellText.table([
      try cell(.pass, observing: [("errno", .text("ENOSPC")), ("n", .integer(-1))])
    ])
    #expect(
      lines == [
        "KERNEL                            PROBE    VERDICT  OBSERVED           WHY",
        "6.1.0-37-cloud-amd64 (6.1.140-1)  net.one  good     errno=ENOSPC n=-1",
      ])
  }

  @Test(
    arguments: [
      (.fail, "bad", "a == b: 1 == 2 (x.c:3)"), (.timeout, "bad", "1 == 2, after x.c:3"),
      (.crashed, "bad", "1 == 2, after x.c:3"), (.skip, "untestable", "skip: a == b: 1 == 2 (x.c:3)"),
      (.noResult, "untestable", "probe: 1 == 2, after x.c:3"),
      (.unready, "untestable", "probe: 1 == 2: ENOENT (this kernel has none of that name)"),
    ] as [(Outcome, String, String)])
  func `of any other says why`(_ outcome: Outcome, _ verdict: String, _ why: String) throws {
    let row = try CellText.table([
      cell(outcome) {
        ($0.message, $0.check, $0.location) = ("1 == 2", "a == b", "x.c:3")
        if outcome == .unready { $0.errno = "ENOENT" }
      }
    ])[1]
    #expect(row.contains("  \(verdict)  "))
    #expect(row.hasSuffix(" " + why), "\(row)")
  }

  @Test func `is one line, however many the reason has`() throws {
    let row = try CellText.table([cell(.fail) { $0.message = "one\ntwo" }])[1]
    #expect(row.hasSuffix(" one; two"))
  }

  @Test func `shows of a very long value how it begins, and how long it is`() throws {
    let long = try cell(.pass, observing: [("s", .text(Text(String(repeating: "x", count: 500))))])
    let words = "s=\(String(repeating: "x", count: 100))... (500 characters)"
    #expect(CellText.table([long]).contains { $0.hasSuffix(words) })
    // For machines it is whole.
    #expect(CellJSON(long).line.contains(String(repeating: "x", count: 500)))
  }

  @Test func `names a kernel that never ran by its file`() throws {
    #expect(CellText.kernel(try cell(.pass, running: false)) == "6.1.0-37-cloud-amd64 (6.1.140-1)")
    #expect(CellText.kernel(try cell(.pass, version: "6.9.0 (b@h) #2 SMP", running: false)) == "6.9.0")
    #expect(CellText.kernel(try cell(.pass, version: "6.9.0 (b@h) #2 Debian", running: false)) == "6.9.0")
    #expect(CellText.kernel(try cell(.pass, version: "", running: false)) == "vmlinuz")
  }

  @Test func `is remarked on when the kernel said something`() throws {
    let remarks = CellText.remarks([try cell(.fail, console: "[    1.0] WARNING: CPU: 0\n")])
    #expect(
      remarks == ["6.1.0-37-cloud-amd64 (6.1.140-1), net.one: the kernel said: [    1.0] WARNING: CPU: 0"])
    #expect(CellText.remarks([try cell(.pass)]).isEmpty)
  }
}

@Suite struct `A line for machines` {
  @Test func `has every key, and null for what is not known`() throws {
    let line = CellJSON(
      try cell(.fail, observing: [("n", .integer(3)), ("s", .text("a\"b"))]) { $0.check = "x" }
    ).line
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "accelerator", "command", "duration_ms", "events", "kernel", "log", "observations", "outcome",
        "phase", "probe",
        "reason", "runs", "signature", "taint", "verdict",
      ])
    #expect(object["verdict"] as? String == "bad")
    #expect(object["outcome"] as? String == "fail")
    #expect(object["signature"] as? String == "net.one: x")
    #expect(object["log"] is NSNull && object["command"] is NSNull)
    let values = object["observations"] as? [String: Any]
    #expect(values?["n"] as? Int == 3)
    #expect(values?["s"] as? String == "a\"b")
    #expect(!line.contains("\n"))
  }

  @Test func `is the same for the same cell`() throws {
    let one = try cell(.pass)
    #expect(CellJSON(one).line == CellJSON(one).line)
  }
}

@Suite struct `A suite's report for a person` {
  @Test func `names the kernel that one was compared with, and another flavour`() throws {
    let cell = try cell(.pass)
    var baseline = Baseline()
    baseline.take([(cell, "6.1.0-36-amd64 (6.1.139-1)")], inOrderOf: ["6.1.0-36-amd64 (6.1.139-1)"])
    let plan = SuitePlan([cell.kernel], [cell.probe])
    var report = SuiteText()
    _ = report.begin(plan)
    _ = report.take(
      SuiteResult(kernel: 0, cell: cell, change: Change(cell, title: plan.titles[0], baseline: baseline)))
    let known = "6.1.0-36-amd64 (6.1.139-1), which is of another flavour"
    #expect(report.end(SuiteTally()).contains("compared: 6.1.0-37-cloud-amd64 (6.1.140-1) with \(known)"))
  }
}

@Suite struct `A suite's report in KTAP` {
  @Test func `has no line of its own meaning from what a probe says`() throws {
    let cell = try cell(.fail) { $0.message = "Subtest: of the probe's own" }
    let plan = SuitePlan([cell.kernel], [cell.probe])
    var report = SuiteKTAP()
    var text = report.begin(plan)
    text += report.take(SuiteResult(kernel: 0, cell: cell, change: Change(cell, title: "k", baseline: nil)))
    #expect(text.matches(of: /# Subtest:/).count == 1, "that of the kernel")
    #expect(text.contains("    # worse: Subtest: of the probe's own\n    not ok 1 net.one\n"))
  }
}
