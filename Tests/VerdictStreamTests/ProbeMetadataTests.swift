import Testing

@testable import VerdictStream

@Suite struct `The heading of a probe` {
  @Test func `gives all that probe.h lets one say`() throws {
    let text: Text = """
      id=net.listen-backlog
      summary=a backlog of n admits n + 1
      sysctl=net.ipv4.tcp_syncookies=0
      sysctl=kernel.core_pattern=|/bin/a=b
      config=CONFIG_INET
      config=CONFIG_IPV6
      module=nf-tables
      module=xt_DSCP
      cpu=+avx2
      cpu=-pku
      cpus=2
      memory=1024
      timeout=30000
      repeat=20

      """
    let probe = try ProbeMetadata(parsing: text)
    #expect(probe.id == "net.listen-backlog")
    #expect(probe.summary == "a backlog of n admits n + 1")
    #expect(
      probe.sysctls == [
        ProbeMetadata.Sysctl(name: "net.ipv4.tcp_syncookies", value: "0"),
        ProbeMetadata.Sysctl(name: "kernel.core_pattern", value: "|/bin/a=b"),
      ])
    #expect(probe.configs == ["CONFIG_INET", "CONFIG_IPV6"])
    #expect(probe.modules == ["nf-tables", "xt_DSCP"])
    #expect(probe.cpuFeatures == ["+avx2", "-pku"])
    #expect((probe.cpus, probe.memoryMebibytes, probe.timeoutMilliseconds) == (2, 1024, 30_000))
    #expect(probe.repeats == 20)
  }

  @Test func `needs only an id`() throws {
    let probe = try ProbeMetadata(parsing: "id=a")
    #expect((probe.cpus, probe.memoryMebibytes, probe.timeoutMilliseconds) == (0, 0, 0))
    #expect(
      probe.summary.isEmpty && probe.sysctls.isEmpty && probe.configs.isEmpty && probe.cpuFeatures.isEmpty)
  }

  @Test(
    arguments: [
      "nonsense", "nonsense=1", "=", "ID=a", " id=a", "sysctl=net.ipv4.tcp_syncookies", "sysctl==1",
      "sysctl=",
      "config=INET", "config=", "module=", "module=a/b", "module=xfs.ko", "module=a b", "module=a,b", "cpu=avx2",
      "cpu=+", "cpu=", "cpus=0", "cpus=65", "cpus=two", "cpus=",
      "memory=31", "memory=65537", "timeout=0", "timeout=3600001", "timeout=-1",
      "timeout=99999999999999999999", "repeat=0", "repeat=1001", "repeat=",
    ] as [Text])
  func `is refused for a line that makes no sense`(_ line: Text) {
    #expect(throws: ProbeMetadata.Malformed(line: line)) {
      try ProbeMetadata(parsing: "id=a.b\n" + line + "\n")
    }
  }

  @Test func `is refused without an id`() {
    #expect(throws: ProbeMetadata.Malformed(line: "id=")) { try ProbeMetadata(parsing: "summary=one\n") }
  }
}

@Suite struct `An id` {
  @Test(arguments: ["a", "0", "net.listen-backlog", "mm.pkey-alloc-errno", "a.b.c-d-e.1"] as [Text])
  func `is words and digits, parted by dots and hyphens`(_ id: Text) { #expect(ProbeMetadata.isID(id)) }

  @Test(
    arguments: [
      "", ".", "-", ".a", "a.", "-a", "a-", "a..b", "a.-b", "A", "a b", "a_b", "a/b", "a\n", "\u{E9}", "a\0",
    ] as [Text])
  func `is nothing else`(_ id: Text) { #expect(!ProbeMetadata.isID(id)) }

  @Test(arguments: [(64, true), (65, false)]) func `has 64 bytes at most`(_ count: Int, _ isID: Bool) {
    #expect(ProbeMetadata.isID(Text([UInt8](repeating: 0x61, count: count))) == isID)
  }
}
