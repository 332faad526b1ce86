import Foundation
import HostSystem
import ImageStore
import KernelBuild
import Synchronization
import TestSupport
import Testing

@Suite struct `The image store` {
  private let scratch: Scratch
  private let store: ImageStore

  init() throws {
    scratch = try Scratch()
    store = try ImageStore(at: scratch.url.appending(path: "store"))
  }

  private func key(_ tree: String, isClean: Bool = false) -> BuildKey {
    BuildKey(tree: tree, recipe: "r", toolChain: "gcc", isClean: isClean)
  }

  /// A build whose image has this content.
  @discardableResult
  private func add(_ tree: String, _ content: String, isClean: Bool = false, to store: ImageStore? = nil) throws
    -> StoredImage
  {
    let name = UUID().uuidString
    return try (store ?? self.store).add(
      key(tree, isClean: isClean), commit: "c-\(tree)", image: try scratch.file("\(name)/bzImage", content.utf8),
      config: try scratch.file("\(name)/.config", "CONFIG_64BIT=y\n".utf8),
      log: try scratch.file("\(name)/build.log", "  CC  a.o\n".utf8),
      inputs: try scratch.file("\(name)/inputs.json", "{}".utf8), identity: "i-\(content)", buildID: "b-\(content)",
      seconds: 12.5)
  }

  @Test func `gives a kernel back as it was built, with its configuration beside it`() throws {
    let kept = try add("t1", "kernel one")
    #expect(try store.build(key("t1")) == .built(kept))
    #expect(try String(contentsOf: kept.image, encoding: .utf8) == "kernel one")
    let config = kept.image.deletingLastPathComponent().appending(path: ".config")
    #expect(try String(contentsOf: config, encoding: .utf8) == "CONFIG_64BIT=y\n")
  }

  @Test func `knows nothing of another source, recipe, tool chain, or of a clean build that was none`() throws {
    try add("t1", "kernel one")
    #expect(try store.build(key("t2")) == nil)
    #expect(try store.build(BuildKey(tree: "t1", recipe: "s", toolChain: "gcc", isClean: false)) == nil)
    #expect(try store.build(BuildKey(tree: "t1", recipe: "r", toolChain: "clang", isClean: false)) == nil)
    #expect(try store.build(key("t1", isClean: true)) == nil)
    let fixed = BuildKey(tree: "t1", recipe: "r", toolChain: "gcc", isClean: false, fixUps: "guard:123456789abc")
    #expect(try store.build(fixed) == nil)
    try store.add(
      fixed, commit: "c", failure: BuildFailure(phase: .build, signature: "s", lines: [], isOfCode: true), seconds: 1)
    #expect(try store.list().map(\.fixUps).sorted() == ["", "guard"])
    guard case .built = try store.build(key("t1")) else {
      Issue.record("a build with a fix-up took the place of one without")
      return
    }
  }

  @Test func `lets one at a time make a kernel, and whoever waits is told once`() async throws {
    let store = store, key = key("t1")
    let told = Mutex(0)
    var first: BuildClaim? = try await store.claim(key) { Issue.record("nobody else is there") }
    // Another kernel is nobody's.
    _ = try await store.claim(self.key("t2")) { Issue.record("another's claim is in the way") }
    let second = Task { _ = try await store.claim(key) { told.withLock { $0 += 1 } } }
    try await Task.sleep(for: .milliseconds(700))
    #expect(told.withLock { $0 } == 1)
    withExtendedLifetime(first) {}
    first = nil
    try await second.value
    // A process that is stopped while it waits is not held up.
    let held = try await store.claim(key) {}
    let third = Task { _ = try await store.claim(key) {} }
    third.cancel()
    await #expect(throws: CancellationError.self) { try await third.value }
    // Nor is one that waits for another that is stopped.
    let failure = await #expect(throws: Failure.self) {
      _ = try await store.claim(key, patience: .milliseconds(300)) {}
    }
    #expect(failure?.message.contains("has been making the same kernel") == true)
    withExtendedLifetime(held) {}
    // One file for each kernel that was ever made would be many.
    let locks = scratch.url.appending(path: "store/locks").path
    #expect(try FileManager.default.contentsOfDirectory(atPath: locks).count <= 1)
  }

  @Test func `takes no failure over from a store of before these were told by their setting`() async throws {
    let failure = BuildFailure(phase: .build, signature: "s", lines: [], isOfCode: true)
    let other = BuildFailure(phase: .configure, signature: "s", lines: [], isOfCode: true)
    try store.add(key("t1"), commit: "c", failure: failure, seconds: 1)
    try store.add(key("t2"), commit: "c", failure: other, seconds: 1)
    try add("t3", "kernel")
    let folder = scratch.url.appending(path: "store")
    try await forget("failures-of-other-settings")
    let reopened = try ImageStore(at: folder)
    #expect(try reopened.build(key("t1")) == nil)
    #expect(try reopened.build(key("t2")) == .failed(other))
    #expect(try reopened.list().count == 2)
  }

  @Test func `makes identities of before the boot code counted anew, and forgets what was seen by them`() async throws {
    let image = [UInt8](repeating: 7, count: 0x202) + Array("HdrS".utf8) + [UInt8](repeating: 0, count: 0x100)
    let file = try scratch.file("boot/bzImage", image)
    let empty = try scratch.file("empty", "")
    _ = try store.add(
      key("t1"), commit: "c", image: file, config: empty, log: empty, inputs: empty, identity: "vmlinux", buildID: nil,
      seconds: 1)
    let plain = try add("t2", "no boot code")
    let gone = try add("t3", "gone")
    try FileManager.default.removeItem(at: gone.image.deletingLastPathComponent())
    try store.remember("1", identity: "vmlinux", question: "q")
    try await forget("boot-wrapper")
    let reopened = try ImageStore(at: scratch.url.appending(path: "store"))
    guard case .built(let kept) = try reopened.build(key("t1")) else {
      Issue.record("the kernel is gone")
      return
    }
    #expect(try kept.identity == BootWrapper.identity("vmlinux", of: file) && kept.identity != "vmlinux")
    #expect(try reopened.build(key("t2")) == .built(plain))
    #expect(try reopened.build(key("t3")) == nil)
    #expect(try reopened.verdicts(identity: "vmlinux", question: "q").isEmpty)
  }

  @Test func `takes no kernel for clean that ccache may have put an older object into`() async throws {
    let one = try add("t1", "one", isClean: true)
    try add("t2", "unclean", isClean: false)
    try add("t2", "two", isClean: true)
    try await forget("headers-that-are-new")
    let reopened = try ImageStore(at: scratch.url.appending(path: "store"))
    #expect(try reopened.build(key("t1", isClean: true)) == nil)
    #expect(try reopened.build(key("t1", isClean: false)) == .built(one))
    #expect(try reopened.build(key("t2", isClean: true)) == nil)
    #expect(try reopened.build(key("t2", isClean: false)) != nil)
  }

  /// Makes the store one of before a migration.
  private func forget(_ migration: String) async throws {
    let undo = """
      import sqlite3, sys
      index = sqlite3.connect(sys.argv[1] + "/store/index.sqlite")
      index.execute("DELETE FROM grdb_migrations WHERE identifier = ?", [sys.argv[2]])
      index.commit()
      """
    _ = try await Tool("python3", remedy: "run 'make setup'").succeed(["-c", undo, scratch.url.path, migration])
  }

  @Test func `refuses an image that another kernel has: it is not that of what was built`() throws {
    try add("t1", "kernel one")
    #expect(throws: Failure.self) {
      try store.add(
        key("t2"), commit: "c", image: try scratch.file("stale/bzImage", "kernel one".utf8),
        config: try scratch.file("stale/.config", "".utf8), log: try scratch.file("stale/build.log", "".utf8),
        inputs: try scratch.file("stale/inputs.json", "{}".utf8), identity: "i-kernel two", buildID: "b", seconds: 1)
    }
    #expect(try store.build(key("t2")) == nil)
  }

  @Test func `keeps the same image once, whoever builds it`() throws {
    let one = try add("t1", "same")
    let two = try add("t2", "same")
    #expect(one.image == two.image)
    #expect(try store.build(key("t1")) == .built(one))
    #expect(try store.list().map(\.commit).sorted() == ["c-t1", "c-t2"])
  }

  @Test func `keeps that a source does not build`() throws {
    let failure = BuildFailure(
      phase: .build, signature: "a.c: error: no b", lines: ["a.c:1:2: error: no b", "  b;"], isOfCode: true)
    try store.add(key("t1"), commit: "c", failure: failure, seconds: 3)
    #expect(try store.build(key("t1")) == .failed(failure))
  }

  @Test(arguments: [true, false])
  func `keeps whether a failure may be gone once a program is installed`(_ isOfCode: Bool) throws {
    let failure = BuildFailure(phase: .build, signature: "make: vmlinux fails", lines: [], isOfCode: isOfCode)
    try store.add(key("t1"), commit: "c", failure: failure, seconds: 3)
    #expect(try store.build(key("t1")) == .failed(failure))
  }

  @Test func `takes none of these over from a store of before`() async throws {
    for (tree, signature) in ["t1": "make: vmlinux fails", "t2": "scripts/x.c: error: y", "t3": "mm/mmap.c: error: y"] {
      let failure = BuildFailure(phase: .build, signature: signature, lines: [], isOfCode: true)
      try store.add(key(tree), commit: "c", failure: failure, seconds: 1)
    }
    try await forget("failures-of-the-host")
    #expect(try ImageStore(at: scratch.url.appending(path: "store")).list().map(\.failure) == ["mm/mmap.c: error: y"])
  }

  @Test(arguments: ["gone", "cut short", "changed"])
  func `does not believe a row whose file is`(_ fate: String) throws {
    let kept = try add("t1", "kernel one")
    if fate == "gone" {
      try FileManager.default.removeItem(at: kept.image)
    } else {
      try Data((fate == "changed" ? "kernel onf" : "kern").utf8).write(to: kept.image)
    }
    #expect(try store.build(key("t1")) == nil)
    let again = try add("t1", "kernel one")
    #expect(try String(contentsOf: again.image, encoding: .utf8) == "kernel one")
  }

  @Test func `verify finds a single flipped bit, and the image is built again`() throws {
    let kept = try add("t1", "kernel one")
    #expect(try store.verify().isEmpty)
    try Data("kernel onf".utf8).write(to: kept.image)
    let problems = try store.verify()
    #expect(problems.count == 1 && problems[0].contains(kept.sha256))
    #expect(try store.build(key("t1")) == nil)
    #expect(try store.verify().isEmpty)
  }

  @Test func `prune removes what was unused the longest and leaves the rest`() throws {
    try add("t1", "0123456789")
    try add("t2", "abcdefghij")
    try add("t3", "ABCDEFGHIJ")
    _ = try store.build(key("t1"))
    let pruned = try store.prune(to: 20)
    #expect(pruned.count == 1 && pruned.bytes == 10)
    #expect(try store.build(key("t2")) == nil)
    #expect(try store.build(key("t1")) != nil && store.build(key("t3")) != nil)
  }

  @Test func `prune spares what was used of late`() throws {
    try add("t1", "0123456789")
    #expect(try store.prune(to: 0, sparing: 3600).count == 0)
    #expect(try store.build(key("t1")) != nil)
  }

  @Test func `prune follows no symbolic link out of the store`() throws {
    let outside = try scratch.file("precious/file", "precious".utf8)
    let link = scratch.url.appending(path: "store/objects/link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: outside.deletingLastPathComponent())
    #expect(lutimes(link.path, [timeval(), timeval()]) == 0)
    _ = try store.prune(to: 0)
    #expect(try String(contentsOf: outside, encoding: .utf8) == "precious")
  }

  @Test func `keeps verdicts in their order, for a kernel and a question`() throws {
    try store.remember("1", identity: "i", question: "q")
    try store.remember("2", identity: "i", question: "q")
    try store.remember("3", identity: "i", question: "other")
    #expect(try store.verdicts(identity: "i", question: "q") == ["1", "2"])
    #expect(try store.verdicts(identity: "j", question: "q") == [])
    try store.remember("4", identity: "i", question: "q-machine")
    try store.forget(identity: "i", question: "q")
    #expect(try store.verdicts(identity: "i", question: "q") == [])
    #expect(try store.verdicts(identity: "i", question: "q-machine") == [])
    #expect(try store.verdicts(identity: "i", question: "other") == ["3"])
  }

  @Test func `is shared by many that write at once`() async throws {
    let folder = scratch.url.appending(path: "store")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<6 {
        group.addTask {
          let store = try ImageStore(at: folder)
          for number in 0..<10 { try add("t\(worker % 3)-\(number)", "content \(number)", to: store) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try store.verify().isEmpty)
    #expect(try store.list().count == 30)
  }

  @Test func `an index that is no database is said to be one that can be removed`() throws {
    let broken = scratch.url.appending(path: "broken")
    try scratch.file("broken/index.sqlite", Data(repeating: 0x41, count: 8192))
    let failure = #expect(throws: Failure.self) { try ImageStore(at: broken) }
    #expect(failure?.remedy?.contains("remove that folder") == true)
  }

  @Test(arguments: [("5G", 5 << 30), ("500m", 500 << 20), ("123", 123), ("0", 0)])
  func `reads sizes`(_ text: String, _ bytes: Int) { #expect(ImageStore.bytes(of: text) == bytes) }

  @Test(arguments: ["", "G", "-1", "1X", "9999999999999T", "1.5G"])
  func `refuses sizes`(_ text: String) { #expect(ImageStore.bytes(of: text) == nil) }
}
