import HostSystem
import Judgement
import TestSupport
import Testing
import VerdictStream
import VirtualMachine

@testable import Suite

@Suite struct `Runs that stand for one verdict` {
  private let scratch: Scratch
  private let kernel: KernelImage
  private let probe: ProbeMetadata

  init() throws {
    scratch = try Scratch()
    kernel = try KernelImage(at: try scratch.file("vmlinuz", BzImage().bytes).path)
    probe = try ProbeMetadata(parsing: "id=net.one\nrepeat=3\n")
  }

  private func cell(_ name: Text, _ outcome: Outcome) -> Cell {
    var heading = probe
    heading.id = name
    let hello = Hello(nonce: "n", initVersion: "", release: "6.1.0", version: "#1", machine: "", port: "", planned: 1)
    var end = ProbeEnd(probe: name, outcome: outcome)
    end.message = "why"
    let evidence = Evidence(
      nonce: "n", planned: [name], expectedKernel: nil,
      records: [
        .hello(hello), .probeBegin(ProbeBegin(probe: name, timeoutMilliseconds: 1)), .probeEnd(end),
        .done(Done(planned: 1, ended: 1)),
      ], flaws: [], console: ConsoleReader(), end: .done)
    return Cell(
      kernel: kernel, probe: heading, finding: Judge(evidence).finding(about: name), accelerator: .tcg,
      durationMilliseconds: 1, folder: nil, running: nil)
  }

  private func made(_ outcomes: Outcome...) -> ProbeRow? {
    var row = ProbeRow.rows(of: probe, 1, times: 3)[0]
    for (place, outcome) in outcomes.enumerated() {
      guard row.take(cell(RunName("net.one", place + 1).text, outcome)) else { return nil }
    }
    return row
  }

  @Test func `are good when all passed`() throws {
    let row = try #require(made(.pass, .pass, .pass))
    #expect(row.open.isEmpty)
    let cell = try #require(row.cell)
    #expect(cell.finding.verdict == .good)
    #expect(cell.probe.id == "net.one" && cell.runs == 3)
  }

  @Test func `are not decided before all passed`() throws {
    #expect(try #require(made(.pass, .pass)).open.map(\.id) == ["net.one#3"])
    #expect(try #require(made()).open.map(\.id) == ["net.one#1", "net.one#2", "net.one#3"])
  }

  @Test func `are bad when one failed, and it is said which of how many`() throws {
    let cell = try #require(made(.pass, .fail, .fail)?.cell)
    #expect(cell.finding.verdict == .bad(signature: "net.one: why"))
    #expect(cell.finding.reason == "failed in 2 of 3 runs, first in run 2: why")
    #expect(try #require(made(.skip, .fail, .pass)?.cell).finding.reason == "failed in 1 of 3 runs, in run 2: why")
  }

  @Test func `need no more runs once one failed, and it is said that there were none`() throws {
    let row = try #require(made(.pass, .fail))
    #expect(row.open.isEmpty)
    #expect(row.cell?.finding.reason == "failed in run 2 of 3, and the row ended early: why")
  }

  @Test func `cannot tell when one of them cannot and none failed`() throws {
    let cell = try #require(made(.pass, .skip, .pass)?.cell)
    #expect(cell.finding.verdict == .untestable(phase: .probe, signature: "net.one: skip"))
    #expect(cell.finding.reason == "run 2 of 3: why")
  }

  @Test func `of a bisect are rows of their own`() throws {
    var rows = ProbeRow.rows(of: probe, 2, times: 3)
    #expect(rows.flatMap(\.open).map(\.id) == RunName.all("net.one", times: 6))
    let first = rows.indices.first { rows[$0].take(cell("net.one#4", .fail)) }
    #expect(first == 1)
    #expect(rows[0].open.count == 3 && rows[1].open.isEmpty)
    #expect(rows.indices.first { rows[$0].take(cell("net.one#7", .pass)) } == nil)
  }

  @Test func `one alone has no number`() {
    #expect(ProbeRow.rows(of: probe, 1, times: 1)[0].open.map(\.id) == ["net.one"])
  }

  @Test func `a seed decides an order, another one another`() {
    func order(_ seed: Int) -> [Int] {
      var random = Shuffle(seed)
      return Array(0..<50).shuffled(using: &random)
    }
    #expect(order(1) == order(1))
    #expect(order(1) != order(2))
    #expect(order(1).sorted() == Array(0..<50))
  }
}
