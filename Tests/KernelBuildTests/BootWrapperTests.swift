import Foundation
import TestSupport
import Testing

@testable import KernelBuild

/// A commit may change nothing but the code that unpacks the kernel and hands over to it.
@Suite("What of an image is around the kernel")
struct BootWrapperTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Three sectors of set-up code, then a decompressor of 100 bytes, 300 of packed kernel, 60 more and a checksum.
  private static let image: [UInt8] = {
    var bytes = [UInt8](repeating: 0x90, count: 1536 + 460 + 4)
    func put(_ offset: Int, _ value: [UInt8]) { bytes.replaceSubrange(offset..<offset + value.count, with: value) }
    put(0x1F1, [2])
    put(0x202, Array("HdrS".utf8) + [0x0F, 0x02])
    put(0x248, [100, 0, 0, 0])
    put(0x24C, [44, 1, 0, 0])
    return bytes
  }()

  private func identity(_ image: [UInt8], _ sections: String = "s") throws -> String {
    try BootWrapper.identity(sections, of: scratch.file("\(UUID())/bzImage", image))
  }

  private func changed(_ place: Int) throws -> String {
    var image = Self.image
    image[place] ^= 1
    return try identity(image)
  }

  @Test("makes another kernel of it: set-up code, header, decompressor", arguments: [0, 0x226, 1536, 1635, 1936, 1995])
  func wrapper(_ place: Int) throws { #expect(try changed(place) != identity(Self.image)) }

  @Test(
    "does not count the packed kernel, whose sections are known, nor the checksum",
    arguments: [1636, 1935, 1996, 1999])
  func payload(_ place: Int) throws { #expect(try changed(place) == identity(Self.image)) }

  @Test("is added to the identity of the kernel in it, and nothing where there is no such thing")
  func sections() throws {
    #expect(try identity(Self.image) != identity(Self.image, "t"))
    #expect(try identity(Self.image) != "s")
    #expect(try identity(Array("\u{7F}ELF".utf8) + [UInt8](repeating: 0, count: 4096)) == "s")
    #expect(try identity([]) == "s")
  }

  @Test("is all of it where the header makes no sense, or is older than the place of the kernel in it")
  func strange() throws {
    var cut = Self.image
    cut[0x24F] = 0x7F
    var other = cut
    other[1700] ^= 1
    #expect(try identity(cut) != identity(other))
    var old = Self.image
    old[0x206] = 0x07
    other = old
    other[1700] ^= 1
    #expect(try identity(old) != identity(other))
  }
}
