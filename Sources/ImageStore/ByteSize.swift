public import HostSystem

/// A number of bytes as people write it.
public struct ByteSize: Sendable, Equatable {
  /// The bytes.
  public let bytes: Int

  private static let units: [(letter: Character, shift: Int, name: String)] = [
    ("T", 40, "TiB"), ("G", 30, "GiB"), ("M", 20, "MiB"), ("K", 10, "KiB"),
  ]

  /// That many.
  public init(_ bytes: Int) { self.bytes = bytes }

  /// From a whole number of bytes, or one with K, M, G or T behind it, which are powers of 1024.
  public init(_ text: String, from option: String) throws(Failure) {
    let unit = text.last.flatMap { last in Self.units.first { String($0.letter) == last.uppercased() } }
    let digits = unit == nil ? text[...] : text.dropLast()
    // Int takes a sign, too.
    guard let number = Int(digits), digits.allSatisfy(\.isNumber) else {
      throw Failure(.usage, "\(option) is no size: '\(text)'", remedy: "write bytes, or a number with K, M, G or T")
    }
    let scaled = number.multipliedReportingOverflow(by: 1 << (unit?.shift ?? 0))
    bytes = scaled.overflow ? Int.max : scaled.partialValue
  }

  /// In the largest unit of which there is one, with one decimal: `9.5 MiB`; below a KiB in bytes: `12 B`.
  public var text: String {
    guard let unit = Self.units.first(where: { bytes >> $0.shift > 0 }) else { return "\(bytes) B" }
    let tenths = bytes / (1 << unit.shift) * 10 + bytes % (1 << unit.shift) * 10 / (1 << unit.shift)
    return "\(tenths / 10).\(tenths % 10) \(unit.name)"
  }
}
