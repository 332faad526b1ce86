import Foundation
import HostSystem
import TestKernels
import Testing

/// How `firstbad suite` ends where it does not simply compare: what it writes down, and what it says when it is stopped.
@Suite struct `The end of a suite` {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private var readers: URL { Places().cache.appending(path: "report-readers") }

  private func python(_ script: String, _ arguments: [String]) async throws -> Tool.Result {
    let interpreter = readers.appending(path: "venv/bin/python").path
    return try await Command.host(interpreter, [try scratch.file("reader.py", script)] + arguments)
  }

  @Test func `that updates its baseline says so, and not that nothing is worse`() async throws {
    let base = scratch.url.appending(path: "base.json").path
    let probes = try scratch.file(
      "bad.c", "#include <firstbad/probe.h>\nPROBE(\"a.b\", \"never true\") { CHECK(1 == 2); PASS(); }\n")
    let words = ["suite", "--kernel", try await TestKernels.newest(), "--baseline", base]
    for _ in 1...2 {
      let result = try await Command.firstbad(words + ["--update-baseline", probes])
      #expect(result.status == 0 && result.output.contains("1 cell: 0 good, 1 bad. The baseline is what was found."))
    }
    // Told before anything is booted.
    for (place, why) in [("/proc/base.json", "cannot be written"), (scratch.url.path, "is a folder")] {
      let refused = try await Command.firstbad(words.dropLast() + [place, "--update-baseline", probes])
      #expect(refused.status == 128 && refused.output.isEmpty && refused.errors.contains(why), "\(refused)")
    }
  }

  @Test func `that is interrupted tells what it found, and every reader can read it`() async throws {
    func path(_ name: String) -> String { scratch.url.appending(path: name).path }
    let slow = try scratch.file(
      "slow.c",
      """
      #include <firstbad/probe.h>
      #include <unistd.h>
      PROBE("test.slow", "takes long", CPUS(2), TIMEOUT_S(200)) { sleep(100); PASS(); }
      PROBE("test.quick", "does not") { PASS(); }
      """)
    let kernel = try await TestKernels.newest(), other = try await TestKernels.oldest()
    // The quick one and the slow one want different machines; the interruption comes when the first is told of.
    let script = """
      "\(Command.program)" suite --accel tcg --jobs 1 --kernel \(kernel) --kernel \(other) --format json \
        --report junit=o.xml --report ktap=o.ktap --report markdown=o.md --report text=o.txt \(slow) >o.json 2>errors &
      until grep -q '"probe":"test.quick"' o.json; do sleep 0.1; done
      kill -INT $!
      wait $!
      """
    let result = try await Command.host("bash", ["-c", script], in: scratch.url)
    #expect(result.status == 130, "\(result)")
    #expect(try text("errors").contains("interrupted; 1 of 4 cells were settled"))
    let junit = try await python(
      """
      import sys
      from lxml import etree
      from junitparser import JUnitXml
      etree.XMLSchema(etree.parse(sys.argv[1])).assertValid(etree.parse(sys.argv[2]))
      suites = list(JUnitXml.fromfile(sys.argv[2]))
      print([(s.tests, s.errors, s.failures, s.skipped) for s in suites])
      """, [readers.appending(path: "junit-10.xsd").path, path("o.xml")])
    #expect(junit.output == "[(2, 1, 0, 0), (2, 2, 0, 0)]\n", "\(junit)")
    let ktap = try await python(
      """
      import sys
      sys.path.insert(0, sys.argv[1])
      import kunit_parser
      c = kunit_parser.parse_run_tests(open(sys.argv[2]).read().splitlines()).counts
      print(c.passed, c.failed, c.crashed, c.skipped, c.errors)
      """, [readers.appending(path: "kunit").path, path("o.ktap")])
    #expect(ktap.output.split(separator: "\n").last == "1 3 0 0 0", "\(ktap)")
    #expect(try text("o.md").hasPrefix("## Not all could be told\n"))
    #expect(try text("o.txt").contains("4 cells: 1 good, 3 infra. Not all could be told."))
    #expect(try text("o.json").split(separator: "\n").last?.contains(#""status":130"#) == true)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: scratch.url.appending(path: name), encoding: .utf8)
  }
}
