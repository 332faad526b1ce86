import Testing
import VerdictStream

@Suite struct `The build id in ELF notes` {
  private func note(_ name: String, _ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
    func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: -bytes.count & 3) }
    let name = Array(name.utf8) + [0]
    return [UInt8(name.count), 0, 0, 0, UInt8(content.count), 0, 0, 0, kind, 0, 0, 0] + padded(name) + padded(content)
  }

  @Test func `is found among others, whatever stands before it`() {
    // As a kernel has them: what Xen wants to know, and then the id.
    let notes = note("Xen", 6, Array("linux".utf8)) + note("GNU", 3, [0xDE, 0xAD, 0x0B]) + note("Linux", 1, [1])
    #expect(BuildNote.identity(in: Text(notes)) == "dead0b")
  }

  @Test func `is none where no note of the linker is`() {
    #expect(BuildNote.identity(in: Text()).isEmpty)
    #expect(BuildNote.identity(in: Text(note("GNU", 1, [1, 2]) + note("GNV", 3, [1, 2]))).isEmpty)
  }

  @Test func `is none in notes that are cut off or make no sense`() {
    let whole = note("Xen", 6, Array("linux".utf8)) + note("GNU", 3, [UInt8](repeating: 7, count: 20))
    for length in 0..<whole.count { #expect(BuildNote.identity(in: Text(Array(whole.prefix(length)))).isEmpty) }
    #expect(BuildNote.identity(in: Text([UInt8](repeating: 0xFF, count: 64))).isEmpty)
    #expect(BuildNote.identity(in: Text([UInt8](repeating: 0, count: 64))).isEmpty)
  }
}
