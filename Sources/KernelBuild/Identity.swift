import Foundation
import HostSystem
import VerdictStream

/// What of an ELF file is loaded into memory: elf(5), 64-bit, little-endian.
struct LoadedSections {
  struct Section: Equatable {
    let name: String
    let flags: UInt64
    let address: UInt64
    let bytes: Range<Int>
  }

  let sections: [Section]
  private let file: Data

  private static let allocated: UInt64 = 2
  private static let note = 7
  private static let noBits = 8

  /// Reads the section headers; the content stays in the file, which is mapped and not read.
  init(_ url: URL) throws(Failure) {
    guard let data = try? Data(contentsOf: url, options: .alwaysMapped) else {
      throw Failure(.badInput, "\(url.path) cannot be read", remedy: "build the kernel again")
    }
    guard let sections = Self.read(data) else {
      throw Failure(.badInput, "\(url.path) is no sound ELF file", remedy: "build the kernel again")
    }
    file = data
    self.sections = sections
  }

  /// SHA-256 over name, flags, address and content of what is loaded, in the order of the file.
  ///
  /// Notes are left out: the build id among them is a digest of all that is not loaded, too. So is what has no
  /// content, `.bss`; its size moves the addresses of symbols, and those stand in the code.
  var identity: String {
    var digest = Digest()
    for section in sections {
      digest.add(field: section.name)
      digest.add(field: "\(section.flags) \(section.address) \(section.bytes.count)")
      digest.add(file[file.startIndex + section.bytes.lowerBound..<file.startIndex + section.bytes.upperBound])
    }
    return digest.hexadecimal()
  }

  /// The build id of the kernel that this is, in hexadecimal, or nil when it was linked without.
  static func build(of vmlinux: URL) -> String? {
    guard let data = try? Data(contentsOf: vmlinux, options: .alwaysMapped) else { return nil }
    for section in read(data, notes: true) ?? [] where section.name == ".notes" {
      let content = data[data.startIndex + section.bytes.lowerBound..<data.startIndex + section.bytes.upperBound]
      let found = BuildNote.identity(in: Text(Array(content)))
      return found.isEmpty ? nil : found.description
    }
    return nil
  }

  private static func read(_ data: Data, notes: Bool = false) -> [Section]? {
    guard data.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let table = number(data, 0x28, 8),
      let size = number(data, 0x3A, 2), size >= 64, let count = number(data, 0x3C, 2), count > 0,
      let namesIndex = number(data, 0x3E, 2), namesIndex < count, table <= data.count - count * size,
      let names = content(data, table + namesIndex * size)
    else { return nil }
    var sections: [Section] = []
    for index in 0..<count {
      let header = table + index * size
      guard let nameOffset = number(data, header, 4), let type = number(data, header + 4, 4),
        let flags = number(data, header + 8, 8), let address = unsigned(data, header + 16, 8)
      else { return nil }
      guard UInt64(flags) & allocated != 0, (type == note) == notes, type != noBits else { continue }
      guard let bytes = content(data, header), nameOffset < names.count else { return nil }
      let name = data[data.startIndex + names.lowerBound + nameOffset..<data.startIndex + names.upperBound]
      sections.append(
        Section(
          name: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self), flags: UInt64(flags), address: address,
          bytes: bytes))
    }
    // Without any it is no kernel, and all such files would be the same.
    return sections.isEmpty ? nil : sections
  }

  private static func content(_ data: Data, _ header: Int) -> Range<Int>? {
    guard let offset = number(data, header + 24, 8), let size = number(data, header + 32, 8), offset <= data.count,
      size <= data.count - offset
    else { return nil }
    return offset..<offset + size
  }

  private static func number(_ data: Data, _ offset: Int, _ size: Int) -> Int? {
    unsigned(data, offset, size).flatMap { Int(exactly: $0) }
  }

  private static func unsigned(_ data: Data, _ offset: Int, _ size: Int) -> UInt64? {
    guard offset >= 0, offset <= data.count - size else { return nil }
    return data[data.startIndex + offset..<data.startIndex + offset + size].reversed().reduce(0) {
      $0 << 8 | UInt64($1)
    }
  }
}
