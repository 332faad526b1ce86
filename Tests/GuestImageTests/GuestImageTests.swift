import Foundation
import HostSystem
import Initramfs
import TestSupport
import Testing
import VerdictStream

@testable import GuestImage

/// Compiles C with musl-gcc and the options that real probes get, to an object file.
private func compiled(_ source: String) async throws -> (status: Int, object: Data, errors: String) {
  let scratch = try Scratch()
  let file = try scratch.file("probe.c", source)
  let object = scratch.url.appending(path: "probe.o")
  let tree = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let result = try await Tool("musl-gcc", remedy: ProbeCompiler.remedy).run(
    ProbeCompiler.options + [
      "-c", "-I", tree.appending(path: "GuestProbes/include").path, "-I",
      tree.appending(path: ".build-guest/kit/include").path, file.path, "-o", object.path,
    ], environment: ["LC_ALL": "C.UTF-8"])
  return (result.status, (try? Data(contentsOf: object)) ?? Data(), result.errors)
}

private let twoProbes = """
  #include <firstbad/probe.h>
  PROBE("net.two", "the second", SYSCTL("net.a", "1"), NEEDS("CONFIG_INET"), WITHOUT_CPU("pku"), CPUS(2),
        MEMORY_MIB(512), TIMEOUT_S(3))
  { PASS(); }
  PROBE("mm.one", "the first") { FAIL("no"); }

  """

@Suite struct `An image` {
  @Test func `tells the probes that were compiled into it, sorted by id`() async throws {
    let (status, object, errors) = try await compiled(twoProbes)
    #expect(status == 0, "\(errors)")
    let image = try GuestImage(program: object, from: "probe.c")
    #expect(image.probes.map(\.id) == ["mm.one", "net.two"])
    let two = try #require(image.probe("net.two"))
    #expect(two.summary == "the second")
    #expect(two.sysctls == [ProbeMetadata.Sysctl(name: "net.a", value: "1")])
    #expect(two.configs == ["CONFIG_INET"] && two.cpuFeatures == ["-pku"])
    #expect((two.cpus, two.memoryMebibytes, two.timeoutMilliseconds) == (2, 512, 3000))
    #expect(image.probe("no.such") == nil)
  }

  @Test func `that holds no probe is refused, with words for who wrote it`() async throws {
    let (_, object, _) = try await compiled("int main(void) { return 0; }\n")
    let failure = #expect(throws: Failure.self) { try GuestImage(program: object, from: "probe.c") }
    #expect(failure?.message == "probe.c defines no probe")
    #expect(failure?.remedy?.contains("PROBE(") == true)
  }

  @Test func `that holds one id twice is refused`() async throws {
    let source = twoProbes + "PROBE(\"mm.one\", \"again\") { PASS(); }\n"
    let (_, object, _) = try await compiled(source)
    #expect(throws: Failure(.badInput, "two probes are called mm.one", remedy: "give one of them another id")) {
      try GuestImage(program: object, from: "probe.c")
    }
  }

  @Test(arguments: ["Mm.One", "mm one", ""]) func `with an id that is none is refused`(_ id: String)
    async throws
  {
    let (_, object, _) = try await compiled(
      "#include <firstbad/probe.h>\nPROBE(\"\(id)\", \"x\") { PASS(); }\n")
    let failure = #expect(throws: Failure.self) { try GuestImage(program: object, from: "probe.c") }
    #expect(failure?.message.contains("id=\(id)") == true)
  }

  @Test func `becomes an initramfs with the plan in an archive of its own behind it`() async throws {
    let (_, object, _) = try await compiled(twoProbes)
    let image = try GuestImage(program: object, from: "probe.c")
    var plan = Plan()
    plan.nonce = "00ff"
    let bytes = image.initramfs(plan)
    #expect(bytes.starts(with: image.archive.bytes))
    var second = Archive()
    second.addFile("firstbad.plan", mode: 0o400, plan.text.bytes)
    #expect(Array(bytes.dropFirst(image.archive.bytes.count)) == second.bytes)
  }
}

@Suite struct `An ELF file` {
  @Test func `cut short anywhere tells its probes whole or not at all, and never traps`() async throws {
    let (_, object, _) = try await compiled(twoProbes)
    let bytes = [UInt8](object)
    let whole = try #require(ELFFile(bytes: bytes).section(named: "fb_metadata"))
    #expect(ELFFile(bytes: bytes).section(named: "fb_meta") == nil)
    for size in 0..<bytes.count {
      let found = ELFFile(bytes: Array(bytes[..<size])).section(named: "fb_metadata")
      if let found, found != whole { Issue.record("cut after \(size) bytes") }
    }
  }

  @Test(arguments: [0x00, 0x7F, 0x80, 0xFF] as [UInt8])
  func `with any bytes of its headers damaged never traps`(_ damage: UInt8) async throws {
    let (_, object, _) = try await compiled(twoProbes)
    let bytes = [UInt8](object)
    let table = (0..<8).reversed().reduce(0) { $0 << 8 | Int(bytes[0x28 + $1]) }
    for offset in Array(0..<64) + Array(table..<bytes.count) {
      for width in [1, 2, 4, 8] where offset + width <= bytes.count {
        var damaged = bytes
        for index in 0..<width {
          damaged[offset + index] = index == width - 1 ? damage & 0x7F | damage : damage
        }
        _ = try? GuestImage(program: Data(damaged), from: "probe.c")
      }
    }
  }

  // 2^63 - 1: the largest offset that is a number at all, to which nothing can be added.
  @Test(arguments: [0x28, 0x3A, 0x3C, 0x3E])
  func `with an offset at the end of all numbers is refused`(_ field: Int) async throws {
    let (_, object, _) = try await compiled(twoProbes)
    var bytes = [UInt8](object)
    let width = field == 0x28 ? 8 : 2
    for index in 0..<width { bytes[field + index] = 0xFF }
    if width == 8 { bytes[field + 7] = 0x7F }
    _ = ELFFile(bytes: bytes).section(named: "fb_metadata")
  }

  @Test(arguments: [(4, 1), (5, 2), (0, 0)] as [(Int, UInt8)])
  func `of 32 bits, of the other byte order, or that is none, tells nothing`(_ offset: Int, _ byte: UInt8)
    async throws
  {
    let (_, object, _) = try await compiled(twoProbes)
    var bytes = [UInt8](object)
    bytes[offset] = byte
    #expect(ELFFile(bytes: bytes).section(named: "fb_metadata") == nil)
  }
}

@Suite struct `A probe's source` {
  @Test func `as 'firstbad new' writes it compiles without a warning`() async throws {
    let (status, object, errors) = try await compiled(ProbeTemplate.text(id: "net.my-probe"))
    #expect(status == 0)
    #expect(errors.isEmpty, "\(errors)")
    #expect(try GuestImage(program: object, from: "probe.c").probes.map(\.id) == ["net.my-probe"])
  }

  // Each of these has made a test say something that it did not see.
  @Test(arguments: [
    "if (0) PASS();", "", "return;", "undeclared_function(); PASS();", "char *p = 1; (void)p; PASS();",
    "int *p = \"x\"; (void)p; PASS();",
  ])
  func `that could pass by mistake does not compile`(_ body: String) async throws {
    let source = "#include <firstbad/probe.h>\nPROBE(\"a.b\", \"x\") { \(body) }\n"
    #expect(try await compiled(source).status != 0)
  }
}

@Suite struct `The headings of a Swift file` {
  private func functions(_ text: String) throws -> [String] {
    try SwiftHeadings(in: text).headings.map { "\($0.line) \($0.text) \($0.function)" }
  }

  @Test(arguments: [
    ("/// PROBE(\"a.b\", \"c\")\nfunc one() {}", ["1 PROBE(\"a.b\", \"c\") one"]),
    (
      "\t/// PROBE (\"a\",\n///   REPEAT(3))\n@inline(never)\n\npublic func two( ) {}",
      ["1 PROBE(\"a\", REPEAT(3)) two"]
    ),
    ("///\tPROBE(\"(\")\n@inline(never) func three() {}", ["1 PROBE(\"(\") three"]),
    ("/// words\n/// PROBE(\"a\")\n/// more\nfunc four() {}", ["2 PROBE(\"a\") four"]),
    ("/// PROBE(\"a\")\nfunc a() {}\n\n/// PROBE(\"b\")\nfunc b() {}", ["1 PROBE(\"a\") a", "4 PROBE(\"b\") b"]),
  ])
  func `are found with their functions`(text: String, found: [String]) throws { #expect(try functions(text) == found) }

  @Test(
    arguments: [
      ("func a() {}", nil, "no heading"), ("/// PROBE(\"a\"\nfunc a() {}", 1, "no end"),
      ("\n/// PROBE(\"a\")\nlet a = 1", 2, "above no function"),
      ("/// PROBE(\"a\")\n// func gone() {}\nfunc helper() {}", 1, "above no function"),
      ("/// PROBE(\"a\")\nfunc a(b: Int) {}", 1, "above no function"), ("/// PROBE(\"a\")", 1, "above no function"),
      ("/// PROBE(\"a\")\n\n/// PROBE(\"b\")\nfunc b() {}", 1, "above no function"),
      ("/** PROBE(\"a\") */\nfunc a() {}", 1, "a heading in a comment of /* */"),
    ] as [(String, Int?, String)])
  func `are refused rather than dropped`(text: String, line: Int?, words: String) {
    #expect {
      try SwiftHeadings(in: text)
    } throws: { error in
      let error = error as? SwiftHeadings.Malformed
      return error?.line == line && error?.message.contains(words) == true
    }
  }

  @Test func `name further headers`() throws {
    let text = "/// #include <sys/fanotify.h>\n///#include\"own.h\"\n/// PROBE(\"a\")\nfunc a() {}"
    #expect(try SwiftHeadings(in: text).headers == ["<sys/fanotify.h>", "\"own.h\""])
  }
}

/// What a bisection goes by when it says that its kernels may do without the network.
@Suite struct `A text speaks of the network` {
  @Test(arguments: [
    "int fd = socket(AF_UNIX, SOCK_STREAM, 0);", "#include <netinet/in.h>", "#include <net/if.h>",
    "NEEDS(\"CONFIG_INET\")", "NEEDS(\"CONFIG_VETH\")", "CONFIG_NET=y", "CONFIG_NETFILTER=y", "CONFIG_TUN=y",
    "SYSCTL(\"net.core.somaxconn\", \"1\")", "\"/proc/net/tcp\"", "\"/proc/sys/net/core/rmem_max\"", "PRIVATE_NETWORK",
    "unshare(CLONE_NEWNET)", "syscall(SYS_socketpair, 1, 1, 0, pair)", "open(\"/dev/net/tun\", O_RDWR)",
    "let pair = tcpPair()", "MODULE(\"nf_tables\")", "struct sockaddr_alg alg;",
  ]) func `by a word`(text: String) { #expect(NetworkWords.occur(in: text)) }

  @Test(arguments: [
    "pkey_alloc(0, 0)", "tunable", "bpf_prog_load()", "NEEDS(\"CONFIG_USERFAULTFD\")", "open(\"/dev/null\", O_RDWR)",
    "\"/proc/self/maps\"", "SYSCTL(\"kernel.sched_rt_runtime_us\", \"-1\")", "MODULE(\"overlay\")",
  ]) func `not by others`(text: String) { #expect(!NetworkWords.occur(in: text)) }

  /// Of the shipped probes those of the network, one that looks at it beside other things, and one of Landlock's rules for ports.
  @Test func `where it is the source of a shipped probe that has to do with it, and of no other`() throws {
    let tree = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
    let probes = tree.appending(path: "GuestProbes")
    var speaking: Set<String> = []
    for folder in try FileManager.default.contentsOfDirectory(atPath: probes.path) where folder != "include" {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: probes.appending(path: folder).path)) ?? []
      for name in names where name.hasSuffix(".c") {
        let text = try String(contentsOf: probes.appending(path: "\(folder)/\(name)"), encoding: .utf8)
        if NetworkWords.occur(in: text) { speaking.insert("\(folder)/\(name)") }
      }
    }
    let net = try FileManager.default.contentsOfDirectory(atPath: probes.appending(path: "net").path)
    #expect(speaking == Set(net.map { "net/\($0)" } + ["guest/self-check.c", "security/landlock-version.c"]))
  }
}
