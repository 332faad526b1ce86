import Foundation
import HostSystem
import TestSupport
import Testing

@Suite struct `The kit` {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func program(_ path: String) throws -> URL { try scratch.file(path) }

  @Test(arguments: [
    ("bin/firstbad", "share/firstbad"), ("tree/.build/release/firstbad", "tree/.build-guest/kit"),
    ("tree/.build/x86_64/debug/firstbad", "tree/.build-guest/kit"),
  ])
  func `is found from the program, installed or in its tree`(_ program: String, _ kit: String) throws {
    let program = try self.program(program)
    try scratch.file(kit + "/libFirstbadGuest.a")
    let found = try Kit.find(program: program, environment: [:])
    #expect(
      found.folder.resolvingSymlinksInPath().path
        == scratch.url.appending(path: kit).resolvingSymlinksInPath().path)
  }

  @Test func `is the one that FIRSTBAD_KIT names, and no other in its place`() throws {
    let program = try self.program("bin/firstbad")
    try scratch.file("share/firstbad/libFirstbadGuest.a")
    try scratch.file("mine/libFirstbadGuest.a")
    let mine = scratch.url.appending(path: "mine").path
    #expect(try Kit.find(program: program, environment: ["FIRSTBAD_KIT": mine]).folder.path == mine)
    let failure = #expect(throws: Failure.self) {
      try Kit.find(program: program, environment: ["FIRSTBAD_KIT": scratch.url.path + "/nothing"])
    }
    #expect(failure?.kind == .missingTool)
  }

  @Test func `that is nowhere is a failure that says how to make it`() throws {
    let failure = #expect(throws: Failure.self) {
      try Kit.find(program: program("bin/firstbad"), environment: [:])
    }
    #expect(failure?.kind == .missingTool)
    #expect(failure?.remedy?.contains("make guest") == true)
  }

  @Test func `lists the C files of its probes by path`() throws {
    for file in ["net/b.c", "mm/a.c", "net/notes.txt", "net/a.c"] { try scratch.file("probes/" + file) }
    let names = Kit(folder: scratch.url).sources().map { $0.pathComponents.suffix(2).joined(separator: "/") }
    #expect(names == ["mm/a.c", "net/a.c", "net/b.c"])
  }
}
