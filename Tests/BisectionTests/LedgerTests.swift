import Bisection
import Foundation
import HostSystem
import KernelTree
import TestSupport
import Testing

@Suite struct `The ledger` {
  private let scratch: Scratch
  private var folder: URL { scratch.url.appending(path: "session") }
  private var file: URL { folder.appending(path: Ledger.fileName) }

  init() throws { scratch = try Scratch() }

  private let opening = LedgerEntry.opened(
    LedgerEntry.Opening(
      tree: "/tree", goodName: "v1", good: SimulatedLaboratory.id(1), badName: "v2", bad: SimulatedLaboratory.id(9),
      question: .changed("errno"), arguments: ["--good", "v1"], digests: ["probe": "p"]))

  private func mark(_ number: Int, _ mark: LedgerEntry.Mark = .skip) -> LedgerEntry {
    .marked(commit: SimulatedLaboratory.id(number), as: mark)
  }

  private func write(_ entries: [LedgerEntry]) throws {
    let ledger = try Ledger(in: folder)
    for entry in entries { try ledger.append(entry) }
  }

  @Test func `is read as it was written`() throws {
    try write([opening, mark(3), .undone])
    #expect(try Ledger(in: folder).entries == [opening, mark(3), .undone])
  }

  @Test func `names what an undo takes back, whatever configuration came in between`() {
    #expect(Record([opening]).last == nil)
    #expect(Record([opening, mark(3), mark(4)]).last == mark(4))
    #expect(Record([opening, mark(3), mark(4), .disabled(["CONFIG_NET"])]).last == mark(4))
    #expect(Record([opening, mark(3), mark(4), .disabled(["CONFIG_NET"]), .undone]).last == mark(3))
    #expect(Record([opening, mark(3), .undone]).last == nil)
  }

  @Test func `a line that was torn by a crash never was, and the next one is whole`() throws {
    try write([opening, mark(3)])
    let bytes = try Data(contentsOf: file)
    for length in (bytes.firstIndex(of: 10) ?? 0) + 1..<bytes.count - 1 {
      try bytes.prefix(length).write(to: file)
      let ledger = try Ledger(in: folder)
      #expect(ledger.entries == [opening])
      try ledger.append(mark(4))
      #expect(try Ledger.entries(in: folder) == [opening, mark(4)])
    }
  }

  @Test func `a line that is damaged in the middle is an error and not left out`() throws {
    try write([opening, mark(3), mark(4)])
    var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    lines[1] = lines[1].replacing("skip", with: "sk?p")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    let failure = #expect(throws: Failure.self) { try Ledger(in: folder) }
    #expect(failure?.message.contains("line 2") == true)
  }

  @Test func `only one may hold it`() throws {
    let first = try Ledger(in: folder)
    let failure = #expect(throws: Failure.self) { try Ledger(in: folder) }
    #expect(failure?.message.contains("another firstbad") == true)
    try first.append(opening)
  }

  @Test func `undo takes back one after the other`() {
    let record = Record([opening, mark(3), mark(4, .good), .undone, .undone, .undone])
    #expect(record.marks.isEmpty)
    #expect(Record([opening, mark(3), mark(4, .good), .undone]).marks == [SimulatedLaboratory.id(3): .skip])
  }

  @Test func `a conclusion holds until something is added`() {
    let conclusion = Conclusion(claim: .range, commits: [], reasons: [])
    #expect(Record([opening, .closed(conclusion)]).conclusion == conclusion)
    #expect(Record([opening, .closed(conclusion), mark(3)]).conclusion == nil)
  }
}
