import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelTree

@Suite struct `The changes of a range` {
  @Test func `are told for each commit against its first parent`() async throws {
    let repository = try await Repository()
    let begin = try await repository.begin()
    let add = try await repository.commit("add", ["net/a.c": "1\n", "with blank": "2\n", "ä\nb": "3\n"])
    let move = try await repository.commit("move", ["net/a.c": nil, "net/b.c": "1\n"])
    try await repository.git("commit", "-q", "--allow-empty", "-m", "nothing")
    let nothing = CommitID(try await repository.git("rev-parse", "HEAD"))
    try await repository.git("checkout", "-q", "-b", "side", begin.hex)
    let side = try await repository.commit("side", ["side": "1\n"])
    try await repository.git("checkout", "-q", "master")
    let merge = try await repository.merge("side", "merge")
    let tree = try await repository.tree()
    let changes = try await tree.changes(from: begin, to: merge)
    #expect(
      changes.mapValues { Set($0) } == [
        add: ["net/a.c", "with blank", "ä\nb"], move: ["net/a.c", "net/b.c"], nothing: [], side: ["side"],
        merge: ["side"],
      ])
    #expect(try await Set(tree.changedFiles(from: side, to: merge)) == ["net/b.c", "with blank", "ä\nb"])
    #expect(try await tree.paths(of: side).contains("side"))
    #expect(try await !tree.paths(of: side).contains("net/b.c"))
  }

  @Test func `are there for a commit without parents`() async throws {
    let repository = try await Repository()
    let begin = try await repository.begin()
    try await repository.git("checkout", "-q", "--orphan", "other")
    let root = try await repository.commit("root", ["other": "1\n"])
    let changes = try await repository.tree().changes(from: begin, to: root)
    #expect(changes[root]?.contains("other") == true)
  }
}
