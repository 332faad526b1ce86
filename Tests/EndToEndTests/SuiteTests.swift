import Foundation
import HostSystem
import TestKernels
import Testing

/// `firstbad suite` on real kernels: one that panics at boot, a probe that kills its kernel, and readers of others.
@Suite struct `A suite` {
  private let scratch: Scratch
  private let probes: String

  init() throws {
    scratch = try Scratch()
    probes = scratch.url.appending(path: "probes").path
    _ = try scratch.file(
      "probes/a.c",
      """
      #include <firstbad/probe.h>
      #include <fcntl.h>
      #include <stdio.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      PROBE("test.a-killer", "kills its kernel") {
        int file = open("/proc/sysrq-trigger", O_WRONLY);
        REQUIRE(file >= 0, "no sysrq");
        REQUIRE(write(file, "c", 1) < 0, "it lives");
        PASS();
      }
      PROBE("test.b-innocent", "comes after it") { puts("]]> <&> \\x1b[31m"); OBSERVE("answer", 42); PASS(); }
      PROBE("test.c-skip", "skips") { REQUIRE(0, "no such thing #1"); PASS(); }
      PROBE("test.d-errno", "pkey_alloc() says EINVAL", WITHOUT_CPU("pku")) {
        long key = syscall(SYS_pkey_alloc, 0, 0);
        int error = key < 0 ? errno : 0;
        OBSERVE_ERRNO("errno", error);
        CHECK(error == EINVAL);
        PASS();
      }
      """)
  }

  private var readers: URL { Places().cache.appending(path: "report-readers") }

  private func python(_ script: String, _ arguments: [String]) async throws -> Tool.Result {
    let interpreter = readers.appending(path: "venv/bin/python").path
    return try await Command.host(interpreter, [try scratch.file("reader.py", script)] + arguments)
  }

  @Test func `goes on behind a kernel that panics and a probe that kills, and every reader counts the same`()
    async throws
  {
    let kernels = [
      try await TestKernels.oldest(), try TestKernels.built("no-initramfs"), try await TestKernels.newest(),
    ]
    func path(_ name: String) -> String { scratch.url.appending(path: name).path }
    let result = try await Command.firstbad(
      ["suite"] + kernels.flatMap { ["--kernel", $0] } + [
        "--report", "ktap=\(path("o.ktap"))", "--report", "junit=\(path("o.xml"))", "--report",
        "json=\(path("o.jsonl"))",
        "--report", "markdown=\(path("o.md"))", "--jobs", "2", probes,
      ])
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.contains("all probes: untestable  kernel: the kernel died before the init ran"))
    #expect(result.output.contains("differs: test.d-errno errno: EINVAL [1] -> ENOSPC [3]"))
    // Oldest: killer bad, innocent good, skip, errno good. Newest: errno bad. The one in between tells nothing.
    #expect(result.output.contains("12 cells: 3 good, 3 bad, 2 skip, 4 untestable. Something is worse."))

    let lines = try String(contentsOfFile: path("o.jsonl"), encoding: .utf8).split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(lines.first?["type"] as? String == "plan")
    #expect(lines.filter { $0["type"] as? String == "cell" }.count == 12)
    #expect(
      (lines.last?["standings"] as? [String: Int]) == ["good": 3, "bad": 3, "skip": 2, "untestable": 4, "infra": 0])
    #expect(lines.last?["status"] as? Int == 1)

    // The kernel's own parser: what could not be told is not passed.
    let ktap = try await python(
      """
      import sys
      sys.path.insert(0, sys.argv[1])
      import kunit_parser
      test = kunit_parser.parse_run_tests(open(sys.argv[2]).read().splitlines())
      c = test.counts
      print(c.passed, c.failed, c.crashed, c.skipped, c.errors, [s.name for s in test.subtests])
      """, [readers.appending(path: "kunit").path, path("o.ktap")])
    #expect(ktap.status == 0, "\(ktap.errors)")
    #expect(ktap.output.split(separator: "\n").last?.hasPrefix("3 7 0 2 0 [") == true, "\(ktap.output)")

    let junit = try await python(
      """
      import sys
      from lxml import etree
      from junitparser import JUnitXml
      etree.XMLSchema(etree.parse(sys.argv[1])).assertValid(etree.parse(sys.argv[2]))
      suites = list(JUnitXml.fromfile(sys.argv[2]))
      for s in suites:
          cases = list(s)
          assert len(cases) == s.tests == 4, (len(cases), s.tests)
          kinds = [type(r).__name__ for case in cases for r in case.result]
          assert kinds.count("Failure") == s.failures and kinds.count("Error") == s.errors
          assert kinds.count("Skipped") == s.skipped
      print(sum(s.tests for s in suites), sum(s.failures for s in suites), sum(s.errors for s in suites),
            sum(s.skipped for s in suites))
      """, [readers.appending(path: "junit-10.xsd").path, path("o.xml")])
    #expect(junit.status == 0, "\(junit.errors)")
    #expect(junit.output == "12 3 4 2\n")
    #expect(try String(contentsOfFile: path("o.md"), encoding: .utf8).hasPrefix("## Something is worse\n"))
  }

  @Test func `fails only for changes against its baseline, and shows them before and after`() async throws {
    let base = scratch.url.appending(path: "base.json").path
    let old = try await TestKernels.oldest(), new = try await TestKernels.newest()
    let probe = try scratch.file(
      "errno.c",
      """
      #include <firstbad/probe.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      PROBE("test.errno", "there is an errno", WITHOUT_CPU("pku")) {
        OBSERVE_ERRNO("errno", syscall(SYS_pkey_alloc, 0, 0) < 0 ? errno : 0);
        PASS();
      }
      PROBE("test.known-bad", "never true") { CHECK(1 == 2); PASS(); }
      """)
    let missing = try await Command.firstbad(["suite", "--kernel", old, "--baseline", base, probe])
    #expect(missing.status == 128)
    #expect(missing.errors.contains("cannot be read"))
    let write = try await Command.firstbad(["suite", "--kernel", old, "--baseline", base, "--update-baseline", probe])
    #expect(write.status == 0, "\(write.errors)")
    let same = try await Command.firstbad(["suite", "--kernel", old, "--baseline", base, probe])
    #expect(same.status == 0, "\(same.output)")
    let changed = try await Command.firstbad(
      ["suite", "--kernel", new, "--baseline", base, "--format", "ktap", probe])
    #expect(changed.status == 1)
    #expect(changed.output.contains("errno: EINVAL -> ENOSPC"))
    #expect(changed.output.contains("# XFAIL as in the baseline"))
  }

  // What the second of two namesakes is called hangs on the first: run alone, it would be held against the other's entry.
  @Test func `takes no baseline of two kernels that call themselves the same`() async throws {
    let kernel = try await TestKernels.newest()
    let copy = try scratch.file("vmlinuz", "")
    try FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: kernel, toPath: copy)
    let base = scratch.url.appending(path: "base.json").path
    let words = ["suite", "--kernel", kernel, "--kernel", copy, "guest.self-check"]
    let refused = try await Command.firstbad(words + ["--baseline", base, "--update-baseline"])
    #expect(refused.status == 128 && refused.output.isEmpty, "\(refused)")
    #expect(refused.errors.contains("are both called") && refused.errors.contains("a baseline of its own"))
    #expect(!FileManager.default.fileExists(atPath: base))
    // Without one they are told apart by their files.
    #expect(try await Command.firstbad(words).status == 0)
  }

  @Test func `writes no two reports into one file`() async throws {
    let file = scratch.url.appending(path: "report").path
    let link = scratch.url.appending(path: "link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "report")
    for words in [
      ["--report", "json=\(file)"], ["--report", "json=\(link)"], ["--baseline", file, "--update-baseline"],
    ] {
      let result = try await Command.firstbad(
        ["suite", "--kernel", try await TestKernels.newest(), "--report", "junit=\(file)", "guest.self-check"] + words)
      #expect(result.status == 128 && result.errors.contains("two reports are to be written to /"), "\(result)")
      #expect(!FileManager.default.fileExists(atPath: file))
    }
  }

  @Test func `prints the bisect between the last good and the first bad kernel, and runs it`() async throws {
    let kernels = try await TestKernels.all().map(\.image)
    try #require(kernels.count >= 3)
    let row = [kernels[0], kernels[kernels.count / 2], kernels[kernels.count - 1]]
    let result = try await Command.firstbad(
      ["suite", "--tag", "d-errno", "--tag", "test.d-errno", "--bisect"] + row.flatMap { ["--kernel", $0] } + [probes])
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.errors.contains("firstbad bisect --kernel "))
    #expect(result.errors.contains("--only test.d-errno"))
    #expect(result.output.contains("first bad kernel: "))
  }

  /// A folder needs no slash in its name, words behind --kernels may be probes, and an id may stand anywhere in its file.
  @Test(arguments: [
    ("test.d-errno", ["--kernels", "FIRST", "LAST", "--jobs", "2", "probes"]),
    ("test.d-errno", ["--kernels", "FIRST", "LAST", "probes/a.c", "probes/b.c"]),
    ("test.spelled-otherwise", ["--kernel", "FIRST", "--kernel", "LAST", "probes"]),
  ])
  func `goes on to the bisect of a probe however it was named`(tag: String, words: [String]) async throws {
    let folder = try Scratch()
    try FileManager.default.createDirectory(at: folder.url.appending(path: "probes"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "\(probes)/a.c", toPath: folder.url.appending(path: "probes/a.c").path)
    _ = try folder.file(
      "probes/b.c",
      """
      #include <firstbad/probe.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      #define NAME "test.spelled" "-otherwise"
      PROBE(NAME, "its id stands in no line", WITHOUT_CPU("pku")) {
        CHECK(syscall(SYS_pkey_alloc, 0, 0) < 0 && errno == EINVAL);
        PASS();
      }
      """)
    let kernels = try await TestKernels.all().map(\.image)
    let places = ["FIRST": kernels[0], "LAST": kernels[kernels.count - 1]]
    let result = try await Command.firstbad(
      ["suite", "--bisect", "--tag", tag] + words.map { places[$0] ?? $0 }, in: folder.url)
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.contains("first bad kernel: "), "\(result)")
  }

  @Test(arguments: [
    (["--jobs", "0"], "--jobs is a number"), (["--update-baseline"], "needs --baseline"),
    (["--report", "junit"], "say FORMAT=FILE"), (["--report", "pdf=x"], "a format is one of text"),
    (["--report", "junit=/nowhere/x"], "cannot be written"), (["--tag", "nothing"], "no probe has nothing in its id"),
    (["--baseline", "/nowhere"], "cannot be read"), (["--packages", "linux-*"], "exclude each other"),
  ])
  func `a mistake is one sentence and no verdict`(arguments: [String], sentence: String) async throws {
    let kernel = try await TestKernels.newest()
    let result = try await Command.firstbad(["suite", "--kernel", kernel] + arguments + ["guest.self-check"])
    #expect(result.status == 128)
    #expect(result.errors.contains(sentence), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func `of packages: the first bad one, and what its changelog says`() async throws {
    let result = try await Command.firstbad(
      [
        "bisect", "--packages", TestKernels.pattern, "--good", try await TestKernels.all()[0].package.version,
        "--bad", try #require(try await TestKernels.all().last).package.version, "--only", "test.d-errno",
        "\(probes)/a.c",
      ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("first bad kernel: "))
    #expect(result.output.firstMatch(of: #/its changelog has [1-9][0-9]* lines after/#) != nil, "\(result.output)")
    let refused = try await Command.firstbad(
      ["bisect", "--packages", TestKernels.pattern, "--good", "1.2.3", "--bad", "4.5.6", "guest.self-check"])
    #expect(refused.status == 128)
    #expect(refused.errors.contains("no matching package has the version 1.2.3"))
    // Which commit made the real-time kernel one? None did.
    let mixed = try await Command.firstbad([
      "bisect", "--packages", "linux-image-6.1.0-*-amd64", "--good",
      try await TestKernels.all()[0].package.version, "--bad",
      try #require(try await TestKernels.all().last).package.version, "guest.self-check",
    ])
    #expect(mixed.status == 128 && mixed.output.isEmpty, "\(mixed)")
    #expect(
      mixed.errors.contains("matches kernels of several flavours: amd64, cloud-amd64, rt-amd64"), "\(mixed.errors)")
  }
}
