/// Builds one JSON object on one line, in plain ASCII.
///
/// A byte above 0x7E is written as the escape of the code point of the same number, so that any bytes a
/// probe prints come through a seven-bit console and back unharmed.
struct JSONLine {
  var bytes: [UInt8] = []

  init() {
    // Nearly all lines are shorter: growing step by step takes memory of six sizes, for each of which pages are touched.
    bytes.reserveCapacity(480)
    bytes.append(UInt8(ascii: "{"))
  }

  mutating func add(_ name: StaticString, _ number: Int) {
    key(name)
    bytes.append(decimal: number)
  }

  mutating func add(_ name: StaticString, word: StaticString) {
    key(name)
    bytes.append(UInt8(ascii: "\""))
    literal(word)
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func add(_ name: StaticString, _ numbers: [Int]) {
    key(name)
    bytes.append(UInt8(ascii: "["))
    for (index, number) in numbers.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(decimal: number)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  mutating func add(_ name: StaticString, _ text: Text, limit: Int = RecordLimits.text) {
    key(name)
    bytes.append(UInt8(ascii: "\""))
    // What needs no escape in one go: that is nearly all.
    var done = 0
    let end = min(limit, text.bytes.count)
    for place in 0..<end where Self.isEscaped(text.bytes[place]) {
      bytes.append(contentsOf: text.bytes[done..<place])
      escape(text.bytes[place])
      done = place + 1
    }
    bytes.append(contentsOf: text.bytes[done..<end])
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func add(_ name: StaticString, unlessEmpty text: Text) {
    if !text.isEmpty { add(name, text) }
  }

  private mutating func key(_ name: StaticString) {
    literal(bytes.count > 1 ? ",\"" : "\"")
    literal(name)
    literal("\":")
  }

  /// Adds what is no field of the object, as it is.
  mutating func literal(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case UInt8(ascii: "\n"): literal("\\n")
    case UInt8(ascii: "\t"): literal("\\t")
    default:
      literal("\\u00")
      for nibble in [byte >> 4, byte & 0xF] {
        bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
      }
    }
  }
}
