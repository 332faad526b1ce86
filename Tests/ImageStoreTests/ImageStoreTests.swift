import Foundation
import HostSystem
import ImageStore
import Judgement
import TestSupport
import Testing

@Suite struct `A store of built kernels` {
  private let bench: StoreBench
  private let store: ImageStore

  init() throws {
    bench = try StoreBench()
    store = try bench.open()
  }

  @Test func `gives back what was added, also when it is opened again`() throws {
    let added = try bench.add(store, "a", "\u{0}kernel", identity: "i", seconds: 61.5)
    #expect(added.identity == "i" && added.seconds == 61.5 && added.bytes == 7)
    #expect(try Digest.sha256(of: added.image) == added.sha256)
    #expect(try bench.text(added.image) == "\u{0}kernel")
    #expect(try bench.text(added.config) == "CONFIG_a=y\n")
    #expect(abs(added.builtAt.timeIntervalSinceNow) < 60)
    for store in [store, try bench.open()] { #expect(try store.build(bench.key("a")) == .built(added)) }
  }

  @Test func `knows nothing of another tree, recipe or tool chain`() throws {
    try bench.add(store, "a")
    for other in [bench.key("b"), bench.key("a", recipe: "other"), bench.key("a", toolChain: "clang")] {
      #expect(try store.build(other) == nil)
    }
  }

  @Test func `keeps what it was given, whatever the builder writes into its file later`() throws {
    let added = try bench.add(store, "a", "first")
    let handle = try FileHandle(forWritingTo: bench.scratch.url.appending(path: "build/bzImage"))
    try handle.write(contentsOf: Data("later".utf8))
    try handle.close()
    #expect(try bench.text(added.image) == "first")
    #expect(try store.verify().isEmpty)
  }

  @Test func `keeps the same content once`() throws {
    let first = try bench.add(store, "a", "same", identity: "i")
    let second = try bench.add(store, "b", "same", identity: "j")
    #expect(first.image == second.image)
    // An image, two configurations, two logs.
    #expect(try bench.names().count == 5)
  }

  @Test func `gives a build with the same identity the image that is there`() throws {
    let first = try bench.add(store, "a", "image with one build id", identity: "i")
    let second = try bench.add(store, "b", "image with another", identity: "i")
    #expect(second.image == first.image && second.sha256 == first.sha256 && second.bytes == first.bytes)
    #expect(second.config != first.config)
    #expect(try bench.names().count == 5)
    #expect(try bench.image(store, "b") == second)
  }

  @Test func `shares no image that is damaged`() throws {
    let first = try bench.add(store, "a", "image with one build id", identity: "i")
    try bench.flip(first.image)
    let second = try bench.add(store, "b", "image with another", identity: "i")
    #expect(try bench.text(second.image) == "image with another")
    #expect(try bench.image(store, "a") == nil)
    #expect(try bench.image(store, "b") == second)
  }

  @Test func `heals a damaged image when the same is added again`() throws {
    let first = try bench.add(store, "a", "image", identity: "i")
    try bench.flip(first.image)
    #expect(try bench.add(store, "b", "image", identity: "j").image == first.image)
    #expect(try bench.text(first.image) == "image")
    #expect(try store.verify().isEmpty)
  }

  @Test(arguments: ["gone", "shorter", "longer", "a flipped bit", "a link", "a folder", "no configuration"])
  func `does not believe an image that is not as it was, and takes it again`(_ fault: String) throws {
    let outside = try bench.scratch.file("outside", "image of a")
    let added = try bench.add(store, "a")
    let files = FileManager.default
    switch fault {
    case "shorter": try Data("image".utf8).write(to: added.image)
    case "longer": try Data("image of a and more".utf8).write(to: added.image)
    case "a flipped bit": try bench.flip(added.image)
    case "no configuration": try files.removeItem(at: added.config)
    default:
      try files.removeItem(at: added.image)
      if fault == "a link" { try files.createSymbolicLink(at: added.image, withDestinationURL: outside) }
      if fault == "a folder" { try Places.make(added.image) }
    }
    #expect(try store.build(bench.key("a")) == nil)
    #expect(try store.list().isEmpty)
    #expect(try bench.text(outside) == "image of a")
    if fault == "a folder" { try files.removeItem(at: added.image) }
    let again = try bench.add(store, "a")
    #expect(again.image == added.image)
    #expect(try bench.text(again.image) == "image of a")
    #expect(try store.build(bench.key("a")) == .built(again))
  }

  @Test func `drops with a damaged image all builds that share it, and no others`() throws {
    let shared = try bench.add(store, "a", identity: "i")
    try bench.add(store, "b", identity: "i")
    try bench.add(store, "c")
    try bench.flip(shared.image)
    #expect(try bench.image(store, "a") == nil)
    #expect(try store.list().map(\.commit) == ["commit-c"])
  }

  @Test func `says of a file that cannot be read which it is, and keeps nothing`() throws {
    let image = try bench.scratch.file("build/bzImage", "x")
    let none = bench.scratch.url.appending(path: "none")
    let failure = #expect(throws: Failure.self) {
      try store.add(bench.key("a"), commit: "c", image: image, config: none, log: image, identity: "i", seconds: 1)
    }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message == "\(none.path) is no file that can be read")
    #expect(try bench.names().isEmpty)
    #expect(try store.build(bench.key("a")) == nil)
  }

  // MARK: - Failures

  @Test func `keeps that a build failed, and the lines and the log that say why`() throws {
    let failed = try bench.fail(store, "a")
    #expect(failed.phase == .build && failed.signature == "error: no")
    #expect(failed.lines == ["a.c:1: error: no", "make: *** [a.o]"])
    #expect(try failed.log.map(bench.text) == "failed log of a\n")
    #expect(try bench.open().build(bench.key("a")) == .failed(failed))
  }

  @Test func `believes a failure without its log`() throws {
    let failed = try bench.fail(store, "a")
    try FileManager.default.removeItem(at: try #require(failed.log))
    let found = try #require(try bench.failure(store, "a"))
    #expect(found.log == nil && found.signature == failed.signature && found.lines == failed.lines)
    #expect(try store.verify().map(\.kind) == [.missing])
    #expect(try bench.failure(store, "a") == found)
  }

  @Test func `lets an image take the place of a failure, and no failure that of an image`() throws {
    try bench.fail(store, "a")
    let added = try bench.add(store, "a")
    #expect(try bench.fail(store, "a").log == nil)
    #expect(try store.build(bench.key("a")) == .built(added))
    // The log of the first failure is nobody's now, and that of the second was not kept.
    #expect(try bench.names().count == 4)
  }

  @Test func `keeps the newest of two builds of a key that differ`() throws {
    try bench.add(store, "a", "built at noon", identity: "noon")
    let newest = try bench.add(store, "a", "built at one", identity: "one")
    #expect(try store.build(bench.key("a")) == .built(newest))
    #expect(try store.list().count == 1)
  }

  // MARK: - Times

  @Test func `estimates a build from the last of its recipe`() throws {
    #expect(try store.averageSeconds(recipe: "r") == (nil, nil))
    for (tree, seconds) in [("a", 300.0), ("b", 40.0), ("c", 20.0)] {
      try bench.add(store, tree, recipe: "r", seconds: seconds)
      bench.later(hours: 0.1)
    }
    try bench.add(store, "d", recipe: "other", seconds: 1000)
    try bench.fail(store, "e")
    #expect(try store.lastSeconds(recipe: "r") == [20, 40, 300])
    #expect(try store.lastSeconds(recipe: "r", count: 1) == [20])
    #expect(try store.averageSeconds(recipe: "r") == (300, 30))
    #expect(try store.averageSeconds(recipe: "other") == (1000, nil))
  }
}
