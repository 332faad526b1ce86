import Foundation
import HostSystem
import ImageStore
import TestSupport
import Testing

@Suite struct `Pruning` {
  private let bench: StoreBench
  private let store: ImageStore

  init() throws {
    bench = try StoreBench()
    store = try bench.open()
  }

  /// Four images of 1000 bytes, an hour and a half between them.
  private func fill(_ store: ImageStore) throws {
    for tree in ["a", "b", "c", "d"] {
      try bench.add(store, tree, String(repeating: tree, count: 1000))
      bench.later(hours: 1.5)
    }
  }

  private func commits() throws -> [String] { try store.list().map { String($0.commit.dropFirst("commit-".count)) } }

  @Test func `removes the least recently used first, and no more than is needed`() throws {
    try fill(store)
    #expect(try bench.image(store, "a") != nil)
    bench.later(hours: 1.5)
    let pruned = try store.prune(to: 2500)
    #expect(pruned.images == 2)
    #expect(try commits() == ["d", "a"])
    // Each with its configuration of 11 bytes and its log of 9.
    #expect(pruned.bytes == 2 * 1020 && pruned.left == 2 * 1020)
    #expect(try bench.names().count == 6)
    #expect(try store.verify().isEmpty)
  }

  @Test func `removes nothing while all fits in`() throws {
    try fill(store)
    #expect(try store.prune(to: 4 * 1020) == ImageStore.Pruned(images: 0, bytes: 0, left: 4 * 1020))
  }

  @Test func `spares what was used within the last hour, whatever the limit`() throws {
    try fill(store)
    #expect(try bench.image(store, "b") != nil)
    bench.later(hours: 0.9)
    try bench.add(store, "e")
    #expect(try store.prune(to: 0).images == 3)
    #expect(try commits() == ["b", "e"])
    #expect(try bench.image(store, "b") != nil)
  }

  @Test func `spares the identities that it is told to keep`() throws {
    try fill(store)
    _ = try store.prune(to: 0, keep: ["identity of a", "identity of c"])
    #expect(try commits() == ["a", "c"])
  }

  @Test func `takes builds that share an image together, and only when all of them are old`() throws {
    try bench.add(store, "a", identity: "shared")
    bench.later(hours: 2)
    try bench.add(store, "b")
    bench.later(hours: 2)
    try bench.add(store, "c", identity: "shared")
    #expect(try store.prune(to: 0).images == 1)
    #expect(try commits() == ["a", "c"])
    bench.later(hours: 2)
    #expect(try store.prune(to: 0).images == 1)
    #expect(try commits().isEmpty)
    #expect(try bench.names().isEmpty)
  }

  @Test func `leaves failures and their logs`() throws {
    try fill(store)
    try bench.fail(store, "bad")
    bench.later(hours: 1000)
    let pruned = try store.prune(to: 0)
    #expect(pruned.images == 4)
    #expect(try bench.failure(store, "bad")?.log.map(bench.text) == "failed log of bad\n")
    #expect(pruned.left == "failed log of bad\n".utf8.count)
  }

  @Test func `is done by add when the limit is passed, and never takes what was just added`() throws {
    let small = try bench.open(limit: "2K")
    #expect(small.limit == 2048)
    try fill(small)
    #expect(try commits() == ["c", "d"])
    let big = try bench.add(small, "e", String(repeating: "e", count: 5000))
    #expect(try commits() == ["e"])
    #expect(try bench.text(big.image).count == 5000)
  }

  @Test func `sweeps what killed processes left, when it is older than an hour`() throws {
    try bench.add(store, "a")
    let before = try bench.names()
    let digest = String(repeating: "0", count: 64)
    for name in ["new-1-2", digest] { try Data("half".utf8).write(to: bench.objects.appending(path: name)) }
    #expect(try store.prune(to: .max).bytes == 0)
    #expect(try bench.names().count == before.count + 2)
    bench.later(hours: 1.1)
    #expect(try store.prune(to: .max) == ImageStore.Pruned(images: 0, bytes: 8, left: 30))
    #expect(try bench.names() == before)
  }

  // MARK: - Nothing outside

  @Test func `removes nothing that is not its own, and follows no link`() throws {
    let outside = try bench.scratch.file("outside/keep", "precious")
    let folder = outside.deletingLastPathComponent()
    let image = try bench.add(store, "a").image
    let digest = String(repeating: "f", count: 64)
    let files = FileManager.default
    // An object that became a link, links under names of ours to a file and to a folder, and foreign things.
    try files.removeItem(at: image)
    try files.createSymbolicLink(at: image, withDestinationURL: outside)
    try files.createSymbolicLink(at: bench.objects.appending(path: digest), withDestinationURL: outside)
    try files.createSymbolicLink(at: bench.objects.appending(path: "new-1-1"), withDestinationURL: folder)
    try Places.make(bench.objects.appending(path: "new-folder"))
    try Data("mine".utf8).write(to: bench.objects.appending(path: "notes.txt"))
    bench.later(hours: 1000)
    #expect(try store.prune(to: 0).images == 1)
    _ = try store.verify()
    #expect(try bench.text(outside) == "precious")
    #expect(try files.contentsOfDirectory(atPath: folder.path) == ["keep"])
    #expect(
      try bench.names() == [image.lastPathComponent, digest, "new-1-1", "new-folder", "notes.txt"].sorted())
  }

  @Test(arguments: ["store", "store/objects"])
  func `never gets to a folder to which a link leads`(_ place: String) throws {
    let bench = try StoreBench()
    let digest = String(repeating: "f", count: 64)
    let outside = try bench.scratch.file("outside/\(digest)", "precious")
    let link = bench.places.cache.appending(path: place)
    try Places.make(link.deletingLastPathComponent())
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: outside.deletingLastPathComponent())
    let failure = #expect(throws: Failure.self) { try bench.open() }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message.hasPrefix(link.path) == true)
    #expect(failure?.remedy?.contains("XDG_CACHE_HOME") == true)
    #expect(try bench.text(outside) == "precious")
  }

  @Test func `works in the folder that was opened, when another takes its name`() throws {
    try bench.add(store, "a")
    let outside = try bench.scratch.file("outside/\(String(repeating: "f", count: 64))", "precious")
    try FileManager.default.moveItem(at: bench.objects, to: bench.scratch.url.appending(path: "moved"))
    try FileManager.default.createSymbolicLink(
      at: bench.objects, withDestinationURL: outside.deletingLastPathComponent())
    bench.later(hours: 1000)
    #expect(try store.prune(to: 0).images == 1)
    #expect(try bench.text(outside) == "precious")
  }
}

@Suite struct `A size` {
  @Test(
    arguments: [
      ("0", 0), ("123", 123), ("1K", 1024), ("500m", 524_288_000), ("5G", 5_368_709_120), ("2T", 2_199_023_255_552),
      ("99999999999T", Int.max),
    ] as [(String, Int)])
  func `is bytes, or a number with a unit`(_ text: String, _ bytes: Int) throws {
    #expect(try ByteSize(text, from: "--to").bytes == bytes)
  }

  @Test(arguments: ["", "G", "-1", "+5G", "1.5G", "5 G", "5GB", "0x10", "٣", "5G\n", "99999999999999999999"])
  func `is nothing else`(_ text: String) {
    let failure = #expect(throws: Failure.self) { try ByteSize(text, from: "--to") }
    #expect(failure?.kind == .usage)
    #expect(failure?.message == "--to is no size: '\(text)'")
  }

  @Test func `that FIRSTBAD_STORE_LIMIT does not say is a failure that names it`() throws {
    let bench = try StoreBench()
    let failure = #expect(throws: Failure.self) { try bench.open(limit: "plenty") }
    #expect(failure?.message == "FIRSTBAD_STORE_LIMIT is no size: 'plenty'")
    #expect(try bench.open().limit == 20 << 30)
  }

  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (9_961_472, "9.5 MiB"), (20 << 30, "20.0 GiB"),
      (1_048_575, "1023.9 KiB"), (Int.max, "8388607.9 TiB"),
    ] as [(Int, String)])
  func `is written in the largest unit`(_ bytes: Int, _ text: String) { #expect(ByteSize(bytes).text == text) }
}
