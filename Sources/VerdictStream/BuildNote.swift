/// The build id in ELF notes: elf(5), and the note NT_GNU_BUILD_ID that `ld --build-id` writes.
///
/// The guest reads the running kernel's notes from /sys/kernel/notes, the host those of a vmlinux; both by this.
public enum BuildNote {
  private static var type: UInt32 { 3 }

  /// The id in hexadecimal; empty where there is none. Notes are three little-endian words, a name and a content,
  /// both padded to four bytes.
  public static func identity(in notes: Text) -> Text {
    let bytes = notes.bytes
    var position = 0
    while position + 12 <= bytes.count {
      let nameSize = Int(word(bytes, position))
      let size = Int(word(bytes, position + 4))
      let kind = word(bytes, position + 8)
      let name = position + 12
      let content = name + padded(nameSize)
      let end = content + padded(size)
      guard nameSize <= 256, size <= 1 << 16, content + size <= bytes.count else { return Text() }
      if kind == type, nameSize == 4, Array(bytes[name..<name + 4]) == [0x47, 0x4E, 0x55, 0] {
        return hexadecimal(bytes[content..<content + size])
      }
      position = end
    }
    return Text()
  }

  private static func padded(_ size: Int) -> Int { (size + 3) & ~3 }

  private static func word(_ bytes: [UInt8], _ position: Int) -> UInt32 {
    UInt32(bytes[position]) | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2]) << 16
      | UInt32(bytes[position + 3]) << 24
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> Text {
    var digits: [UInt8] = []
    for byte in bytes { for half in [byte >> 4, byte & 15] { digits.append(half < 10 ? 0x30 + half : 0x57 + half) } }
    return Text(digits)
  }
}
