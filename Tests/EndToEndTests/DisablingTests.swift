import Foundation
import HostSystem
import TestKernels
import Testing

/// `firstbad bisect` where commits do not build for code of CONFIG_NET, on a tree that builds in a second. The culprit lies
/// within that stretch, and shows with CONFIG_CULPRIT.
@Suite struct `A bisect among commits whose network does not build` {
  private static let words = [
    "bisect", "--good", "good", "--bad", "bad", "--config", "PARENT=y", "--config", "CULPRIT=y",
  ]
  private static let probe = "mm.pkey-alloc-errno"

  private func world(depends: String = "PARENT CULPRIT\n") async throws -> ToyKernels {
    let world = try await ToyKernels()
    try world.write("depends", depends)
    try world.write("code", "good\n")
    try await world.commit("what depends on what", tag: "good")
    try world.write("broken", "x\n")
    for number in 2...5 {
      try world.write("code", "\(number)\n")
      try await world.commit("commit \(number)")
    }
    try world.write("rule", "x\n")
    try await world.commit("what CULPRIT switches on is broken")
    for number in 6...9 {
      try world.write("code", "\(number)\n")
      try await world.commit("commit \(number)")
    }
    try world.write("broken", "")
    try await world.commit("the network builds again", tag: "bad")
    return world
  }

  @Test func `names the culprit by kernels without it, and goes on with these when it is resumed`() async throws {
    let world = try await world()
    let result = try await world.firstbad(Self.words + [Self.probe])
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("  - with nothing left out, too, "), "\(result.output)")
    #expect(result.output.contains("confirmed: ") && result.output.contains("what CULPRIT switches on is broken"))
    #expect(
      result.output.contains("all kernels were built with CONFIG_NET=n: commits of the range do not build for its code")
    )
    #expect(
      result.errors.contains(
        "do not build for what CONFIG_NET brings in (net/ipv4/tcp.c: error: it breaks); the ends are tried without it"))
    // Its source does not speak of the network.
    #expect(
      result.errors.contains(
        "note: the probe does not speak of the network: if that plays no part, --config NET=n makes for faster builds"))
    let built = world.builds().count
    let again = try await world.firstbad("bisect", "--resume")
    #expect(again.status == 0 && again.output.contains("confirmed: "), "\(again)")
    #expect(world.builds().count == built)
    let log = try await world.firstbad("bisect", "log", "--git")
    #expect(log.output.contains("\n# with CONFIG_NET=n, as not all commits build otherwise\n"), "\(log.output)")
    // Who had known it would have got the same kernels.
    let known = try await world.firstbad(Self.words + ["--config", "NET=n", Self.probe])
    #expect(known.status == 0 && known.output.contains("what CULPRIT switches on is broken"), "\(known)")
    #expect(known.output.contains(/broken"\)  bad +stored +known/), "\(known.output)")
  }

  @Test func `names a range where the user asks for the network`() async throws {
    let world = try await world()
    let asked = ["--config", "NET=y", "--config", "INET=y"]
    let result = try await world.firstbad(Self.words + asked + [Self.probe])
    #expect(result.status == 125 && result.output.contains("is one of these 10"), "\(result)")
    #expect(!result.errors.contains("brings in") && !result.errors.contains("speaks of"), "\(result.errors)")
    #expect(
      result.output.contains(
        "to try these with the change that mended them: firstbad bisect --heal --good good --bad bad "))
  }

  @Test func `keeps what the behaviour hangs on, and does without less`() async throws {
    let world = try await world(depends: "NET CULPRIT\n")
    let result = try await world.firstbad(Self.words + [Self.probe])
    #expect(
      result.errors.contains("note: without CONFIG_NET the good commit, good, cannot be judged"), "\(result.errors)")
    #expect(result.errors.contains("; so it is back"), "\(result.errors)")
    #expect(result.status == 0 && result.output.contains("what CULPRIT switches on is broken"), "\(result)")
    #expect(result.output.contains("all kernels were built with CONFIG_INET=n"), "\(result.output)")
    #expect(result.output.contains(" with another configuration), "), "\(result.output)")
  }
}
