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

  /// Adds bytes, half a byte at a time: a boot may hold a thousand probes, and bit by bit costs three times as much.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      remainder ^= UInt32(byte)
      remainder = (remainder >> 4) ^ Self.step[Int(remainder & 15)]
      remainder = (remainder >> 4) ^ Self.step[Int(remainder & 15)]
    }
  }

  /// What four zero bits make of these low ones: the polynomial 0xEDB88320, shifted in where a bit falls out.
  private static let step: InlineArray<16, UInt32> = [
    0x0000_0000, 0x1DB7_1064, 0x3B6E_20C8, 0x26D9_30AC,
    0x76DC_4190, 0x6B6B_51F4, 0x4DB2_6158, 0x5005_713C,
    0xEDB8_8320, 0xF00F_9344, 0xD6D6_A3E8, 0xCB61_B38C,
    0x9B64_C2B0, 0x86D3_D2D4, 0xA00A_E278, 0xBDBD_F21C,
  ]

  /// The value as eight lower-case hexadecimal digits.
  public var hexadecimal: [UInt8] {
    let digits: StaticString = "0123456789abcdef"
    var text: [UInt8] = []
    text.reserveCapacity(8)
    for shift in stride(from: UInt32(28), through: 0, by: -4) {
      let nibble = Int((value >> shift) & 0xF)
      digits.withUTF8Buffer { text.append($0[nibble]) }
    }
    return text
  }
}
