import TestSupport
import Testing
import VerdictStream

@Suite struct `What is written is what is read` {
  @Test(arguments: 1...24)
  func `for records of any bytes, fed in pieces of any size`(_ seed: Int) {
    var source = RecordSource(seed: seed)
    let records = (0..<40).map { _ in source.record() } + [.done(Done(planned: 3, ended: 2))]
    let nonce = source.text(32)
    var writer = RecordWriter(nonce: nonce)
    var bytes = records.flatMap { writer.line($0) }[...]
    #expect(writer.sequence == records.count)

    var reader = RecordReader(nonce: nonce)
    var read: [Record] = []
    while !bytes.isEmpty {
      let piece = bytes.prefix(Int.random(in: 1...700, using: &source.generator))
      read += reader.feed(piece)
      bytes = bytes.dropFirst(piece.count)
    }
    #expect(read == records)
    #expect(reader.records == records)
    #expect(reader.flaws.isEmpty)
  }

  @Test func `for each of the 256 bytes, in every field of text`() {
    let all = Text((0...255).map { UInt8($0) })
    var end = ProbeEnd(probe: all, outcome: .fail)
    (end.message, end.check, end.location, end.errno, end.signal) = (all, "", "", "", "")
    var otherEnd = ProbeEnd(probe: "a.b", outcome: .crashed)
    (otherEnd.check, otherEnd.location, otherEnd.errno) = (all, all, all)
    var lastEnd = ProbeEnd(probe: "a.b", outcome: .crashed)
    lastEnd.signal = all
    let records: [Record] = [
      .hello(
        Hello(nonce: all, initVersion: all, release: all, version: all, machine: "", port: "", planned: 0)),
      .hello(
        Hello(nonce: "", initVersion: "", release: "", version: "", machine: all, port: all, planned: 0)),
      .setup(Setup(step: all, target: all, outcome: .failed, errno: all)),
      .observation(Observation(probe: all, name: all, value: .text(all))),
      .output(Output(probe: "a.b", text: all)),
      .probeBegin(ProbeBegin(probe: all, timeoutMilliseconds: 1)),
      .probeEnd(end), .probeEnd(otherEnd), .probeEnd(lastEnd),
    ]
    #expect(roundTrip(records) == records)
  }

  @Test(arguments: [Int.min, -1, 0, 1, 9_007_199_254_740_993, Int.max])
  func `for numbers that a floating point would round`(_ number: Int) {
    let records: [Record] = [.observation(Observation(probe: "a", name: "n", value: .integer(number)))]
    #expect(roundTrip(records) == records)
  }

  @Test(arguments: ["0", "-1", "1e3", "true", "null", ""] as [Text])
  func `and a text that looks like a number stays a text`(_ text: Text) {
    let records: [Record] = [.observation(Observation(probe: "a", name: "n", value: .text(text)))]
    #expect(roundTrip(records) == records)
  }

  @Test(arguments: Outcome.allCases) func `for every outcome`(_ outcome: Outcome) {
    let records: [Record] = [.probeEnd(ProbeEnd(probe: "a", outcome: outcome))]
    #expect(roundTrip(records) == records)
    #expect(Outcome(word: Text("\(outcome.word)")) == outcome)
  }

  @Test func `but a text over the limit is cut, never the line refused`() {
    let long = Text([UInt8](repeating: 0xFF, count: 4000))
    let cut = Text([UInt8](repeating: 0xFF, count: RecordLimits.text))
    #expect(
      roundTrip([.output(Output(probe: "a", text: long))]) == [.output(Output(probe: "a", text: cut))])
    let observation = Observation(probe: "a", name: long, value: .text(long))
    #expect(
      roundTrip([.observation(observation)])
        == [.observation(Observation(probe: "a", name: cut, value: .text(cut)))])
  }

  // probe.h and report.c bound these: 511 bytes of message, 255 of check, a file name of 255.
  @Test func `and the longest end that a probe can bring about fits a line`() {
    func filled(_ count: Int) -> Text { Text([UInt8](repeating: 1, count: count)) }
    var end = ProbeEnd(probe: filled(64), outcome: .noResult, durationMilliseconds: .max)
    (end.message, end.check, end.location) = (filled(511), filled(255), filled(255) + ":99999")
    (end.errno, end.signal) = ("EPROTONOSUPPORT", "SIGSEGV")
    (end.status, end.outputDropped, end.taint) = (255, .max, .max)
    #expect(roundTrip([.probeEnd(end)]) == [.probeEnd(end)])
  }

  private func roundTrip(_ records: [Record]) -> [Record] {
    var writer = RecordWriter(nonce: "n")
    var reader = RecordReader(nonce: "n")
    return records.flatMap { reader.feed(writer.line($0)) }
  }
}

/// Records that no probe would think of, the same ones for the same seed.
struct RecordSource {
  var generator: Seeded

  init(seed: Int) { generator = Seeded(seed) }

  mutating func text(_ limit: Int) -> Text {
    let count = Int.random(in: 0...limit, using: &generator)
    return Text((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }

  mutating func number() -> Int { Int.random(in: 0...(.max), using: &generator) }

  mutating func record() -> Record {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0:
      .hello(
        Hello(
          nonce: text(32), initVersion: text(8), release: text(64), version: text(64), machine: text(64),
          build: text(40), port: text(64), planned: number()))
    case 1:
      .setup(
        Setup(
          step: text(12), target: text(512),
          outcome: Setup.Outcome.allCases.randomElement(using: &generator) ?? .ok,
          errno: text(16)))
    case 2: .probeBegin(ProbeBegin(probe: text(64), timeoutMilliseconds: number()))
    case 3:
      .observation(
        Observation(
          probe: text(64), name: text(64),
          value: Bool.random(using: &generator) ? .integer(-number()) : .text(text(512))))
    case 4: .output(Output(probe: text(64), text: text(RecordLimits.outputPiece)))
    default: .probeEnd(probeEnd())
    }
  }

  private mutating func probeEnd() -> ProbeEnd {
    var end = ProbeEnd(
      probe: text(64), outcome: Outcome.allCases.randomElement(using: &generator) ?? .fail,
      durationMilliseconds: number())
    (end.message, end.check, end.location) = (text(511), text(255), text(64))
    (end.errno, end.signal) = (text(16), text(8))
    (end.status, end.outputDropped, end.taint) = (number(), number(), number())
    return end
  }
}
