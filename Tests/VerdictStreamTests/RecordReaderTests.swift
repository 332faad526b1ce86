import Testing
import VerdictStream

private let nonce: Text = "n1"

/// Four records and their lines, without a reader's opinion on them.
private func lines(nonce: Text = nonce) -> [[UInt8]] {
  var writer = RecordWriter(nonce: nonce)
  let records: [Record] = [
    .setup(Setup(step: "plan", target: "/firstbad.plan", outcome: .ok)),
    .probeBegin(ProbeBegin(probe: "a.b", timeoutMilliseconds: 100)),
    .probeEnd(ProbeEnd(probe: "a.b", outcome: .pass)),
    .done(Done(planned: 1, ended: 1)),
  ]
  return records.map { writer.line($0) }
}

private func read(_ bytes: some Sequence<UInt8>) -> RecordReader {
  var reader = RecordReader(nonce: nonce)
  reader.feed(bytes)
  return reader
}

/// A line with a right checksum around whatever fields.
private func framed(_ body: String) -> [UInt8] {
  var checksum = Checksum()
  checksum.add(nonce.bytes)
  checksum.add(body.utf8)
  return Array(body.utf8) + Array(",\"crc\":\"".utf8) + checksum.hexadecimal + Array("\"}\n".utf8)
}

@Suite struct `The reader notices` {
  @Test(arguments: 0..<4) func `a record that is missing`(_ missing: Int) {
    var sent = lines()
    sent.remove(at: missing)
    let reader = read(sent.joined())
    if missing == 3 {
      #expect(reader.flaws.isEmpty)
    } else {
      #expect(reader.flaws.first == .sequence(expected: missing, found: missing + 1))
    }
    #expect(reader.records.count == missing)
    #expect(!reader.isDone)
  }

  @Test(arguments: 0..<4) func `a record that came twice`(_ twice: Int) {
    var sent = lines()
    sent.insert(sent[twice], at: twice)
    let reader = read(sent.joined())
    #expect(reader.flaws == [.sequence(expected: twice + 1, found: twice)])
  }

  @Test(arguments: 0..<3) func `two records that changed places`(_ first: Int) {
    var sent = lines()
    sent.swapAt(first, first + 1)
    let reader = read(sent.joined())
    #expect(reader.flaws.first == .sequence(expected: first, found: first + 1))
  }

  @Test func `a record after the last, even one with the next number`() {
    var writer = RecordWriter(nonce: nonce)
    let done = writer.line(.done(Done(planned: 0, ended: 0)))
    let late = writer.line(.done(Done(planned: 0, ended: 0)))
    let reader = read(done + late)
    #expect(reader.records.count == 1)
    #expect(reader.flaws == [.sequence(expected: 1, found: 1)])
  }

  @Test func `a record of another run`() {
    let reader = read(lines(nonce: "n2").joined())
    #expect(reader.records.isEmpty)
    #expect(reader.flaws == [.checksum, .checksum, .checksum, .checksum])
  }

  @Test func `a line that another writer broke into`() {
    var sent = lines()
    sent[2].insert(contentsOf: "[    1.0] oops".utf8, at: 20)
    let reader = read(sent.joined())
    #expect(reader.records.count == 2)
    #expect(reader.flaws == [.checksum, .sequence(expected: 2, found: 3)])
  }

  @Test func `two lines whose newline was lost`() {
    var sent = lines()
    sent[1].removeLast()
    let reader = read(sent.joined())
    #expect(reader.records.count == 1)
    #expect(reader.flaws == [.checksum, .sequence(expected: 1, found: 3)])
  }

  @Test func `a line without end`() {
    let endless =
      Array("{\"firstbad\":1,\"seq\":0,\"text\":\"".utf8) + [UInt8](repeating: 0x41, count: 20_000)
    let reader = read(endless + [0x0A] + lines().joined())
    #expect(reader.flaws == [.checksum])
    #expect(reader.records.count == 4)
  }

  @Test func `nothing yet, while the newline has not come`() {
    var reader = RecordReader(nonce: nonce)
    let first = lines()[0]
    #expect(reader.feed(first.dropLast()).isEmpty)
    #expect(reader.feed([0x0A]).count == 1)
  }
}

@Suite struct `The reader refuses a line with a right checksum` {
  @Test(arguments: [
    #"{"firstbad":2,"seq":0,"record":"done","planned":1,"ended":1"#,
    #"{"firstbad":"1","seq":0,"record":"done","planned":1,"ended":1"#,
    #"{"firstbad":1,"record":"done","planned":1,"ended":1"#,
    #"{"firstbad":1,"seq":0,"planned":1,"ended":1"#,
    #"{"firstbad":1,"seq":0,"record":"finished","planned":1,"ended":1"#,
    #"{"firstbad":1,"seq":0,"record":"done","planned":1"#,
    #"{"firstbad":1,"seq":0,"record":"done","planned":"1","ended":1"#,
    #"{"firstbad":1,"seq":0,"record":"done","planned":1.5,"ended":1"#,
    #"{"firstbad":1,"seq":0,"record":"probe-end","probe":"a","outcome":"great","duration_ms":0"#,
    #"{"firstbad":1,"seq":0,"record":"probe-end","probe":"a","duration_ms":0"#,
    #"{"firstbad":1,"seq":0,"record":"probe-end","outcome":"pass","duration_ms":0"#,
    #"{"firstbad":1,"seq":0,"record":"probe-end","probe":"\u0141","outcome":"pass","duration_ms":0"#,
    #"{"firstbad":1,"seq":0,"record":"probe-end","probe":7,"outcome":"pass","duration_ms":0"#,
    #"{"firstbad":1,"seq":0,"record":"observation","probe":"a","name":"n","value":null"#,
    #"{"firstbad":1,"seq":0,"record":"observation","probe":"a","name":"n","value":[1]"#,
    #"{"firstbad":1,"seq":0,"record":"setup","step":"mount","target":"/proc","outcome":"done""#,
    #"{"firstbad":1,"seq":0,"#,
    #"{"firstbad":"#,
  ])
  func `when its fields make no record of this protocol`(_ body: String) {
    let reader = read(framed(body))
    #expect(reader.records.isEmpty)
    guard case .form? = reader.flaws.first else {
      Issue.record("\(reader.flaws) is not a flaw of form")
      return
    }
    #expect(reader.flaws.count == 1)
  }

  @Test func `but not for a field that a later version may add`() {
    let reader = read(framed(#"{"firstbad":1,"seq":0,"record":"done","planned":1,"ended":1,"mood":"fine""#))
    #expect(reader.records == [.done(Done(planned: 1, ended: 1))])
    #expect(reader.flaws.isEmpty)
  }

  @Test(arguments: ["{\"firstbad\":1}", "{\"firstbad\":", "{\"firstbad\":1,\"crc\":\"00000000\"}"])
  func `and one that is too short to have one`(_ line: String) {
    #expect(read(Array(line.utf8) + [0x0A]).flaws == [.checksum])
  }
}

@Suite struct `On a console that carries other text the reader` {
  @Test func `passes over what is no record, and counts it`() {
    let text = "[    0.000000] Linux version 6.1.0\r\n\r\n{\"first\":1}\n"
    let reader = read(Array(text.utf8) + lines().joined())
    #expect(reader.records.count == 4)
    #expect(reader.otherLines == 3)
    #expect(reader.flaws.isEmpty)
  }

  @Test func `takes a record behind a line that had no newline`() {
    let reader = read(Array("/ # ".utf8) + lines().joined())
    #expect(reader.records.count == 4)
    #expect(reader.flaws.isEmpty)
  }

  @Test func `takes lines that a terminal ends with CR and LF`() {
    let reader = read(lines().map { $0.dropLast() + [0x0D, 0x0A] }.joined())
    #expect(reader.isDone)
    #expect(reader.flaws.isEmpty)
  }

  @Test func `is not deceived by a record that a probe prints, as that comes escaped`() {
    var writer = RecordWriter(nonce: nonce)
    let forged = Text(RecordedRun.passing.written)
    let reader = read(writer.line(.output(Output(probe: "a", text: forged))))
    #expect(reader.records.count == 1)
    #expect(reader.flaws.isEmpty)
  }

  @Test func `does not take a line of other text for a record when it is over the limit`() {
    let reader = read([UInt8](repeating: 0x2E, count: 3 * RecordLimits.line) + [0x0A] + lines().joined())
    #expect(reader.isDone)
    #expect(reader.otherLines == 1)
    #expect(reader.flaws.isEmpty)
  }
}
