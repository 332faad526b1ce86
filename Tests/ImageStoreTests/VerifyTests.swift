import Foundation
import HostSystem
import ImageStore
import TestSupport
import Testing

@Suite struct `Verifying the store` {
  private let bench: StoreBench
  private let store: ImageStore

  init() throws {
    bench = try StoreBench()
    store = try bench.open()
    for tree in ["a", "b"] { try bench.add(store, tree, String(repeating: tree, count: 5_000_000)) }
    try bench.fail(store, "c")
  }

  @Test func `finds nothing where nothing is wrong`() throws {
    #expect(try store.verify().isEmpty)
    #expect(try store.list().count == 3)
  }

  @Test(arguments: [0, 2_500_000, 4_999_999])
  func `finds one flipped bit wherever it is, and has that kernel built again`(_ offset: Int) throws {
    let image = try #require(try bench.image(store, "a"))
    try bench.flip(image.image, at: offset)
    let problems = try store.verify()
    #expect(problems == [.init(kind: .changed, file: image.image, commits: ["commit-a"])])
    #expect(problems.first?.text == "\(image.image.path) is not what was stored; to be built again: commit-a")
    #expect(!FileManager.default.fileExists(atPath: image.image.path))
    #expect(try store.build(bench.key("a")) == nil)
    #expect(try bench.image(store, "b") != nil)
    #expect(try store.verify().map(\.kind) == [])
  }

  @Test func `finds a changed configuration, which is worth a build, and a changed log, which is not`() throws {
    let image = try #require(try bench.image(store, "a"))
    let log = try #require(try bench.failure(store, "c")?.log)
    try bench.flip(image.config)
    try bench.flip(log)
    let problems = try store.verify().sorted { $0.commits.count > $1.commits.count }
    #expect(
      problems == [
        .init(kind: .changed, file: image.config, commits: ["commit-a"]),
        .init(kind: .changed, file: log, commits: []),
      ])
    #expect(try store.build(bench.key("a")) == nil)
    #expect(try bench.failure(store, "c")?.signature == "error: no")
  }

  @Test func `finds rows without files, and names every commit`() throws {
    let image = try bench.add(store, "d", identity: "identity of a")
    try FileManager.default.removeItem(at: image.image)
    #expect(
      try store.verify() == [.init(kind: .missing, file: image.image, commits: ["commit-a", "commit-d"])])
    #expect(try store.list().map(\.commit) == ["commit-b", "commit-c"])
  }

  @Test func `finds files without rows when they are old, and what is not ours at once`() throws {
    let names = ["new-1-2", String(repeating: "0", count: 64), "notes.txt"]
    let files = names.map { bench.objects.appending(path: $0) }
    for file in files { try Data("x".utf8).write(to: file) }
    #expect(try store.verify() == [.init(kind: .foreign, file: files[2], commits: [])])
    bench.later(hours: 2)
    let kinds = Dictionary(uniqueKeysWithValues: try store.verify().map { ($0.file.lastPathComponent, $0.kind) })
    #expect(kinds == [names[0]: .unnamed, names[1]: .unnamed, names[2]: .foreign])
    _ = try store.prune(to: .max)
    #expect(try store.verify().map(\.kind) == [.foreign])
  }

  @Test func `leaves the outside of a link alone`() throws {
    let outside = try bench.scratch.file("outside", String(repeating: "a", count: 5_000_000))
    let image = try #require(try bench.image(store, "a")).image
    try FileManager.default.removeItem(at: image)
    try FileManager.default.createSymbolicLink(at: image, withDestinationURL: outside)
    // That the right bytes lie behind it makes it no object.
    #expect(try store.verify().map(\.kind) == [.changed, .foreign])
    #expect(try bench.text(outside).count == 5_000_000)
  }
}
