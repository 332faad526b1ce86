import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelTree

/// A kernel of three commits, with a slot.
private struct Bench {
  let repository: Repository
  let tree: KernelTree
  let slot: TreeSlot
  let one, two, three: CommitID

  init(options: [String] = []) async throws {
    repository = try await Repository("my linux", options: options)
    one = try await repository.begin(["a": "a1\n", "b": "b1\n", "gone": "g\n", "dir/file": "f\n", "kind": "file\n"])
    try FileManager.default.removeItem(at: repository.folder.appending(path: "kind"))
    try FileManager.default.createSymbolicLink(
      atPath: repository.folder.appending(path: "kind").path, withDestinationPath: "a")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: repository.folder.appending(path: "b").path)
    two = try await repository.commit("two", ["a": "a2\n", "gone": nil, "dir/file": nil, "dir": "now a file\n"])
    three = try await repository.commit("three", ["dir": nil, "new\n\"name\"": "n\n", "-x": "x\n"])
    tree = try await repository.tree()
    slot = try await tree.slot(0, in: repository.places)
  }

  /// What the commit's tree should look like on disk, by way of git-archive(1) and tar.
  func expected(_ id: CommitID) async throws -> Snapshot {
    let folder = repository.scratch.url.appending(path: "expected-\(id.short)")
    if !FileManager.default.fileExists(atPath: folder.path) {
      try Places.make(folder)
      try await repository.git("-c", "tar.umask=user", "archive", "--format=tar", "-o", folder.path + ".tar", id.hex)
      _ = try await Tool("tar", remedy: "none").succeed(["-xf", folder.path + ".tar", "-C", folder.path])
    }
    return try Snapshot(folder)
  }

  func differences(from id: CommitID) async throws -> [String] {
    try await Snapshot(slot.source).differences(from: expected(id))
  }
}

@Suite struct `A slot` {
  @Test func `lies in the cache, at a path that stays the same`() async throws {
    let bench = try await Bench()
    let cache = bench.repository.places.cache.path
    let digits = Digest.sha256(ofText: bench.repository.folder.path + "/.git").prefix(12)
    #expect(bench.slot.source.path == "\(cache)/trees/\(digits)/0/source")
    #expect(bench.slot.objects.path == "\(cache)/trees/\(digits)/0/objects")
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.slot.objects.path) == [])
    #expect(try await bench.tree.slot(1, in: bench.repository.places).source != bench.slot.source)
    await #expect(throws: Failure.self) { try await bench.tree.slot(-1, in: bench.repository.places) }
  }

  @Test(arguments: [[], ["--object-format=sha256"]])
  func `holds exactly the tree of a commit, from any to any`(_ options: [String]) async throws {
    let bench = try await Bench(options: options)
    for id in [bench.one, bench.two, bench.three, bench.one, bench.three, bench.two, bench.two, bench.one] {
      try await bench.slot.checkOut(id)
      #expect(try await bench.differences(from: id) == [])
    }
  }

  @Test func `may be of a bare repository, a linked worktree, and a clone that borrows its objects`() async throws {
    let repository = try await Repository()
    let id = try await repository.begin()
    try await repository.git("clone", "-q", "--bare", ".", "../bare")
    try await repository.git("worktree", "add", "-q", "--detach", "../linked")
    try await repository.git("clone", "-q", "--shared", ".", "../shared \"one\"")
    for name in ["bare", "linked", "shared \"one\""] {
      let slot = try await repository.other(name).tree().slot(0, in: repository.places)
      try await slot.checkOut(id)
      #expect(
        try Set(FileManager.default.contentsOfDirectory(atPath: slot.source.path)) == ["Kconfig", "Makefile", "arch"])
    }
  }

  @Test func `leaves files alone that two commits have in common`() async throws {
    let bench = try await Bench()
    try await bench.slot.checkOut(bench.one)
    let before = try Snapshot(bench.slot.source, times: true)
    try await bench.slot.checkOut(bench.two)
    let changed = try Snapshot(bench.slot.source, times: true).differences(from: before)
    #expect(changed == ["a", "b", "dir", "dir/file", "gone", "kind"])
    // Even when nothing is known of the files any more.
    for lost in ["git/index", "git"] {
      let before = try Snapshot(bench.slot.source, times: true)
      try FileManager.default.removeItem(at: bench.slot.repository.folder.url.appending(path: lost))
      try await bench.slot.checkOut(bench.two)
      #expect(try Snapshot(bench.slot.source, times: true) == before)
    }
  }

  @Test func `gets rid of all that a build or a person left in the source, and keeps the objects`() async throws {
    let bench = try await Bench()
    try await bench.slot.checkOut(bench.three)
    let source = bench.slot.source
    func put(_ path: String, _ text: String = "stray") throws {
      let file = source.appending(path: path)
      try Places.make(file.deletingLastPathComponent())
      try Data(text.utf8).write(to: file)
    }
    try put(".gitignore", "*.o\n")
    try put("arch/x86/x.o")
    try put("deep/er/file")
    try put("repo/file")
    try await bench.repository.git("init", "-q", source.path + "/repo")
    try put(".git/HEAD", "ref: refs/heads/x\n")
    try put("Makefile", "VERSION = 7\n")
    try put("odd\nname")
    try FileManager.default.removeItem(at: source.appending(path: "a"))
    try put("a/in/the/way")
    try FileManager.default.removeItem(at: source.appending(path: "arch"))
    try put("arch", "a file")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: source.appending(path: "b").path)
    let built = bench.slot.objects.appending(path: "vmlinux")
    try Data().write(to: built)
    try await bench.slot.checkOut(bench.three)
    #expect(try await bench.differences(from: bench.three) == [])
    #expect(FileManager.default.fileExists(atPath: built.path))
  }

  @Test func `notices a file that was changed behind its back, with size and time as before`() async throws {
    let bench = try await Bench()
    try await bench.slot.checkOut(bench.one)
    let file = bench.slot.source.appending(path: "a")
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    try Data("X1\n".utf8).write(to: file)
    let time = try #require(attributes[.modificationDate] as? Date)
    try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file.path)
    try await bench.slot.checkOut(bench.one)
    #expect(try await bench.differences(from: bench.one) == [])
  }

  @Test func `replaces a link by a folder, and empties nothing that it leads to`() async throws {
    let bench = try await Bench()
    try FileManager.default.removeItem(at: bench.slot.source)
    try FileManager.default.createSymbolicLink(at: bench.slot.source, withDestinationURL: bench.repository.folder)
    let before = try Snapshot(bench.repository.folder, times: true)
    try await bench.slot.checkOut(bench.one)
    #expect(try await bench.differences(from: bench.one) == [])
    #expect(try Snapshot(bench.repository.folder, times: true) == before)
  }

  @Test(arguments: ["source", "objects", "git", "boot", "writing", "lock", ""])
  func `comes back when a part of it was removed by hand`(_ part: String) async throws {
    let bench = try await Bench()
    try await bench.slot.checkOut(bench.one)
    try FileManager.default.removeItem(at: bench.slot.repository.folder.url.appending(path: part))
    try await bench.slot.checkOut(bench.two)
    #expect(try await bench.differences(from: bench.two) == [])
    #expect(FileManager.default.fileExists(atPath: bench.slot.objects.path))
    #expect(await failure { _ = try await bench.tree.slot(0, in: bench.repository.places) } != nil)
  }

  @Test(arguments: ["git/index", "git/config", "git/HEAD", "git/objects/info/alternates", "git/info/attributes"])
  func `comes back when a file of its repository is damaged`(_ file: String) async throws {
    let bench = try await Bench()
    try await bench.slot.checkOut(bench.one)
    try Data("garbage".utf8).write(to: bench.slot.repository.folder.url.appending(path: file))
    try await bench.slot.checkOut(bench.two)
    #expect(try await bench.differences(from: bench.two) == [])
  }

  @Test func `believes nothing of its files after the host was started anew`() async throws {
    let repository = try await Repository()
    let id = try await repository.begin()
    let tree = try await repository.tree()
    var slot: TreeSlot? = try await tree.slot(0, in: repository.places)
    try await slot?.checkOut(id)
    let folder = tree.slotFolder(0, in: repository.places)
    let index = folder.repository.appending(path: "index")
    slot = nil
    slot = try await tree.slot(0, in: repository.places)
    #expect(FileManager.default.fileExists(atPath: index.path))
    slot = nil
    try Data("another boot".utf8).write(to: folder.boot)
    slot = try await tree.slot(0, in: repository.places)
    #expect(!FileManager.default.fileExists(atPath: index.path))
    slot = nil
  }

  @Test func `says so when a commit is none, and stays usable`() async throws {
    let bench = try await Bench()
    try await bench.slot.checkOut(bench.one)
    for id in ["HEAD", "--all", String(repeating: "0", count: 40)] {
      await #expect(throws: Failure.self) { try await bench.slot.checkOut(CommitID(id)) }
    }
    #expect(try await bench.differences(from: bench.one) == [])
  }

  @Test func `says so when the repository lacks a file of the commit`() async throws {
    let bench = try await Bench()
    let blob = try await bench.repository.git("rev-parse", "\(bench.two):a")
    let object = ".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    try FileManager.default.removeItem(at: bench.repository.folder.appending(path: object))
    let found = await failure { try await bench.slot.checkOut(bench.two) }
    #expect(found?.message.hasPrefix("\(bench.two.short) cannot be checked out: ") == true)
    #expect(found?.message.contains(blob) == true)
    try await bench.slot.checkOut(bench.one)
    #expect(try await bench.differences(from: bench.one) == [])
  }

  @Test func `of a partial clone fetches nothing, and says what to fetch`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    let id = try await repository.commit("two", ["Makefile": "VERSION = 7\n"])
    try await repository.commit("three", ["Makefile": "VERSION = 8\n"])
    try await repository.git("config", "uploadpack.allowFilter", "true")
    try await repository.git("clone", "-q", "--filter=blob:none", "file://\(repository.folder.path)", "../partial")
    let partial = try repository.other("partial")
    let tree = try await partial.tree()
    let slot = try await tree.slot(0, in: repository.places)
    let before = try Snapshot(partial.folder)
    let found = await failure { try await slot.checkOut(id) }
    #expect(found?.message.hasSuffix("is a partial clone") == true)
    #expect(found?.remedy == "fetch what it lacks: git -C '\(partial.folder.path)' fetch --refetch --no-filter")
    #expect(try Snapshot(partial.folder).differences(from: before) == [])
    try await partial.git("fetch", "-q", "--refetch", "--no-filter")
    try await slot.checkOut(id)
  }
}

@Suite struct `Whoever holds a slot` {
  @Test func `holds it alone, until they let go`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    let tree = try await repository.tree()
    var slot: TreeSlot? = try await tree.slot(0, in: repository.places)
    let found = await failure { _ = try await tree.slot(0, in: repository.places) }
    #expect(found?.message == "slot 0 of \(repository.folder.path)/.git is held by another run")
    _ = try await tree.slot(1, in: repository.places)
    #expect(slot?.number == 0)
    slot = nil
    _ = try await tree.slot(0, in: repository.places)
  }

  @Test func `checks one commit out at a time`() async throws {
    let bench = try await Bench()
    let results = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { await failure { try await bench.slot.checkOut(bench.two) } == nil } }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(results.contains(true))
    #expect(results.contains(false))
    #expect(try await bench.differences(from: bench.two) == [])
  }

  @Test func `can list and remove the others`() async throws {
    let bench = try await Bench()
    let places = bench.repository.places
    #expect(SlotFolder.list(in: places) == [bench.tree.slotFolder(0, in: places)])
    var other: TreeSlot? = try await bench.tree.slot(7, in: places)
    try await other?.checkOut(bench.one)
    let folder = bench.tree.slotFolder(7, in: places)
    #expect(Set(SlotFolder.list(in: places)) == [folder, bench.tree.slotFolder(0, in: places)])
    #expect(folder.repositoryPath == bench.repository.folder.path + "/.git")
    #expect(abs(try #require(folder.lastUsed).timeIntervalSinceNow) < 600)
    #expect(try !folder.remove())
    #expect(try Snapshot(folder.source) == (try await bench.expected(bench.one)))
    other = nil
    #expect(try folder.remove())
    #expect(!FileManager.default.fileExists(atPath: folder.url.path))
    #expect(try folder.remove())
    #expect(folder.lastUsed == nil)
    #expect(SlotFolder.list(in: Places(environment: ["XDG_CACHE_HOME": "/nothing"])) == [])
  }
}
