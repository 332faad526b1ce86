/// The bytes of a bzImage that nothing would boot but that has a right set-up header.
public struct BzImage: Sendable {
  /// `RELEASE (BUILDER) VERSION`.
  public var version = "6.1.0-37-cloud-amd64 (builder@host) #1 SMP Debian 6.1.140-1"
  /// Boot protocol.
  public var protocolVersion = 0x20F
  /// XLF_KERNEL_64 and others.
  public var loadFlags = 1
  /// Sectors of the set-up code; 0 means 4.
  public var setupSectors = 4
  /// Size of the protected-mode part in 16-byte paragraphs.
  public var paragraphs = 64
  /// What the protected-mode part is filled with; makes one image differ from another.
  public var filling: UInt8 = 0x90

  /// A sound one.
  public init() {}

  /// The file.
  public var bytes: [UInt8] {
    let setup = ((setupSectors == 0 ? 4 : setupSectors) + 1) * 512
    var bytes = [UInt8](repeating: 0, count: setup) + [UInt8](repeating: filling, count: paragraphs * 16)
    func put(_ number: Int, at offset: Int, size: Int) {
      for index in 0..<size { bytes[offset + index] = UInt8(number >> (8 * index) & 0xFF) }
    }
    put(setupSectors, at: 0x1F1, size: 1)
    put(paragraphs, at: 0x1F4, size: 4)
    bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
    put(protocolVersion, at: 0x206, size: 2)
    put(version.isEmpty ? 0 : 0x100, at: 0x20E, size: 2)
    put(loadFlags, at: 0x236, size: 2)
    bytes.replaceSubrange(0x300..<0x300 + version.utf8.count, with: Array(version.utf8))
    return bytes
  }
}
