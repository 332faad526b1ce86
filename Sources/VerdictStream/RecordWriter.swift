/// Turns records into framed lines and counts them.
public struct RecordWriter: Sendable {
  private let nonce: Text
  /// Sequence number of the next line.
  public private(set) var sequence = 0

  /// A writer for one run; every checksum is seeded with the nonce.
  public init(nonce: Text) { self.nonce = nonce }

  /// The record as one line with its newline.
  ///
  /// The frame: `{"firstbad":1,"seq":N,"record":W,` fields `,"crc":"xxxxxxxx"}`. The checksum covers the
  /// nonce and then every byte of the line before `,"crc"`.
  public mutating func line(_ record: Record) -> [UInt8] {
    var json = JSONLine()
    json.add("firstbad", protocolVersion)
    json.add("seq", sequence)
    json.add("record", word: record.word)
    record.write(to: &json)
    sequence += 1

    var checksum = Checksum()
    checksum.add(nonce.bytes)
    checksum.add(json.bytes)
    json.literal(Frame.checksumKey)
    json.bytes.append(contentsOf: checksum.hexadecimal)
    json.literal(Frame.ending)
    json.literal("\n")
    return json.bytes
  }
}

/// The fixed parts of a line.
enum Frame {
  static var start: StaticString { "{\"firstbad\":" }
  static var checksumKey: StaticString { ",\"crc\":\"" }
  static var ending: StaticString { "\"}" }
}

extension Record {
  fileprivate func write(to json: inout JSONLine) {
    switch self {
    case .hello(let hello):
      json.add("nonce", hello.nonce)
      json.add("init", hello.initVersion)
      json.add("release", hello.release)
      json.add("version", hello.version)
      json.add("machine", hello.machine)
      json.add("build", unlessEmpty: hello.build)
      json.add("port", hello.port)
      json.add("planned", hello.planned)
    case .setup(let setup):
      json.add("step", setup.step)
      json.add("target", setup.target)
      json.add("outcome", word: setup.outcome.word)
      json.add("errno", unlessEmpty: setup.errno)
    case .probeBegin(let begin):
      json.add("probe", begin.probe)
      json.add("timeout_ms", begin.timeoutMilliseconds)
    case .observation(let observation):
      json.add("probe", observation.probe)
      json.add("name", observation.name)
      switch observation.value {
      case .integer(let number): json.add("value", number)
      case .text(let text): json.add("value", text)
      case .quantity(let quantity):
        json.add("value", quantity.value)
        json.add("unit", unlessEmpty: quantity.unit)
        if quantity.isMeasured {
          json.add("samples", quantity.samples)
          json.add("count", quantity.count)
        }
      }
    case .output(let output):
      json.add("probe", output.probe)
      json.add("text", output.text, limit: RecordLimits.outputPiece)
    case .probeEnd(let end):
      end.write(to: &json)
    case .done(let done):
      json.add("planned", done.planned)
      json.add("ended", done.ended)
    }
  }
}

extension ProbeEnd {
  fileprivate func write(to json: inout JSONLine) {
    json.add("probe", probe)
    json.add("outcome", word: outcome.word)
    json.add("duration_ms", durationMilliseconds)
    json.add("message", unlessEmpty: message)
    json.add("check", unlessEmpty: check)
    json.add("location", unlessEmpty: location)
    json.add("errno", unlessEmpty: errno)
    json.add("signal", unlessEmpty: signal)
    if status >= 0 { json.add("status", status) }
    if outputDropped > 0 { json.add("output_dropped", outputDropped) }
    if taint != 0 { json.add("taint", taint) }
  }
}
