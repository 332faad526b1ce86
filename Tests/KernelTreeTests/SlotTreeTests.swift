import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelTree

/// Trees that are no commit's.
@Suite struct `A tree with something on top` {
  @Test func `is a commit's with what another one changed, and leaves the worktree alone`() async throws {
    let repository = try await Repository()
    let old = try await repository.begin(["a": "1\n2\n3\n4\n5\n"])
    try await repository.commit("between", ["b": "b\n"])
    let fix = try await repository.commit("mend it", ["a": "1\n2\n3\n4\nfive\n"])
    let clash = try await repository.commit("again", ["a": "1\n2\n3\n4\n6\n"])
    let tree = try await repository.tree()
    let slot = try await tree.slot(0, in: repository.places)
    try await slot.checkOut(old)
    let before = try Snapshot(slot.source, times: true)
    let id = try await tree.treeID(of: old)
    let mended = try #require(try await slot.tree(id, with: fix))
    #expect(try await slot.tree(id, with: clash) == nil)
    #expect(try await slot.tree(mended, with: fix) == mended)
    #expect(try Snapshot(slot.source, times: true) == before)
    #expect(try await slot.content(of: "a", in: mended) == "1\n2\n3\n4\nfive\n")
    #expect(try await slot.content(of: "a", in: id) == "1\n2\n3\n4\n5\n")
    #expect(try await slot.content(of: "b", in: mended) == nil)
    await #expect(throws: Failure.self) { try await slot.content(of: "a", in: String(repeating: "1", count: 40)) }
    try await slot.checkOut(tree: mended, called: "mended")
    #expect(try String(contentsOf: slot.source.appending(path: "a"), encoding: .utf8).hasSuffix("five\n"))
    try await slot.checkOut(old)
    #expect(try String(contentsOf: slot.source.appending(path: "a"), encoding: .utf8).hasSuffix("5\n"))
  }

  @Test func `has a copy of one of its files`() async throws {
    let repository = try await Repository()
    let old = try await repository.begin(["include/gcc3.h": "3\n", "include/gcc4.h": "4\n"])
    let tree = try await repository.tree()
    let slot = try await tree.slot(0, in: repository.places)
    let id = try await tree.treeID(of: old)
    #expect(try await slot.names(in: "include", of: id) == ["gcc3.h", "gcc4.h"])
    #expect(try await slot.names(in: "nothing", of: id) == [])
    let copied = try #require(try await slot.tree(id, copying: "include/gcc4.h", to: "include/gcc12.h"))
    #expect(try await slot.content(of: "include/gcc12.h", in: copied) == "4\n")
    #expect(try await slot.tree(id, copying: "include/gcc5.h", to: "x") == nil)
  }
}

@Suite struct `Files that are new in a tree` {
  @Test func `are those that were not there, and links that lead elsewhere`() async throws {
    let repository = try await Repository()
    let old = try await repository.begin(["a": "a\n", "gone": "a file of some size\n", "folder/b": "b\n"])
    let files = FileManager.default
    func link(_ to: String) throws {
      let path = repository.folder.appending(path: "link").path
      try? files.removeItem(atPath: path)
      try files.createSymbolicLink(atPath: path, withDestinationPath: to)
    }
    try link("a")
    try await repository.git("add", "link")
    let linked = try await repository.commit("a link")
    try link("gone")
    try await repository.git("rm", "-q", "gone")
    try await repository.git("add", "link")
    let new = try await repository.commit(
      "more", ["a": "other\n", "moved here": "a file of some size\n", "folder/c": "c\n"])
    let tree = try await repository.tree()
    let slot = try await tree.slot(0, in: repository.places)
    func trees(_ id: CommitID) async throws -> String { try await tree.treeID(of: id) }
    func changes(_ new: CommitID, _ old: CommitID) async throws -> (new: [String], all: [String]) {
      try #require(try await slot.changes(in: try await trees(new), since: try await trees(old)))
    }
    let found = try await changes(new, linked)
    #expect(found.new == ["folder/c", "link", "moved here"])
    #expect(found.all == ["a", "folder/c", "gone", "link", "moved here"])
    #expect(try await changes(linked, old).new == ["link"])
    #expect(try await changes(old, new).new == ["gone"])
    #expect(try await changes(old, old).all == [])
    #expect(try await slot.changes(in: try await trees(old), since: String(repeating: "1", count: 40)) == nil)
  }

  @Test func `is listed with what its makefiles say of headers, whatever git is told to do`() async throws {
    let repository = try await Repository()
    for (name, value) in [("color.ui", "always"), ("grep.lineNumber", "true"), ("grep.fullName", "true")] {
      try await repository.git("config", name, value)
    }
    _ = try await repository.begin(["a": "1\n"])
    let commit = try await repository.commit(
      "files", ["a b.h": "1\n", "Makefile": "obj-y := a.o\nx.h: y\n", "lib/Kbuild": "generic-y += z.h\n", "c": "q.h\n"])
    let tree = try await repository.tree()
    let slot = try await tree.slot(0, in: repository.places)
    let id = try await tree.treeID(of: commit)
    let files = try await slot.files(in: id)
    #expect(files.map(\.path).contains("a b.h") && files.map(\.path).contains("lib/Kbuild"))
    #expect(files.allSatisfy { $0.mode == "100644" && $0.id.count == 40 })
    #expect(try await slot.makefileLines(in: id, matching: "[.]h") == "x.h: y\ngeneric-y += z.h\n")
    #expect(try await slot.makefileLines(in: id, matching: "nothing of that") == "")
    await #expect(throws: Failure.self) { _ = try await slot.makefileLines(in: "1234", matching: "a") }
  }
}

@Suite struct `A repair` {
  @Test func `is found in a history by id or by title, and not by words in a body`() async throws {
    let repository = try await Repository()
    let old = try await repository.begin()
    try await repository.git("checkout", "-q", "-b", "mainline")
    let fix = try await repository.commit("mend it", ["a": "a\n"])
    try await repository.git("checkout", "-q", "-b", "stable", old.hex)
    let quoting = try await repository.commit("other\n\nmend it")
    let backport = try await repository.commit("mend it", ["a": "b\n"])
    let tree = try await repository.tree()
    #expect(try await tree.history(of: fix, has: fix.short, title: "nothing"))
    #expect(try await tree.history(of: backport, has: fix.short, title: "mend it"))
    for id in [old, quoting] { #expect(try await !tree.history(of: id, has: fix.short, title: "mend it")) }
    #expect(try await tree.commit(known: fix.short, title: "nothing") == fix)
    #expect(try await tree.commit(known: "123456789abc", title: "mend it") != nil)
    #expect(try await tree.commit(known: "123456789abc", title: "mend") == nil)
  }
}

@Suite struct `Objects of a tool chain` {
  @Test func `have a folder of their own, and the longest unused beyond a few go`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    let slot = try await repository.tree().slot(0, in: repository.places)
    // What an earlier layout left there.
    try Data().write(to: slot.objects.appending(path: "vmlinux"))
    let chains = (0..<6).map { Digest.sha256(ofText: "\($0)") }
    for chain in chains {
      _ = try slot.objects(for: chain)
      try await Task.sleep(for: .milliseconds(20))
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: slot.objects.path)
    #expect(Set(left) == Set(chains.suffix(4).map { String($0.prefix(12)) }))
    #expect(try slot.objects(for: chains[3]).path == "\(slot.objects.path)/\(chains[3].prefix(12))")
  }
}
