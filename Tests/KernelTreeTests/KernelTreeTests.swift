import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelTree

@Suite struct `A kernel tree` {
  @Test func `is found from any folder of its checkout`() async throws {
    let repository = try await Repository("linux with 'odd' \"name\"")
    let id = try await repository.begin()
    for path in ["", "arch", "arch/x86"] {
      let tree = try await KernelTree(at: repository.folder.appending(path: path).path)
      #expect(tree.top.path == repository.folder.path)
      #expect(!tree.isBare)
      #expect(try await tree.current() == id)
    }
  }

  @Test func `may be bare`() async throws {
    let repository = try await Repository()
    let id = try await repository.begin()
    try await repository.git("clone", "-q", "--bare", ".", "../bare.git")
    let tree = try await repository.other("bare.git").tree()
    #expect(tree.isBare)
    #expect(tree.top.lastPathComponent == "bare.git")
    #expect(try await tree.current() == id)
    #expect(try await !tree.isDirty())
  }

  @Test func `may be a worktree of another, with a HEAD of its own`() async throws {
    let repository = try await Repository()
    let old = try await repository.begin()
    let new = try await repository.commit("two")
    try await repository.git("worktree", "add", "-q", "--detach", "../linked", old.hex)
    let linked = try await repository.other("linked").tree()
    #expect(linked.top.lastPathComponent == "linked")
    #expect(try await linked.current() == old)
    #expect(try await repository.tree().current() == new)
    // Both are the same kernel, so they share their slots.
    #expect(
      linked.slotFolder(0, in: repository.places) == (try await repository.tree().slotFolder(0, in: repository.places)))
  }

  @Test func `may name its commits by SHA-256`() async throws {
    let repository = try await Repository(options: ["--object-format=sha256"])
    let id = try await repository.begin()
    let tree = try await repository.tree()
    #expect(id.hex.count == 64)
    #expect(try await tree.resolve("HEAD") == id)
    #expect(try await tree.commit(id).tree.count == 64)
  }

  @Test func `is no folder that is not there, and no file`() async throws {
    let scratch = try Scratch()
    try scratch.file("file")
    for name in ["nothing", "file"] {
      let path = scratch.url.appending(path: name).path
      let found = await failure { _ = try await KernelTree(at: path) }
      #expect(found?.message == "\(path) is no folder")
      #expect(found?.remedy != nil)
    }
  }

  @Test func `is no folder outside of every repository`() async throws {
    let scratch = try Scratch()
    let found = await failure { _ = try await KernelTree(at: scratch.url.path) }
    #expect(found?.message.hasPrefix("\(scratch.url.path) is in no git repository: not a git repository") == true)
  }

  @Test func `is not a repository's own folder`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    let found = await failure { _ = try await KernelTree(at: repository.folder.path + "/.git/objects") }
    #expect(found?.remedy == "give the path of the checkout")
  }

  @Test func `is no repository of something else, nor one without a commit`() async throws {
    let repository = try await Repository()
    let unborn = await failure { _ = try await repository.tree() }
    #expect(unborn?.message.hasPrefix("HEAD of \(repository.folder.path) cannot be read: ") == true)
    try await repository.commit("no kernel", ["Makefile": "all:\n"])
    let other = await failure { _ = try await repository.tree() }
    #expect(other?.message == "\(repository.folder.path) is no kernel tree: HEAD has no Kconfig, no arch")
    #expect(other?.remedy == "give the path of a clone of the kernel")
  }

  @Test func `is no shallow clone, whose history lacks what a bisect needs`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    try await repository.commit("two")
    try await repository.git("clone", "-q", "--depth=1", "file://\(repository.folder.path)", "../shallow")
    let found = await failure { _ = try await repository.other("shallow").tree() }
    #expect(found?.message.contains("shallow") == true)
    #expect(found?.remedy?.contains("fetch --unshallow") == true)
    try await repository.other("shallow").git("fetch", "-q", "--unshallow")
    _ = try await repository.other("shallow").tree()
  }

  @Test func `that belongs to somebody else is refused by git, and the remedy is told`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    // git's own way to pretend that, as changing an owner takes root.
    let script = "#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git \"$@\"\n"
    let wrapper = try repository.scratch.file("git", script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: wrapper.path)
    let program = try Tool(wrapper.path, remedy: "none")
    let found = await failure { _ = try await KernelTree(at: repository.folder.path + "/arch", program: program) }
    #expect(found?.message.hasPrefix("git refuses \(repository.folder.path), which another user owns: ") == true)
    #expect(found?.remedy?.contains("--add safe.directory '\(repository.folder.path)'") == true)
  }
}

@Suite struct `Where the user is` {
  @Test func `is HEAD, on a branch or detached`() async throws {
    let repository = try await Repository()
    let old = try await repository.begin()
    try await repository.commit("two")
    try await repository.git("checkout", "-q", old.hex)
    #expect(try await repository.tree().current() == old)
  }

  @Test(arguments: ["linux", "linked"])
  func `is BISECT_HEAD in a bisect that checks nothing out`(_ name: String) async throws {
    let repository = try await Repository()
    let old = try await repository.begin()
    try await repository.commit("two")
    try await repository.commit("three")
    try await repository.commit("four")
    try await repository.git("worktree", "add", "-q", "--detach", "../linked")
    // The name of a branch must not be taken for the bisect's, nor stand in its way.
    try await repository.git("branch", "BISECT_HEAD", old.hex)
    let user = try repository.other(name)
    let tree = try await user.tree()
    let head = try await user.head()
    #expect(try await tree.current() == head)
    try await user.git("bisect", "start", "--no-checkout", head.hex, old.hex)
    let file = try await user.git("rev-parse", "--path-format=absolute", "--git-path", "BISECT_HEAD")
    let middle = CommitID(try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines))
    #expect(middle != head)
    #expect(try await tree.current() == middle)
    #expect(try await repository.other(name == "linux" ? "linked" : "linux").tree().current() == head)
    try await user.git("bisect", "reset")
    #expect(try await tree.current() == head)
  }

  @Test func `is dirty when a tracked file or the index differs from HEAD`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    let tree = try await repository.tree()
    let makefile = repository.folder.appending(path: "Makefile")
    try repository.scratch.file("linux/untracked", "u")
    #expect(try await !tree.isDirty())
    // New times are no change, and looking must not write them down.
    try Data("VERSION = 6\n".utf8).write(to: makefile)
    let before = try Snapshot(repository.folder, times: true)
    #expect(try await !tree.isDirty())
    #expect(try Snapshot(repository.folder, times: true).differences(from: before) == [])
    try Data("VERSION = 7\n".utf8).write(to: makefile)
    #expect(try await tree.isDirty())
    try await repository.git("add", "Makefile")
    try Data("VERSION = 6\n".utf8).write(to: makefile)
    #expect(try await tree.isDirty())
    try await repository.git("reset", "-q", "--hard")
    try FileManager.default.removeItem(at: makefile)
    #expect(try await tree.isDirty())
  }
}
