import Testing
import VerdictStream
import VirtualMachine

@testable import Suite

private func probe(_ id: Text, _ attributes: Text = "") throws -> ProbeMetadata {
  try ProbeMetadata(parsing: "id=" + id + "\n" + attributes)
}

@Suite struct `Probes share a boot` {
  @Test func `when they want the same machine, and keep their order in it`() throws {
    let probes = [
      try probe("a"), try probe("b", "cpus=2\n"), try probe("c", "cpus=1\nmemory=256\n"),
      try probe("d", "cpus=2\n"),
      try probe("e", "cpus=2\nmemory=512\n"),
    ]
    let groups = ProbeRunner.grouped(probes)
    #expect(groups.map { $0.1.map(\.id) } == [["a", "c"], ["b", "d"], ["e"]])
    #expect(
      groups.map { [$0.machine.shape.cpus, $0.machine.shape.memoryMebibytes] } == [[1, 256], [2, 256], [2, 512]])
  }

  @Test func `however they order the features of the CPU`() throws {
    let probes = [try probe("a", "cpu=+avx2\ncpu=-pku\n"), try probe("b", "cpu=-pku\ncpu=+avx2\n")]
    #expect(ProbeRunner.grouped(probes).count == 1)
  }

  @Test func `but not with one that wants what the other does without`() throws {
    let probes = [try probe("a", "cpu=-pku\n"), try probe("b"), try probe("c", "cpu=+pku\n")]
    #expect(ProbeRunner.grouped(probes).map { $0.1.map(\.id) } == [["a"], ["b"], ["c"]])
  }

  @Test func `nor does one that asks about ciphers with one that lets them go untried`() throws {
    let probes = [try probe("a", "config=CONFIG_CRYPTO_USER_API_HASH\n"), try probe("b")]
    #expect(ProbeRunner.grouped(probes).map(\.machine.shape.shortcuts) == [[], ["cryptomgr.notests"]])
  }

  @Test func `nor do they with others that get other modules on this kernel`() throws {
    let load: [Text: [String]] = ["a": ["xfs"], "c": ["xfs"], "d": ["overlay", "xfs"]]
    let probes = [try probe("a"), try probe("b"), try probe("c"), try probe("d")]
    let groups = ProbeRunner.grouped(probes) { load[$0.id] ?? [] }
    #expect(groups.map { $0.probes.map(\.id) } == [["a", "c"], ["b"], ["d"]])
    #expect(groups.map(\.machine.modules) == [["xfs"], [], ["overlay", "xfs"]])
  }

  @Test func `and their deadlines and sysctls make no difference`() throws {
    let probes = [
      try probe("a", "timeout=5\n"), try probe("b", "sysctl=x=1\n"), try probe("c", "config=CONFIG_X\n"),
    ]
    #expect(ProbeRunner.grouped(probes).count == 1)
  }

  @Test func `of which there is none when there is no probe`() { #expect(ProbeRunner.grouped([]).isEmpty) }

  @Test func `and every probe is in exactly one`() throws {
    let probes = try (0..<60).map { number in
      try probe(Text("p\(number)"), Text("cpus=\(number % 3 + 1)\nmemory=\(256 << (number % 4))\n"))
    }
    let ids = ProbeRunner.grouped(probes).flatMap { $0.1.map(\.id) }
    #expect(ids.count == 60 && Set(ids) == Set(probes.map(\.id)))
  }
}
