/// As much of an ELF file as is needed to read one of its sections: 64-bit, little-endian (elf(5)).
public struct ELFFile {
  /// The whole file.
  public let bytes: [UInt8]

  /// A file's bytes, whatever they are.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// The bytes of the section with this name, or nil when the file is no such ELF or has none.
  public func section(named name: String) -> ArraySlice<UInt8>? {
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
      let table = number(at: 0x28, size: 8), let entrySize = number(at: 0x3A, size: 2),
      // An offset within the file is small enough to be added to.
      table <= bytes.count, let count = number(at: 0x3C, size: 2), let namesIndex = number(at: 0x3E, size: 2),
      let names = section(at: table + namesIndex * entrySize)
    else { return nil }
    for index in 0..<count {
      let header = table + index * entrySize
      guard let offset = number(at: header, size: 4), offset < names.count else { return nil }
      let found = names.dropFirst(offset).prefix { $0 != 0 }
      if found.elementsEqual(name.utf8) { return section(at: header) }
    }
    return nil
  }

  private func section(at header: Int) -> ArraySlice<UInt8>? {
    guard let offset = number(at: header + 0x18, size: 8), let size = number(at: header + 0x20, size: 8),
      offset >= 0, size >= 0, offset <= bytes.count, size <= bytes.count - offset
    else { return nil }
    return bytes[offset..<offset + size]
  }

  private func number(at offset: Int, size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    var value: UInt64 = 0
    for index in (0..<size).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
    return Int(exactly: value)
  }
}
