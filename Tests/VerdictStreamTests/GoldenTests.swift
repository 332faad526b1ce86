import Testing
import VerdictStream

// The golden files were not made by this writer but by a script of ten lines that follows the frame as
// RecordWriter.line documents it, with zlib's CRC-32. A change that breaks them changes the protocol.

@Suite struct `A recorded run` {
  @Test(arguments: RecordedRun.all)
  func `is written byte for byte as it stands in the golden file`(_ run: RecordedRun) throws {
    #expect(Text(run.written) == Text(try run.golden()))
  }

  @Test(arguments: RecordedRun.all)
  func `is read back from the golden file without a flaw`(_ run: RecordedRun) throws {
    var reader = RecordReader(nonce: run.nonce)
    #expect(reader.feed(try run.golden()) == run.records)
    #expect(reader.flaws.isEmpty)
    #expect(reader.otherLines == 0)
    #expect(reader.isDone)
  }

  @Test(arguments: RecordedRun.all)
  func `is plain ASCII, so that a seven-bit console carries it`(_ run: RecordedRun) throws {
    #expect(try run.golden().allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
  }

  @Test(arguments: RecordedRun.all)
  func `means nothing under another nonce`(_ run: RecordedRun) throws {
    var reader = RecordReader(nonce: run.nonce + "0")
    reader.feed(try run.golden())
    #expect(reader.records.isEmpty)
    #expect(reader.flaws == Array(repeating: .checksum, count: run.records.count))
  }
}

@Suite struct `The checksum` {
  @Test(arguments: [
    ("", "00000000"), ("a", "e8b7be43"), ("123456789", "cbf43926"),
    ("The quick brown fox jumps over the lazy dog", "414fa339"),
  ])
  func `is the CRC-32 of zlib`(_ text: String, _ expected: String) {
    var checksum = Checksum()
    checksum.add(text.utf8)
    #expect(String(decoding: checksum.hexadecimal, as: UTF8.self) == expected)
  }

  @Test func `does not mind in how many pieces the bytes come`() {
    var whole = Checksum()
    var pieces = Checksum()
    whole.add("123456789".utf8)
    for piece in ["1234", "", "56789"] { pieces.add(piece.utf8) }
    #expect(whole == pieces)
  }
}
