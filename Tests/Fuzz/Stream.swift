import Foundation

/// Any bytes on the port: nothing is good without this run's nonce and a complete `done`.
///
/// The first byte chooses: odd, and the lines get right checksums first, so that the fuzzer also reaches what
/// lies behind them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let nonce: Text = "0123456789abcdef0123456789abcdef"
  var bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let first = bytes.first, first & 1 == 1 { bytes = repaired(Array(bytes.dropFirst()), nonce) }
  var reader = RecordReader(nonce: nonce)
  reader.feed(bytes)
  for end in [RunEnd.done, .exited(0), .deadline(.probe, seconds: 1), .reset] {
    let judge = Judge(
      Evidence(
        nonce: nonce, planned: ["net.one"], expectedKernel: nil, records: reader.records, flaws: reader.flaws,
        console: ConsoleReader(), end: end))
    let finding = judge.finding(about: "net.one")
    let status = ExitStatus.of(finding.verdict)
    guard status == 0 || status == 1 || status == 125 || status >= 128 else { fatalError("status \(status)") }
    guard finding.verdict == .good else { continue }
    guard bytes.firstRange(of: nonce.bytes) != nil else { fatalError("good without the nonce") }
    guard end == .done, reader.isDone, reader.flaws.isEmpty else { fatalError("good without a whole stream") }
    let passes = reader.records.count { if case .probeEnd(let end) = $0 { end.outcome == .pass } else { false } }
    guard passes == 1 else { fatalError("good with \(passes) passes") }
  }
  return 0
}

private func repaired(_ bytes: [UInt8], _ nonce: Text) -> [UInt8] {
  var whole: [UInt8] = []
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    let mark = Array(",\"crc\":\"".utf8)
    let body = line.firstRange(of: mark).map { line[..<$0.lowerBound] } ?? line
    var checksum = Checksum()
    checksum.add(nonce.bytes)
    checksum.add(body)
    whole += Array(body) + mark
    whole += checksum.hexadecimal + Array("\"}\n".utf8)
  }
  return whole
}
