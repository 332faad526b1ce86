import Initramfs
import Testing

/// One entry as the kernel's init/initramfs.c reads it.
private struct Entry: Equatable {
  var name: String
  var mode: UInt32
  var content: [UInt8]
  var device: [UInt32]
  var links: UInt32
  var inode: UInt32
}

/// Reads archives, one behind another, up to the end of the bytes; nil where the kernel would give up.
private func unpacked(_ bytes: [UInt8]) -> [Entry]? {
  var entries: [Entry] = []
  var offset = 0
  func number(_ field: Int) -> UInt32? {
    let begin = offset + 6 + 8 * field
    return UInt32(String(decoding: bytes[begin..<begin + 8], as: UTF8.self), radix: 16)
  }
  while offset < bytes.count {
    if bytes[offset] == 0 {
      offset += 4
      continue
    }
    guard offset + 110 <= bytes.count, bytes[offset..<offset + 6].elementsEqual("070701".utf8),
      let inode = number(0), let mode = number(1), let links = number(4), let size = number(6),
      let major = number(9), let minor = number(10), let nameSize = number(11)
    else { return nil }
    let name = offset + 110
    let content = (name + Int(nameSize) + 3) & ~3
    guard content + Int(size) <= bytes.count, bytes[name + Int(nameSize) - 1] == 0 else { return nil }
    entries.append(
      Entry(
        name: String(decoding: bytes[name..<name + Int(nameSize) - 1], as: UTF8.self), mode: mode,
        content: Array(bytes[content..<content + Int(size)]), device: [major, minor], links: links,
        inode: inode))
    offset = (content + Int(size) + 3) & ~3
  }
  return entries
}

@Suite struct `An archive` {
  private var archive: Archive {
    var archive = Archive()
    archive.addFolder("dev")
    archive.addDevice("dev/console", major: 5, minor: 1)
    archive.addFile("init", mode: 0o755, [1, 2, 3, 4, 5])
    return archive
  }

  @Test func `is what the kernel unpacks`() throws {
    let entries = try #require(unpacked(archive.bytes))
    #expect(entries.map(\.name) == ["dev", "dev/console", "init", "TRAILER!!!"])
    #expect(entries.map(\.mode) == [0o040_755, 0o020_600, 0o100_755, 0])
    #expect(entries.map(\.content) == [[], [], [1, 2, 3, 4, 5], []])
    #expect(entries.map(\.device) == [[0, 0], [5, 1], [0, 0], [0, 0]])
    #expect(entries.map(\.links) == [2, 1, 1, 1])
    #expect(entries.map(\.inode) == [1, 2, 3, 0])
  }

  @Test func `has the header that the format's document shows, byte for byte`() {
    var archive = Archive()
    archive.addFile("a", mode: 0o400, Array("hi".utf8))
    let expected =
      "070701" + "00000001" + "00008100" + "00000000" + "00000000" + "00000001" + "00000000" + "00000002"
      + "00000000" + "00000000" + "00000000" + "00000000" + "00000002" + "00000000" + "a\0" + "hi\0\0"
    #expect(String(decoding: archive.bytes.prefix(116), as: UTF8.self) == expected)
  }

  @Test func `may be followed by another, as the plan follows the image`() throws {
    var second = Archive()
    second.addFile("firstbad.plan", Array("plan".utf8))
    let entries = try #require(unpacked(archive.bytes + second.bytes))
    #expect(
      entries.map(\.name) == ["dev", "dev/console", "init", "TRAILER!!!", "firstbad.plan", "TRAILER!!!"])
    #expect(entries[4].content == Array("plan".utf8))
    #expect(archive.bytes.count % 512 == 0)
  }

  @Test func `is the same for the same contents`() { #expect(archive.bytes == archive.bytes) }

  @Test func `is whole even when empty`() {
    #expect(unpacked(Archive().bytes)?.map(\.name) == ["TRAILER!!!"])
    #expect(Archive().bytes.count == 512)
  }

  // Header and name, and then the contents, are padded to 4 bytes; every remainder must come out right.
  @Test(arguments: 1...9) func `keeps names and contents of any length apart`(_ length: Int) throws {
    for size in 0...9 {
      var archive = Archive()
      let name = String(repeating: "n", count: length)
      archive.addFile(name, [UInt8](repeating: 0x78, count: size))
      archive.addFile("next", [0x79])
      let entries = try #require(unpacked(archive.bytes))
      #expect(entries.map(\.name) == [name, "next", "TRAILER!!!"])
      #expect(entries.map(\.content.count) == [size, 1, 0])
    }
  }
}
