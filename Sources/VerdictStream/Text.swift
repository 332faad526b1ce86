/// A string as the guest sees it: bytes, in no promised encoding.
///
/// Embedded Swift compares `String`s only with 40 KB of Unicode tables, and a probe's output need not be
/// UTF-8, so everything that crosses the wire is bytes until the host shows it to a person.
public struct Text: Equatable, Hashable, Sendable, ExpressibleByStringLiteral {
  /// The bytes, without a terminating NUL.
  public var bytes: [UInt8]

  /// Wraps bytes as they are.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The UTF-8 of a Swift string.
  public init(_ string: String) { bytes = Array(string.utf8) }

  /// A number as people write it.
  public init(decimal number: Int) {
    bytes = []
    bytes.append(decimal: number)
  }

  /// A literal in the source.
  public init(stringLiteral value: StaticString) {
    bytes = value.withUTF8Buffer { Array($0) }
  }

  /// The empty text.
  public init() { bytes = [] }

  /// True when there is not one byte.
  public var isEmpty: Bool { bytes.isEmpty }

  /// Adds bytes at the end.
  public mutating func append(_ text: Text) { bytes.append(contentsOf: text.bytes) }

  /// Two texts, one after the other.
  public static func + (left: Text, right: Text) -> Text { Text(left.bytes + right.bytes) }

  /// Whether the text begins with these bytes.
  public func hasPrefix(_ prefix: Text) -> Bool { bytes.starts(with: prefix.bytes) }

  /// Whether it is this word; `==` would make a text of the word first, which the guest notices.
  public func `is`(_ word: StaticString) -> Bool { bytes[...].is(word) }

  /// The pieces between the separators; empty pieces are kept.
  public func split(on separator: UInt8, limit: Int = .max) -> [Text] {
    // Not the library's, which makes a list of slices first: the guest splits for each probe.
    var pieces: [Text] = []
    var start = 0
    for place in bytes.indices where bytes[place] == separator && pieces.count < limit - 1 {
      pieces.append(Text(Array(bytes[start..<place])))
      start = place + 1
    }
    pieces.append(Text(Array(bytes[start...])))
    return pieces
  }

  /// The number these decimal digits write, or nil. A leading minus is understood, a plus is not.
  public var integer: Int? {
    var digits = bytes[...]
    let negative = digits.first == UInt8(ascii: "-")
    if negative { digits = digits.dropFirst() }
    guard !digits.isEmpty else { return nil }
    var value = 0
    for byte in digits {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int(byte - UInt8(ascii: "0"))
      let (sum, carry) =
        negative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }
}

extension ArraySlice<UInt8> {
  /// Whether it is this word.
  func `is`(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in
      for place in indices where self[place] != word[place - startIndex] { return false }
      return true
    }
  }
}

extension [UInt8] {
  /// Adds a number as people write it. By way of `String` the guest would link 10 KB of what strings can do.
  mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    let magnitude = number.magnitude
    var unit: UInt = 1
    while magnitude / unit > 9 { unit *= 10 }
    while unit > 0 {
      append(UInt8(ascii: "0") + UInt8(magnitude / unit % 10))
      unit /= 10
    }
  }
}

#if !hasFeature(Embedded)
  extension Text: CustomStringConvertible {
    /// The text for a person: UTF-8, with what is not UTF-8 replaced.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
  }
#endif
