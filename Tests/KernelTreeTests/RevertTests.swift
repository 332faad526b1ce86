import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelTree

@Suite struct `A revert in a slot` {
  private func text(_ slot: TreeSlot, _ path: String) -> String? {
    try? String(contentsOf: slot.source.appending(path: path), encoding: .utf8)
  }

  private static let lines = (1...40).map { "line \($0)\n" }.joined()

  @Test(arguments: [[], ["--object-format=sha256"]])
  func `takes one commit out of a later one, as git itself would`(_ options: [String]) async throws {
    let repository = try await Repository(options: options)
    try await repository.begin(["file": Self.lines])
    let changed = Self.lines.replacing("line 5\n", with: "line five\n")
    let culprit = try await repository.commit("culprit", ["file": changed, "new": "n\n"])
    let tip = try await repository.commit(
      "later", ["file": changed.replacing("line 30\n", with: "line thirty\n"), "more": "m\n"])
    let slot = try await repository.tree().slot(0, in: repository.places)
    let tree = try #require(try await slot.checkOutReverted(culprit, on: tip))
    #expect(text(slot, "file") == Self.lines.replacing("line 30\n", with: "line thirty\n"))
    #expect(text(slot, "new") == nil)
    #expect(text(slot, "more") == "m\n")
    // The same again gives the same, and git agrees.
    #expect(try await slot.checkOutReverted(culprit, on: tip) == tree)
    try await repository.git("revert", "--no-edit", culprit.hex)
    #expect(try await repository.git("rev-parse", "HEAD^{tree}") == tree)
    try await slot.checkOut(tip)
    #expect(text(slot, "new") == "n\n")
  }

  @Test func `follows a file that was renamed since`() async throws {
    let repository = try await Repository()
    try await repository.begin(["file": Self.lines])
    let changed = Self.lines.replacing("line 5\n", with: "line five\n")
    let culprit = try await repository.commit("culprit", ["file": changed])
    let tip = try await repository.commit("rename", ["file": nil, "moved/file": changed])
    let slot = try await repository.tree().slot(0, in: repository.places)
    #expect(try await slot.checkOutReverted(culprit, on: tip) != nil)
    #expect(text(slot, "moved/file") == Self.lines)
    #expect(text(slot, "file") == nil)
  }

  @Test func `of a merge takes out what it brought to its first parent`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    try await repository.git("checkout", "-q", "-b", "side")
    try await repository.commit("side", ["side": "s\n"])
    try await repository.git("checkout", "-q", "master")
    try await repository.commit("main", ["main": "m\n"])
    let merge = try await repository.merge("side", "merge")
    let tip = try await repository.commit("later", ["later": "l\n"])
    let slot = try await repository.tree().slot(0, in: repository.places)
    #expect(try await slot.checkOutReverted(merge, on: tip) != nil)
    #expect(text(slot, "side") == nil)
    #expect(text(slot, "main") == "m\n")
    #expect(text(slot, "later") == "l\n")
  }

  @Test func `that conflicts is nil, and the slot is as it was`() async throws {
    let repository = try await Repository()
    let begin = try await repository.begin(["file": "1\n"])
    let culprit = try await repository.commit("culprit", ["file": "2\n"])
    let tip = try await repository.commit("later", ["file": "3\n"])
    let slot = try await repository.tree().slot(0, in: repository.places)
    try await slot.checkOut(begin)
    let before = try Snapshot(slot.source, times: true)
    #expect(try await slot.checkOutReverted(culprit, on: tip) == nil)
    #expect(try Snapshot(slot.source, times: true) == before)
    try await slot.checkOut(tip)
    #expect(text(slot, "file") == "3\n")
  }

  @Test func `conflicts as well where attributes would merge anything`() async throws {
    let repository = try await Repository()
    try await repository.begin(["file": "1\n", ".gitattributes": "file merge=union\n"])
    let culprit = try await repository.commit("culprit", ["file": "2\n"])
    let tip = try await repository.commit("later", ["file": "3\n"])
    let slot = try await repository.tree().slot(0, in: repository.places)
    #expect(try await slot.checkOutReverted(culprit, on: tip) == nil)
  }

  @Test func `of what is in the tip no more is the tip`() async throws {
    let repository = try await Repository()
    try await repository.begin(["file": "1\n"])
    let culprit = try await repository.commit("culprit", ["file": "2\n"])
    let tip = try await repository.commit("back", ["file": "1\n"])
    let slot = try await repository.tree().slot(0, in: repository.places)
    #expect(try await slot.checkOutReverted(culprit, on: tip) == (try await repository.tree().commit(tip).tree))
  }

  @Test func `of the first commit leaves what came after it`() async throws {
    let repository = try await Repository()
    let begin = try await repository.begin()
    let tip = try await repository.commit("later", ["later": "l\n"])
    let slot = try await repository.tree().slot(0, in: repository.places)
    #expect(try await slot.checkOutReverted(begin, on: tip) != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: slot.source.path) == ["later"])
  }
}
