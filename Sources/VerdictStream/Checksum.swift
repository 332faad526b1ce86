/// CRC-32 (IEEE 802.3, reflected, as in zlib and gzip) over the bytes of a record line.
///
/// It notices a torn or interleaved line; the nonce that it is seeded with makes a line of another run,
/// or one that a probe invents, fail as well. It is no signature against an attacker.
public struct Checksum: Equatable, Sendable {
  private var remainder: UInt32 = 0xFFFF_FFFF

  /// A checksum over no bytes yet.
  public init() {}

  /// The checksum of what was added so far.
  public var value: UInt32 { ~remainder }

  /// Adds bytes. Bit by bit: a line is some 200 bytes and the serial port costs a hundred times as much.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        remainder = (remainder >> 1) ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0)
      }
    }
  }

  /// The value as eight lower-case hexadecimal digits.
  public var hexadecimal: [UInt8] {
    let digits: StaticString = "0123456789abcdef"
    var text: [UInt8] = []
    for shift in stride(from: UInt32(28), through: 0, by: -4) {
      let nibble = Int((value >> shift) & 0xF)
      digits.withUTF8Buffer { text.append($0[nibble]) }
    }
    return text
  }
}
