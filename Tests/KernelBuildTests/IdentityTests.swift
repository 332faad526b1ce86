import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelBuild

@Suite("The identity of a kernel")
struct IdentityTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// An ELF program of this C source, by the machine's own gcc.
  private func identity(_ source: String, _ options: [String] = []) async throws -> String {
    let name = UUID().uuidString
    // gcc writes the name of the source into the symbol table, so one name for all.
    let file = try scratch.file("\(name)/a.c", source)
    let program = file.deletingLastPathComponent().appending(path: "program")
    let gcc = try Tool("gcc", remedy: "install gcc")
    _ = try await gcc.succeed(
      ["-O1", "-ffreestanding", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id", "-o", program.path, file.path]
        + options)
    return try LoadedSections(program).identity
  }

  @Test("its build id is the one that the linker wrote into its notes, and none where there is no such")
  func build() async throws {
    let file = try scratch.file("a.c", Self.source)
    let (program, kernel) = (scratch.url.appending(path: "program"), scratch.url.appending(path: "vmlinux"))
    _ = try await Tool("gcc", remedy: "install gcc").succeed(
      [
        "-ffreestanding", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=0x0123456789abcdef", "-o", program.path,
        file.path,
      ])
    #expect(LoadedSections.build(of: program) == nil)
    // A kernel's linker script gathers all notes in one section.
    _ = try await Tool("objcopy", remedy: "install binutils").succeed(
      ["--rename-section", ".note.gnu.build-id=.notes", program.path, kernel.path])
    #expect(LoadedSections.build(of: kernel) == "0123456789abcdef")
    #expect(LoadedSections.build(of: scratch.url.appending(path: "nothing")) == nil)
  }

  static let source = "int table[4] = {1, 2, 3}; int f(int x) { return x + 7; } void _start(void) { table[0] = f(1); }"

  @Test("a comment, debug information and the build id that comes of them change nothing")
  func same() async throws {
    let plain = try await identity(Self.source)
    #expect(plain.count == 64)
    #expect(try await identity("/* a comment */\n\n\(Self.source)") == plain)
    #expect(try await identity(Self.source, ["-g"]) == plain)
    #expect(try await identity(Self.source, ["-Wl,--build-id=0x1234"]) == plain)
    #expect(try await identity(Self.source, ["-s"]) == plain)
  }

  @Test("code, data, the name of a section and an address each make another kernel")
  func different() async throws {
    let all = [
      try await identity(Self.source), try await identity(Self.source.replacing("x + 7", with: "x + 8")),
      try await identity(Self.source.replacing("{1, 2, 3}", with: "{1, 2, 4}")),
      try await identity(Self.source.replacing("int f(", with: "__attribute__((section(\".init\"))) int f(")),
      try await identity(Self.source.replacing("int f(", with: "__attribute__((section(\".fini\"))) int f(")),
      try await identity(Self.source, ["-Wl,-Ttext=0x800000"]),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test("notes and what has no content are left out, what is not loaded too")
  func chosen() async throws {
    _ = try await identity("char big[4096]; \(Self.source)")
    let folders = try FileManager.default.contentsOfDirectory(at: scratch.url, includingPropertiesForKeys: nil)
    let program = try #require(folders.first).appending(path: "program")
    let names = try LoadedSections(program).sections.map(\.name)
    #expect(names.contains(".text") && names.contains(".data"))
    #expect(!names.contains { $0.hasPrefix(".note") || $0 == ".bss" || $0 == ".symtab" || $0 == ".comment" })
  }

  @Test("a file that is no ELF, cut short, or full of nonsense is refused and traps nobody")
  func damaged() async throws {
    _ = try await identity(Self.source)
    let folders = try FileManager.default.contentsOfDirectory(at: scratch.url, includingPropertiesForKeys: nil)
    let bytes = [UInt8](try Data(contentsOf: try #require(folders.first).appending(path: "program")))
    #expect(throws: Failure.self) { try LoadedSections(try scratch.file("none", "no ELF")) }
    #expect(throws: Failure.self) { try LoadedSections(try scratch.file("empty", "")) }
    #expect(throws: Failure.self) { try LoadedSections(scratch.url.appending(path: "missing")) }
    for length in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: Failure.self) { try LoadedSections(try scratch.file("cut", bytes.prefix(length))) }
    }
    // The header of the file and the table of sections, a byte at a time, with the values that overflow.
    let table = bytes.count - 64 * Int(bytes[0x3C])
    for offset in Array(0..<64) + Array(stride(from: table, to: bytes.count, by: 1)) {
      for value: UInt8 in [0x7F, 0xFF] {
        var damaged = bytes
        damaged[offset] = value
        _ = try? LoadedSections(try scratch.file("damaged", damaged)).identity
      }
    }
  }
}
