import Foundation
import HostSystem
import TestKernels
import Testing

/// What a user types, and the exit status that `git bisect run` would see.
@Suite struct RunTests {
  private static let passing = """
    #include <firstbad/probe.h>
    PROBE("test.pass", "always true") { OBSERVE("answer", 42); PASS(); }
    """
  private static let failing = """
    #include <firstbad/probe.h>
    PROBE("test.fail", "never true") { int sum = 2 + 2; CHECK_EQ(sum, 5); PASS(); }
    """
  private static let skipping = """
    #include <firstbad/probe.h>
    PROBE("test.skip", "cannot tell") { REQUIRE(0, "no %s here", "such thing"); PASS(); }
    """

  @Test(arguments: [(passing, 0), (failing, 1), (skipping, 125)])
  func aProbeOfOnesOwnExitsByItsVerdict(source: String, status: Int) async throws {
    let scratch = try Scratch()
    let probe = try scratch.file("probe.c", source)
    let result = try await Command.firstbad(["run", "--kernel", try await TestKernels.newest(), probe])
    #expect(result.status == status, "\(result.output)\(result.errors)")
  }

  @Test func oneObjectAProbeAndKernelSaysEverything() async throws {
    let scratch = try Scratch()
    let kernel = try await TestKernels.newest()
    let probes = [try scratch.file("pass.c", Self.passing), try scratch.file("fail.c", Self.failing)]
    let result = try await Command.firstbad(["run", "--json", "--kernel", kernel] + probes)
    #expect(result.status == 1)
    let cells = try result.output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    try #require(cells.count == 2)
    let pass = try #require(cells.first { $0["probe"] as? String == "test.pass" })
    let fail = try #require(cells.first { $0["probe"] as? String == "test.fail" })
    #expect(pass["verdict"] as? String == "good")
    #expect(pass["outcome"] as? String == "pass")
    #expect(pass["phase"] as? String == "done")
    #expect((pass["observations"] as? [String: Any])?["answer"] as? Int == 42)
    #expect(pass["signature"] is NSNull)
    #expect(fail["verdict"] as? String == "bad")
    #expect(fail["signature"] as? String == "test.fail: sum == 5")
    #expect((fail["reason"] as? String)?.contains("4 == 5 is false (fail.c:2)") == true)
    for cell in cells {
      let image = try #require(cell["kernel"] as? [String: Any])
      #expect(image["path"] as? String == kernel)
      #expect((image["release"] as? String)?.hasPrefix("6.1.0-") == true)
      #expect((image["sha256"] as? String)?.count == 64)
      #expect(["kvm", "tcg"].contains(cell["accelerator"] as? String))
      #expect((cell["duration_ms"] as? Int ?? 0) > 0)
      let log = try #require(cell["log"] as? String)
      let console = try String(contentsOfFile: log, encoding: .utf8)
      #expect(console.contains("Linux version 6.1.0-"))
      #expect(console.contains("firstbad: probe test.fail"))
    }
  }

  @Test(arguments: [
    (["run", "--kernel", "KERNEL", "mm.pkey-alloc-errno", "--nonsense"], "Unknown option '--nonsense'"),
    (["run", "--kernel", "/nowhere/vmlinuz", "mm.pkey-alloc-errno"], "/nowhere/vmlinuz cannot be read"),
    (["run", "--kernel", "KERNEL"], "no probe is named"),
    (["run", "mm.pkey-alloc-errno"], "no kernel is named"),
    (["run", "--kernel", "KERNEL", "mm.no-such-probe"], "no shipped probe is called mm.no-such-probe"),
    (["run", "--kernel", "KERNEL", "/nowhere/probe.c"], "/nowhere/probe.c cannot be read"),
    (["run", "--kernel", "KERNEL", "--timeout", "hello=0", "guest.self-check"], "more than 0"),
    (["run", "--kernel", "KERNEL", "--timeout", "boot=5", "guest.self-check"], "say PHASE=SECONDS"),
    (["run", "--kernel", "KERNEL", "guest.self-check", "guest.self-check"], "named twice"),
    (["frobnicate"], "Unexpected argument 'frobnicate'"),
    (["step", "mm.pkey-alloc-errno"], "nothing was built in it"),
    (["bisect", "--kernels", "KERNEL", "mm.pkey-alloc-errno"], "at least two kernels"),
    (["bisect", "--kernels", "KERNEL", "KERNEL", "mm.pkey-alloc-errno"], "the same file"),
  ])
  func aMistakeIsOneSentenceAndNoVerdict(arguments: [String], sentence: String) async throws {
    let kernel = try await TestKernels.newest()
    let scratch = try Scratch()
    let result = try await Command.firstbad(arguments.map { $0 == "KERNEL" ? kernel : $0 }, in: scratch.url)
    #expect(result.status >= 128, "\(result)")
    #expect(result.errors.contains(sentence), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func withoutQEMUThereIsNoVerdict() async throws {
    let scratch = try Scratch()
    // Everything but the emulator.
    for tool in ["sh", "setpriv", "musl-gcc"] {
      if let path = Tool.find(tool) {
        try FileManager.default.createSymbolicLink(
          at: scratch.url.appending(path: tool), withDestinationURL: URL(filePath: path))
      }
    }
    let result = try await Command.firstbad(
      ["run", "--kernel", try await TestKernels.newest(), "guest.self-check"], environment: ["PATH": scratch.url.path])
    #expect(result.status >= 128)
    #expect(result.errors.contains("qemu-system-x86_64 is not installed"))
    #expect(result.errors.contains("apt-get install qemu-system-x86"))
  }

  @Test func aProbeThatForgetsItsResultIsTaughtNotRun() async throws {
    let scratch = try Scratch()
    let probe = try scratch.file(
      "forgetful.c",
      """
      #include <firstbad/probe.h>
      PROBE("test.forgetful", "forgets") { CHECK(1 == 1); }
      """)
    let result = try await Command.firstbad(["run", "--kernel", try await TestKernels.newest(), probe])
    #expect(result.status >= 128)
    #expect(result.errors.contains("forgetful.c:2"))
    #expect(result.errors.contains("end every path of the probe with PASS()"))
  }
}
