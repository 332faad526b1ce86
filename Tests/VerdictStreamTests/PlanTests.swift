import Testing

@testable import VerdictStream

private let whole: Text = """
  firstbad-plan 1
  nonce 00ff
  port /dev/ttyS1
  output-limit 100
  timeout-ms 250
  timeout-percent 300
  module-if-can crc32c_intel
  module xfs
  probe net.listen-backlog
  probe mm.pkey-alloc-errno
  end

  """

private var plan: Plan {
  var plan = Plan()
  plan.nonce = "00ff"
  plan.port = "/dev/ttyS1"
  (plan.outputLimit, plan.timeoutMilliseconds, plan.timeoutPercent) = (100, 250, 300)
  plan.modules = [Plan.Module("crc32c_intel", isRequired: false), Plan.Module("xfs")]
  plan.probes = ["net.listen-backlog", "mm.pkey-alloc-errno"]
  return plan
}

@Suite struct `A plan` {
  @Test func `is written as a text that a person can read`() { #expect(plan.text == whole) }

  @Test func `comes back from its text as it was`() throws {
    #expect(try Plan(parsing: whole) == plan)
    #expect(try Plan(parsing: Plan().text) == Plan())
  }

  @Test func `with only its first and its last line has every default`() throws {
    #expect(try Plan(parsing: "firstbad-plan 1\nend\n") == Plan())
  }

  @Test func `may have zeros behind its end, as padding`() throws {
    #expect(try Plan(parsing: whole + Text([0, 0, 0])) == plan)
  }

  @Test(
    arguments: [
      "nonce", "nonce ", "nonsense 1", "", " ", "probe", "output-limit x", "output-limit -1",
      "output-limit 1048577", "output-limit 1 ", "output-limit +1", "timeout-ms 0", "timeout-ms 3600001",
      "timeout-ms 99999999999999999999", "timeout-percent 0", "timeout-percent 10001", "timeout-percent 1.5",
      "END", " end", "end ", "firstbad-plan 1", "probe\tnet.listen-backlog", "module", "module ", "module ../x",
      "module a b", "module-if-can x.ko", "modules x",
    ] as [Text])
  func `with a line that is not understood is refused whole, and the line is named`(_ line: Text) {
    #expect(throws: Plan.Malformed(line: line)) {
      try Plan(parsing: "firstbad-plan 1\nnonce 00ff\n" + line + "\nprobe a.b\nend\n")
    }
  }

  @Test(
    arguments: ["", "firstbad-plan 2", "firstbad-plan 10", "firstbad-plan", "\u{7F}ELF", "nonce 00ff"]
      as [Text])
  func `of another version, or that is no plan, is refused`(_ first: Text) {
    #expect(throws: Plan.Malformed(line: first)) { try Plan(parsing: first + "\nend\n") }
  }

  @Test(arguments: 0..<(whole.bytes.count - 1))
  func `that is cut short anywhere before its end is refused`(_ size: Int) {
    // Only the last newline may be missing.
    let cut = Text(Array(whole.bytes.prefix(size)))
    #expect(throws: Plan.Malformed.self) { try Plan(parsing: cut) }
  }
}
