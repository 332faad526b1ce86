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

  /// A number as people write it. By way of `String` the guest would link 10 KB of what strings can do.
  public init(decimal number: Int) {
    var digits: [UInt8] = []
    var rest = number.magnitude
    repeat {
      digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    if number < 0 { digits.append(UInt8(ascii: "-")) }
    bytes = digits.reversed()
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

  /// The pieces between the separators; empty pieces are kept.
  public func split(on separator: UInt8, limit: Int = .max) -> [Text] {
    bytes.split(separator: separator, maxSplits: limit == .max ? .max : limit - 1, omittingEmptySubsequences: false)
      .map { Text(Array($0)) }
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

#if !hasFeature(Embedded)
  extension Text: CustomStringConvertible {
    /// The text for a person: UTF-8, with what is not UTF-8 replaced.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
  }
#endif
