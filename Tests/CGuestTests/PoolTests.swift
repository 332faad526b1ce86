import CGuest
import CGuestFixtures
import Foundation
import Testing

// There is one for the process.
@Suite(.serialized) struct `The init's own memory` {
  init() {
    // Each has a new one; what the last one mapped stays, unused.
    fb_pool_open()
  }

  private func take(_ size: Int) throws -> UnsafeMutableRawPointer { try #require(fb_pool_take(size)) }

  @Test func `is aligned, and no two blocks overlap`() throws {
    let sizes = [0, 1, 15, 16, 17, 100, 480, 4096, 65_520] + (1...200).map { $0 * 7 }
    let blocks = try sizes.map { (try take($0), $0) }
    for (number, (block, size)) in blocks.enumerated() {
      #expect(Int(bitPattern: block) % 16 == 0)
      memset(block, Int32(number % 251), size)
    }
    for (number, (block, size)) in blocks.enumerated() {
      let bytes = UnsafeRawBufferPointer(start: block, count: size)
      #expect(bytes.allSatisfy { $0 == UInt8(number % 251) }, "\(size) bytes")
    }
  }

  @Test func `is given out again when it was given back, for what needs as much`() throws {
    let first = try take(100)
    let second = try take(100)
    #expect(fb_pool_give(first) == 1)
    #expect(fb_pool_give(second) == 1)
    #expect(try take(300) != second)
    #expect(try take(112) == second)
    #expect(try take(49) == first)
    #expect(try take(100) != first)
  }

  @Test func `ends, and gives nothing larger than 64 KB at once`() throws {
    #expect(fb_pool_take(65_521) == nil)
    let pieces = (0..<1000).prefix { _ in fb_pool_take(65_520) != nil }
    #expect(pieces.count == 255)
    // What is left of it does for less.
    #expect(fb_pool_take(32_000) != nil)
  }

  @Test func `takes back nothing that it has not given`() {
    let other = malloc(100)
    defer { free(other) }
    #expect(fb_pool_give(other) == 0)
    #expect(fb_pool_give(nil) == 0)
  }

  @Test func `is not there for a child`() throws {
    let status = fixture_read_in_child(try take(100))
    #expect(String(cString: fb_signal_name(fb_status_signal(status))) == "SIGSEGV")
  }
}
