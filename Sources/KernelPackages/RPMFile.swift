import Foundation
import HostSystem

/// An RPM package in a file (format V4: lead, signature, header, compressed cpio archive), read without rpm.
struct RPMFile {
  private let path: String
  private let header: RPMHeader
  private let payload: Int

  init(_ path: String) throws(Failure) {
    self.path = path
    let broken = Failure(.badInput, "\(path) is no RPM package, or cut short", remedy: "fetch it again")
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure(.badInput, "\(path) cannot be read", remedy: "check the path")
    }
    defer { try? file.close() }
    // Headers with the longest changelogs are some megabytes.
    guard let head = try? file.read(upToCount: 64 << 20), head.starts(with: [0xED, 0xAB, 0xEE, 0xDB]),
      let signature = RPMHeader(head, at: 96),
      // The signature is padded to eight bytes.
      let header = RPMHeader(head, at: (signature.end + 7) / 8 * 8)
    else { throw broken }
    self.header = header
    payload = header.end
  }

  private enum Tag {
    static let name = 1000
    static let version = 1001
    static let release = 1002
    static let epoch = 1003
    static let architecture = 1022
    static let changelogTimes = 1080
    static let folderIndexes = 1116
    static let fileNames = 1117
    static let folders = 1118
    static let changelogNames = 1081
    static let changelogTexts = 1082
    static let compressor = 1125
  }

  /// What it has of kernels, by the list of files in its header.
  func contents() throws(Failure) -> PackageContents {
    let package = try package()
    let folders = header.texts(Tag.folders)
    let paths = zip(header.numbers(Tag.folderIndexes), header.texts(Tag.fileNames)).compactMap { index, name in
      folders.indices.contains(index) ? Substring(folders[index] + name) : nil
    }
    return PackageContents(file: path, name: package.name, version: package.version, paths: paths)
  }

  private func package() throws(Failure) -> KernelPackage {
    guard let name = header.text(Tag.name), let version = header.text(Tag.version),
      let release = header.text(Tag.release), !(name + version + release).contains("/")
    else { throw Failure(.badInput, "\(path) has no name or no version", remedy: "fetch it again") }
    let epoch = header.numbers(Tag.epoch).first.map { $0 > 0 ? "\($0):" : "" } ?? ""
    return KernelPackage(name: name, version: "\(epoch)\(version)-\(release)", scheme: .rpm)
  }

  /// Unpacks it and tells what it is.
  func unpack(into tree: URL) async throws -> KernelPackage {
    let package = try package()
    let architecture = header.text(Tag.architecture) ?? "nothing"
    guard architecture == "x86_64" else {
      throw Failure(.badInput, "\(path) is for \(architecture), not for x86_64")
    }
    let programs = ["gzip": "gzip", "xz": "xz", "lzma": "xz", "zstd": "zstd", "bzip2": "bzip2"]
    let compressor = header.text(Tag.compressor) ?? "gzip"
    guard let program = programs[compressor] else {
      throw Failure(.badInput, "\(path) is compressed by \(compressor), which is not known here")
    }
    let tool = try Tool(program, remedy: "install it: the package is compressed by it")
    let shell = try Tool("sh", remedy: "a shell is part of every system")
    let archive = tree.appending(path: ".payload")
    let unpacking = try await shell.run(
      ["-c", #"tail -c "+$1" "$2" | "$3" -dc >"$4""#, "sh", String(payload + 1), path, tool.path, archive.path],
      limit: .seconds(600))
    try unpacking.requireUnpacked(path, into: tree)
    try CpioReader.unpack(archive, into: tree)
    try? FileManager.default.removeItem(at: archive)
    try Places.write(Data(), to: tree.appending(path: ".rpm"))
    try writeChangelog(package.name, in: tree)
    return package
  }

  /// The changelog is in the header; it goes where Debian's is.
  private func writeChangelog(_ name: String, in tree: URL) throws(Failure) {
    let folder = tree.appending(path: "usr/share/doc/\(name)")
    let authors = header.texts(Tag.changelogNames)
    let texts = header.texts(Tag.changelogTexts)
    guard !texts.isEmpty else { return }
    try Places.make(folder)
    let entries = zip(authors, texts).map { author, text in "* \(author)\n\(text)\n" }
    try Places.write(Data(entries.joined(separator: "\n").utf8), to: folder.appending(path: "changelog.rpm"))
  }
}

/// An RPM header: an index of tags and the store they point into.
struct RPMHeader {
  private let bytes: Data
  private let entries: [Int: (type: Int, offset: Int, count: Int)]
  private let store: Int
  /// The first byte behind it.
  let end: Int

  init?(_ bytes: Data, at start: Int) {
    self.bytes = bytes
    func number(_ offset: Int) -> Int? {
      guard offset >= 0, offset + 4 <= bytes.count else { return nil }
      return bytes[bytes.startIndex + offset..<bytes.startIndex + offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    guard start >= 0, start + 16 <= bytes.count,
      bytes.dropFirst(start).starts(with: [0x8E, 0xAD, 0xE8, 0x01]),
      let count = number(start + 8), let size = number(start + 12), count < 1 << 16, size < 1 << 28
    else { return nil }
    store = start + 16 + 16 * count
    end = store + size
    guard end <= bytes.count else { return nil }
    var entries: [Int: (type: Int, offset: Int, count: Int)] = [:]
    for index in 0..<count {
      let entry = start + 16 + 16 * index
      guard let tag = number(entry), let type = number(entry + 4), let offset = number(entry + 8),
        let values = number(entry + 12), offset <= size
      else { return nil }
      entries[tag] = (type, offset, values)
    }
    self.entries = entries
  }

  /// The strings of a tag (types 6, 8 and 9).
  func texts(_ tag: Int) -> [String] {
    guard let entry = entries[tag], [6, 8, 9].contains(entry.type) else { return [] }
    var rest = bytes[bytes.startIndex + store + entry.offset..<bytes.startIndex + end]
    var texts: [String] = []
    while texts.count < entry.count, !rest.isEmpty {
      let text = rest.prefix { $0 != 0 }
      texts.append(String(decoding: text, as: UTF8.self))
      rest = rest.dropFirst(text.count + 1)
    }
    return texts
  }

  /// The first of them.
  func text(_ tag: Int) -> String? { texts(tag).first }

  /// The 32-bit numbers of a tag (type 4).
  func numbers(_ tag: Int) -> [Int] {
    guard let entry = entries[tag], entry.type == 4, store + entry.offset + 4 * entry.count <= end else { return [] }
    return (0..<entry.count).map { index in
      let start = bytes.startIndex + store + entry.offset + 4 * index
      return bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
  }
}

/// A cpio archive (newc) from somebody else: files and folders of it, below one folder and nowhere else.
enum CpioReader {
  static func unpack(_ archive: URL, into top: URL) throws(Failure) {
    let broken = Failure(.badInput, "the archive of the package is damaged", remedy: "fetch it again")
    guard let bytes = try? Data(contentsOf: archive, options: .alwaysMapped) else { throw broken }
    var offset = 0
    func field(_ index: Int) -> Int? {
      let start = offset + 6 + 8 * index
      guard start + 8 <= bytes.count else { return nil }
      let digits = String(decoding: bytes[start..<start + 8], as: UTF8.self)
      return digits.allSatisfy(\.isHexDigit) ? Int(digits, radix: 16) : nil
    }
    while true {
      guard offset + 110 <= bytes.count, bytes[offset..<offset + 5].elementsEqual("07070".utf8),
        let mode = field(1), let size = field(6), let nameSize = field(11), nameSize > 0,
        offset + 110 + nameSize <= bytes.count
      else { throw broken }
      let name = String(decoding: bytes[offset + 110..<offset + 110 + nameSize - 1], as: UTF8.self)
      if name == "TRAILER!!!" { return }
      let start = (offset + 110 + nameSize + 3) / 4 * 4
      guard start + size <= bytes.count else { throw broken }
      let parts = name.split(separator: "/").filter { $0 != "." }
      guard !parts.contains("..") else { throw broken }
      let target = parts.reduce(top) { $0.appending(path: String($1)) }
      switch mode & 0o170_000 {
      case 0o040_000: try Places.make(target)
      case 0o100_000:
        try Places.make(target.deletingLastPathComponent())
        try Places.write(bytes[start..<start + size], to: target)
      // Links and devices are of no use to a guest, and a link could lead out of the folder.
      default: break
      }
      offset = (start + size + 3) / 4 * 4
    }
  }
}
