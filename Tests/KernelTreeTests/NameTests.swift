import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelTree

@Suite struct `The name of a commit` {
  @Test func `is all that git takes for one`() async throws {
    let repository = try await Repository()
    let one = try await repository.begin()
    let two = try await repository.commit("two: second")
    let tree = try await repository.tree()
    try await repository.git("tag", "light", one.hex)
    try await repository.git("tag", "-a", "-m", "t", "v6.1", one.hex)
    try await repository.git("-c", "advice.nestedTag=false", "tag", "-a", "-m", "t", "nested", "v6.1")
    try await repository.git("branch", "topic/a", one.hex)
    for name in [
      one.hex, one.hex.uppercased(), one.short, "light", "v6.1", "nested", "refs/tags/nested", "topic/a",
      "heads/topic/a",
      "HEAD~", "HEAD^1", "master~1", "@{0}~1", "nested^0", "v6.1-3-g\(one.short)", ":/begin",
    ] {
      #expect(try await tree.resolve(name) == one, "\(name)")
    }
    for name in ["HEAD", "@", "master", "master@{0}"] {
      #expect(try await tree.resolve(name) == two, "\(name)")
    }
  }

  @Test(arguments: [
    "", "nonsense", "0000000000000000000000000000000000000000", "HEAD~9", "HEAD..HEAD~", "^HEAD", "HEAD^@", "HEAD^!",
    "--all", "-h", "--", "-", " HEAD", "HEAD ", "HEAD\n", "HEAD\0", "*", "HEAD:nothing", "refs/heads/", "$(id)", "é",
  ])
  func `is not that of nothing, of two, or an option`(_ name: String) async throws {
    let repository = try await Repository()
    try await repository.begin()
    try await repository.commit("two")
    let tree = try await repository.tree()
    let found = await failure { _ = try await tree.resolve(name) }
    #expect(found?.message.hasPrefix("'\(name)' is no ") == true, "\(String(describing: found))")
    #expect(found?.remedy != nil)
  }

  @Test func `may begin with a dash, or look like an id`() async throws {
    let repository = try await Repository()
    let one = try await repository.begin()
    try await repository.commit("two")
    // git makes no such branch by hand, and takes it from a server.
    for name in ["-x", "--all", "cafe", "deadbeefdeadbeef"] {
      try await repository.git("update-ref", "refs/heads/\(name)", one.hex)
      #expect(try await repository.tree().resolve(name) == one, "\(name)")
    }
  }

  @Test func `is not a tree's or a file's, not even by way of a tag`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    try await repository.git("tag", "-a", "-m", "t", "of-tree", "HEAD^{tree}")
    try await repository.git("tag", "of-file", "HEAD:Makefile")
    let tree = try await repository.tree()
    for (name, kind) in [
      ("HEAD^{tree}", "a folder's tree"), ("of-tree", "a folder's tree"), ("HEAD:arch", "a folder's tree"),
      ("of-file", "a file's content"), ("HEAD:Makefile", "a file's content"),
    ] {
      let found = await failure { _ = try await tree.resolve(name) }
      #expect(found?.message == "'\(name)' names \(kind), not a commit")
    }
  }

  @Test func `of a tag and a branch must mean the same commit`() async throws {
    let repository = try await Repository()
    let one = try await repository.begin()
    try await repository.git("branch", "v1")
    try await repository.git("tag", "-a", "-m", "t", "v1")
    let tree = try await repository.tree()
    #expect(try await tree.resolve("v1") == one)
    try await repository.commit("two")
    try await repository.git("branch", "-f", "v1")
    for name in ["v1", "v1~0", "v1^{commit}", "v1@{0}"] {
      let found = await failure { _ = try await tree.resolve(name) }
      #expect(found?.message == "'v1' can mean refs/tags/v1 or refs/heads/v1", "\(name)")
    }
    #expect(try await tree.resolve("refs/tags/v1") == one)
    #expect(try await tree.resolve("heads/v1") != one)
  }

  @Test func `that begins an id must not be a branch as well`() async throws {
    let repository = try await Repository()
    let one = try await repository.begin()
    try await repository.commit("two")
    try await repository.git("branch", String(one.hex.prefix(7)))
    let tree = try await repository.tree()
    let found = await failure { _ = try await tree.resolve(String(one.hex.prefix(7))) }
    #expect(found?.message == "'\(one.hex.prefix(7))' can mean refs/heads/\(one.hex.prefix(7)) or \(one)")
    // A whole id is always that.
    try await repository.git("update-ref", "refs/heads/\(one.hex)", "HEAD")
    #expect(try await tree.resolve(one.hex) == one)
  }

  @Test func `with too few digits is a failure that tells the commits`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    // By the birthday paradox 2000 ids have four equal digits with all but certainty, and always the same ones.
    let stream = (1...2000).map { "commit refs/heads/many\ncommitter C <c> \($0) +0000\ndata 0\n" }.joined()
    try repository.scratch.file("stream", stream)
    _ = try await Tool("sh", remedy: "none").succeed(
      ["-c", "git fast-import --quiet <../stream"], in: repository.folder.path)
    let ids = try await repository.git("rev-list", "many").split(separator: "\n").map(String.init)
    let alike = try #require(Dictionary(grouping: ids) { $0.prefix(4) }.values.first { $0.count == 2 }).sorted()
    let found = await failure { _ = try await repository.tree().resolve(String(alike[0].prefix(4))) }
    #expect(
      found?.message == "'\(alike[0].prefix(4))' begins the ids of 2 commits: \(alike.joined(separator: " or "))")
    #expect(found?.remedy == "give more digits")
  }

  @Test func `begins in front of its first operator`() {
    for (name, base) in [
      ("v6.1", "v6.1"), ("v6.1~3^2", "v6.1"), ("a@b", "a@b"), ("a@{1}", "a"), ("a:b@{c", "a"), ("^a", ""), (":/a", ""),
      ("@", "@"), ("@{1}", ""),
    ] {
      #expect(KernelTree.base(of: name) == base)
    }
  }
}
