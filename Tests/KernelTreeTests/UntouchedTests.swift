import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelTree

@Suite struct `The user's repository` {
  /// A user in the middle of things: staged and unstaged changes, a stash, a bisect, untracked files.
  private func busy() async throws -> (Repository, [CommitID]) {
    let repository = try await Repository()
    var ids = [try await repository.begin()]
    for number in 1...6 { ids.append(try await repository.commit("\(number)", ["file\(number)": "\(number)\n"])) }
    try await repository.git("tag", "-a", "-m", "t", "v1", ids[1].hex)
    let makefile = repository.folder.appending(path: "Makefile")
    try Data("stashed\n".utf8).write(to: makefile)
    try await repository.git("stash", "-q")
    try await repository.git("bisect", "start", ids[6].hex, ids[0].hex)
    try Data("staged\n".utf8).write(to: makefile)
    try await repository.git("add", "Makefile")
    try Data("unstaged\n".utf8).write(to: makefile)
    try Data("untracked\n".utf8).write(to: repository.folder.appending(path: "untracked"))
    return (repository, ids)
  }

  @Test func `is the same to the last byte and time after everything was asked and checked out`() async throws {
    let (repository, ids) = try await busy()
    let before = try Snapshot(repository.folder, times: true)
    let tree = try await repository.tree()
    _ = try await tree.current()
    #expect(try await tree.isDirty())
    _ = try await tree.resolve("v1")
    _ = try await tree.range(from: ids[0], to: ids[6])
    _ = try await tree.mergeBases(ids[0], ids[6])
    _ = try await tree.account(of: ids[3])
    _ = try await tree.changedFiles(of: ids[3])
    let slot = try await tree.slot(0, in: repository.places)
    for id in ids { try await slot.checkOut(id) }
    #expect(try await slot.checkOutReverted(ids[2], on: ids[6]) != nil)
    #expect(try Snapshot(repository.folder, times: true).differences(from: before) == [])
    #expect(try await repository.git("worktree", "list", "--porcelain").components(separatedBy: "worktree ").count == 2)
  }

  @Test func `may be tidied up by its user meanwhile`() async throws {
    let (repository, ids) = try await busy()
    let slot = try await repository.tree().slot(0, in: repository.places)
    try await slot.checkOut(ids[0])
    try await repository.git("worktree", "prune", "--expire=now")
    try await repository.git("gc", "-q", "--prune=now")
    try await slot.checkOut(ids[6])
    #expect(try Data(contentsOf: slot.source.appending(path: "file6")) == Data("6\n".utf8))
  }

  @Test func `has hooks, filters, line endings and sparse patterns that a slot does not heed`() async throws {
    let repository = try await Repository()
    let attributes = "*.crlf text eol=crlf\n*.id ident\n*.low filter=low\n*.wide text working-tree-encoding=UTF-16\n"
    let files = ["a.crlf": "1\n2\n", "b.id": "$Id$\n", "c.low": "TEXT\n", "d.wide": "w\n", "e.raw": "1\r\n2\r\n"]
    try await repository.git("config", "core.autocrlf", "false")
    // Older than git's index, or else git reads it once more when the attributes are committed, and refuses it.
    let wide = repository.folder.appending(path: "d.wide")
    try Data("w\n".utf8).write(to: wide)
    try FileManager.default.setAttributes([.modificationDate: Date.now - 3600], ofItemAtPath: wide.path)
    try await repository.begin(files.filter { $0.key != "d.wide" })
    let id = try await repository.commit("attributes", [".gitattributes": attributes])
    let trace = repository.scratch.url.appending(path: "trace")
    for hook in ["post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"] {
      let file = repository.folder.appending(path: ".git/hooks/\(hook)")
      try Places.make(file.deletingLastPathComponent())
      try Data("#!/bin/sh\necho \(hook) >>'\(trace.path)'\n".utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
    for (key, value) in [
      ("core.autocrlf", "true"), ("core.fsmonitor", "echo fsmonitor >>'\(trace.path)'; false"),
      ("filter.low.smudge", "echo smudge >>'\(trace.path)'; tr A-Z a-z"), ("filter.low.required", "true"),
      ("core.sparseCheckout", "true"), ("core.sparseCheckoutCone", "false"), ("core.fileMode", "false"),
      ("core.symlinks", "false"),
    ] {
      try await repository.git("config", key, value)
    }
    try Places.make(repository.folder.appending(path: ".git/info"))
    try Data("/arch/\n".utf8).write(to: repository.folder.appending(path: ".git/info/sparse-checkout"))
    let slot = try await repository.tree().slot(0, in: repository.places)
    try await slot.checkOut(id)
    for (name, content) in files.merging([".gitattributes": attributes], uniquingKeysWith: { $1 }) {
      #expect(try Data(contentsOf: slot.source.appending(path: name)) == Data(content.utf8), "\(name)")
    }
    #expect(FileManager.default.fileExists(atPath: slot.source.appending(path: "Makefile").path))
    #expect(!FileManager.default.fileExists(atPath: trace.path))
  }
}

@Suite struct `A checkout that was killed` {
  /// Enough files that a checkout takes a while.
  private let count = 6000

  private func big() async throws -> (Repository, CommitID, CommitID) {
    let repository = try await Repository()
    let one = try await repository.begin()
    let numbers = 0..<count
    for number in numbers {
      let file = repository.folder.appending(path: "drivers/\(number % 50)/\(number).c")
      if number < 50 { try Places.make(file.deletingLastPathComponent()) }
      try Data("int number = \(number);\n".utf8).write(to: file)
    }
    return (repository, one, try await repository.commit("many"))
  }

  private func files(in slot: TreeSlot) -> Int {
    ((try? FileManager.default.subpathsOfDirectory(atPath: slot.source.path)) ?? []).count { $0.hasSuffix(".c") }
  }

  /// Waits until the checkout has written something.
  private func waitForFiles(in slot: TreeSlot) async throws {
    let first = slot.source.appending(path: "drivers/0/0.c")
    while !FileManager.default.fileExists(atPath: first.path) { try await Task.sleep(for: .milliseconds(1)) }
  }

  @Test(.timeLimit(.minutes(5))) func `in the middle is made whole by the next, stale lock and all`() async throws {
    let (repository, one, many) = try await big()
    let tree = try await repository.tree()
    let held = try await tree.slot(0, in: repository.places)
    try await held.checkOut(one)
    // The steps of a checkout, the last of which is killed.
    let id = try await tree.treeID(of: many)
    try await held.repository.succeed(["read-tree", "--reset", id], or: "")
    let git = Process()
    git.executableURL = URL(filePath: held.repository.program.path)
    git.currentDirectoryURL = held.source
    git.arguments = [
      "--git-dir=\(held.repository.folder.repository.path)", "--work-tree=.", "checkout-index", "-a", "-f", "-u",
    ]
    try git.run()
    try await waitForFiles(in: held)
    kill(git.processIdentifier, SIGKILL)
    git.waitUntilExit()
    #expect(git.terminationReason == .uncaughtSignal)
    #expect(files(in: held) < count)
    #expect(FileManager.default.fileExists(atPath: held.repository.folder.repository.path + "/index.lock"))
    // Half a file, as a kill in the middle of write(2) leaves it.
    try Data("int".utf8).write(to: held.source.appending(path: "drivers/0/0.c"))
    try await held.checkOut(many)
    #expect(try await repository.git("--work-tree=\(held.source.path)", "status", "--porcelain") == "")
    #expect(files(in: held) == count)
  }

  @Test(.timeLimit(.minutes(5))) func `by a cancelled task is made whole by the next`() async throws {
    let (repository, one, many) = try await big()
    let slot = try await repository.tree().slot(0, in: repository.places)
    try await slot.checkOut(one)
    let task = Task { try await slot.checkOut(many) }
    try await waitForFiles(in: slot)
    task.cancel()
    await #expect(throws: (any Error).self) { try await task.value }
    #expect(files(in: slot) < count)
    try await slot.checkOut(many)
    #expect(files(in: slot) == count)
    try await slot.checkOut(one)
    #expect(files(in: slot) == 0)
  }

  @Test(.timeLimit(.minutes(5))) func `but whose git lives on is waited for`() async throws {
    let repository = try await Repository()
    let id = try await repository.begin()
    let tree = try await repository.tree()
    var slot: TreeSlot? = try await tree.slot(0, in: repository.places)
    try await slot?.checkOut(id)
    let folder = tree.slotFolder(0, in: repository.places)
    slot = nil
    // What a git that lost its parent looks like: it holds the lock, and writes a last file.
    let orphan = Process()
    orphan.executableURL = URL(filePath: try Tool("flock", remedy: "none").path)
    orphan.arguments = [
      "--no-fork", folder.writing.path, "sh", "-c", "echo >\"$1/started\"; sleep 1; echo late >\"$1/Makefile\"", "sh",
      folder.source.path,
    ]
    try orphan.run()
    while !FileManager.default.fileExists(atPath: folder.source.path + "/started") {
      try await Task.sleep(for: .milliseconds(5))
    }
    let next = try await tree.slot(0, in: repository.places)
    try await next.checkOut(id)
    #expect(!orphan.isRunning)
    #expect(try Data(contentsOf: next.source.appending(path: "Makefile")) == Data("VERSION = 6\n".utf8))
    orphan.waitUntilExit()
  }

  @Test func `starts nothing late`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    let slot = try await repository.tree().slot(0, in: repository.places)
    // A process that nobody of ours is the parent of.
    let stranger = try await Tool("sh", remedy: "none").run(
      ["-c", SlotRepository.guardian, "sh", "1", "touch", slot.source.path + "/late"])
    #expect(stranger.status == 126)
    #expect(!FileManager.default.fileExists(atPath: slot.source.path + "/late"))
  }
}
