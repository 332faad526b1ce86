import Judgement
import Testing
import VerdictStream

/// Every way in which the host may come to stop looking.
private let ends: [RunEnd] = [
  .done, .deadline(.probe, seconds: 30), .exited(0), .exited(1), .signalled(9), .reset, .flooded,
  .notStarted("no"),
]

private func judged(_ reader: RecordReader, _ end: RunEnd) -> [Verdict] {
  let run = Run().with {
    $0.records = reader.records
    $0.flaws = reader.flaws
    $0.end = end
  }
  return run.planned.map { run.verdict($0) }
}

@Suite struct `A complete recorded run` {
  @Test func `is good at its last byte, and not before`() {
    let wire = Run.wire
    var reader = RecordReader(nonce: Run().nonce)
    for (offset, byte) in wire.enumerated() {
      for end in ends where judged(reader, end).contains(.good) {
        Issue.record("cut after \(offset) bytes, \(end)")
      }
      reader.feed([byte])
    }
    #expect(judged(reader, .done) == [.good, .good])
  }

  @Test func `is good in whatever pieces it comes`() {
    for size in 1...64 {
      var reader = RecordReader(nonce: Run().nonce)
      var rest = Run.wire[...]
      while !rest.isEmpty {
        reader.feed(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      #expect(judged(reader, .done) == [.good, .good])
    }
  }

  // A passing run has no failure to find, so what a damaged byte hides must not become one either: the guest
  // turns its power off as ever, QEMU ends with 0, and a probe whose end cannot be read is no reset.
  @Test(arguments: 0..<Run.passing.count)
  func `with any one byte damaged is neither good nor bad`(_ line: Int) {
    var writer = RecordWriter(nonce: Run().nonce)
    let lines = Run.passing.map { writer.line($0) }
    var before = RecordReader(nonce: Run().nonce)
    before.feed(lines[..<line].joined())
    let after = lines[(line + 1)...].joined()
    for (offset, byte) in lines[line].enumerated() {
      // To the checksum one bit is like another: the lowest, the one of letter case, and the one ASCII lacks.
      let flips = [0, 5, 7].map { byte ^ (1 << $0) }
      for damage in Set(flips + [0x0A]) where damage != byte {
        var damaged = lines[line]
        damaged[offset] = damage
        var reader = before
        reader.feed(damaged)
        reader.feed(after)
        let words = judged(reader, reader.isDone ? .done : .exited(0)).map(\.word)
        if !words.allSatisfy({ $0 == "untestable" || $0 == "infra" }) {
          Issue.record("byte \(offset) of record \(line) as \(damage): \(words)")
        }
      }
    }
  }

  @Test(arguments: 0..<Run.passing.count)
  func `with a line lost, sent twice or in the wrong place is not good`(_ line: Int) {
    var writer = RecordWriter(nonce: Run().nonce)
    let lines = Run.passing.map { writer.line($0) }
    var lost = lines
    lost.remove(at: line)
    var twice = lines
    twice.insert(lines[line], at: line)
    var swapped = lines
    swapped.swapAt(line, (line + 1) % lines.count)
    for sent in [lost, twice, swapped] {
      var reader = RecordReader(nonce: Run().nonce)
      reader.feed(sent.joined())
      #expect(!judged(reader, reader.isDone ? .done : .exited(0)).contains(.good))
      // One that the reader calls done before the repetition came is caught when the rest was read.
      if sent.count > lines.count && line == lines.count - 1 { #expect(reader.flaws.count == 1) }
    }
  }

  @Test func `of another run is nothing to us`() {
    var reader = RecordReader(nonce: "another")
    reader.feed(Run.wire)
    #expect(judged(reader, .exited(0)).allSatisfy { $0.word == "infra" })
  }

  // A record that the writer numbers rightly and that says the wrong thing: a fault of the init.
  @Test(arguments: [0, 2, 5, 6, 7, 8])
  func `that proves nothing about a probe does not call it good`(_ missing: Int) {
    let run = Run().with { $0.records.remove(at: missing) }
    #expect(run.planned.map { run.verdict($0) }.contains { $0 != .good })
  }
}
