import Foundation
import TestKernels
import Testing

@testable import Firstbad

/// What `import Firstbad` gives: kernels, probes, reports, as plain values.
@Suite struct LibraryTests {
  private static let two = """
    #include <firstbad/probe.h>
    PROBE("test.yes", "always true") { OBSERVE("answer", 42); OBSERVE("word", "yes"); PASS(); }
    PROBE("test.no", "never true") { int sum = 2 + 2; CHECK_EQ(sum, 5); PASS(); }
    """

  @Test func aReportSaysEverything() async throws {
    let kernel = try Kernel(file: URL(filePath: try await TestKernels.newest()))
    #expect(kernel.release?.hasPrefix("6.1.0-") == true)
    #expect(kernel.title.contains(" ("))
    let reports = try await Command.withRoom {
      try await kernel.run([.source(Self.two), .shipped("guest.self-check")])
    }
    try #require(reports.map(\.probe) == ["test.no", "test.yes", "guest.self-check"])
    let (no, yes) = (reports[0], reports[1])
    #expect(yes.verdict == .good && yes.outcome == .pass && yes.isGood && yes.signature == nil)
    #expect(yes["answer"] == 42 && yes["word"] == "yes" && yes["none"] == nil)
    #expect(no.verdict == .bad(signature: "test.no: sum == 5") && no.outcome == .fail)
    #expect(no.reason.contains("4 == 5 is false (probe.c:3)"))
    #expect(reports[2].isGood)
    #expect(yes.running == kernel.release)
    #expect(yes.consoleText?.contains("Linux version 6.1.0-") == true)
    #expect(yes.recordLines.last?.contains(#""record":"done""#) == true)
    #expect(yes.command.map { FileManager.default.fileExists(atPath: $0.path) } == true)
    #expect(yes.duration > .milliseconds(100))
  }

  @Test func aProgramOfOthersIsAProbe() async throws {
    let kernel = try Kernel(file: URL(filePath: try await TestKernels.newest()))
    let test = URL(filePath: "/usr/bin/test")
    let reports = try await Command.withRoom {
      try await kernel.run([
        .program(URL(filePath: "/bin/false")), .program(test, arguments: ["a", "=", "a"]),
        .program(test, arguments: ["a", "=", "b"]),
      ])
    }
    #expect(reports.map(\.verdict.word) == ["bad", "good", "bad"])
    #expect(reports[1].probe == "exec.test" && reports[2].probe.hasPrefix("exec.test-"))
  }

  /// Two builds of one program, each with its own library beside it.
  @Test func programsOfSeveralFoldersKeepTheirOwnLibraries() async throws {
    let scratch = try Scratch()
    var programs: [Probe] = []
    for number in [3, 4] {
      let library = try scratch.file("\(number)/own.c", "int own(void) { return \(number); }\n")
      let folder = URL(filePath: library).deletingLastPathComponent()
      let source = try scratch.file("\(number)/main.c", "int own(void); int main(void) { return own() - \(number); }\n")
      let object = folder.appending(path: "libown.so").path, program = folder.appending(path: "main").path
      for words in [
        ["-shared", "-fPIC", library, "-o", object],
        [source, "-o", program, "-L\(folder.path)", "-lown", "-Wl,-rpath,$ORIGIN"],
      ] {
        let result = try await Command.host("gcc", words)
        try #require(result.status == 0, "\(result.errors)")
      }
      programs.append(.program(URL(filePath: program)))
    }
    let kernel = try Kernel(file: URL(filePath: try await TestKernels.newest()))
    let reports = try await Command.withRoom { [programs] in try await kernel.run(ProbeSet(programs)) }
    #expect(reports.map(\.verdict) == [.good, .good], "\(reports.map(\.reason))")
  }

  @Test func modulesAreFetchedUnlessTheOptionsSayOtherwise() {
    var options = GuestOptions()
    #expect(options.runOptions.fetchModules != nil)
    options.fetchesModules = false
    #expect(options.runOptions.fetchModules == nil)
  }

  @Test func oneOfSeveralProbesIsNamedByItsID() async throws {
    let scratch = try Scratch()
    let file = URL(filePath: try scratch.file("two.c", Self.two))
    let kernel = try Kernel(file: URL(filePath: try await TestKernels.newest()))
    let report = try await Command.withRoom { try await kernel.run(.file(file, only: "test.yes")) }
    #expect(report.isGood && report.probe == "test.yes")
    await #expect(throws: FirstbadError.self) { try await kernel.run(.file(file, only: "test.none")) }
  }

  @Test func kernelsOfPackagesComeOldestFirst() async throws {
    let kernels = try await Kernel.packages(matching: TestKernels.pattern)
    #expect(kernels.count >= 2)
    #expect(kernels.first?.file.path == (try await TestKernels.oldest()))
    #expect(kernels.last?.package?.name.hasPrefix("linux-image-6.1.0-") == true)
  }

  /// One sentence each, with a remedy.
  @Test func whatCannotBeRunIsAnErrorWithARemedy() async throws {
    let kernel = try Kernel(file: URL(filePath: try await TestKernels.newest()))
    let cases: [(Probe, FirstbadError.Kind, String)] = [
      (.shipped("no.such"), .usage, "no shipped probe is called no.such; 'firstbad list' shows them"),
      (.source("int x;"), .badInput, "probe.c defines no probe; a probe is written"),
      (.source("PROBE("), .doesNotCompile, "probe.c does not compile"),
      (.file(URL(filePath: "/no/such.c")), .badInput, "/no/such.c cannot be read; check the path of the probe"),
      (.program(URL(filePath: "/etc/passwd")), .badInput, "is no program for x86-64; a script needs an interpreter"),
    ]
    for (probe, kind, words) in cases {
      let error = await #expect(throws: FirstbadError.self) { try await kernel.run(probe) }
      #expect(
        error?.kind == kind && error?.description.contains(words) == true, "\(probe): \(String(describing: error))")
      #expect(error?.remedy != nil || kind == .doesNotCompile)
    }
    let none = #expect(throws: FirstbadError.self) { try Kernel(file: URL(filePath: "/etc/passwd")) }
    #expect(none?.message == "/etc/passwd is no kernel" && none?.remedy != nil)
  }

  @Test func aKernelWithoutInitramfsIsUntestableAndNoError() async throws {
    let kernel = try Kernel(file: URL(filePath: try TestKernels.built("no-initramfs")))
    let report = try await Command.withRoom { try await kernel.run(.source(Self.two, name: "two.c"), only: "test.yes") }
    #expect(report?.verdict.word == "untestable" && report?.outcome == nil)
    #expect(report?.consoleText?.contains("panic") == true)
  }
}

extension Kernel {
  fileprivate func run(_ probe: Probe, only id: String) async throws -> Report? {
    try await run(ProbeSet([probe])).first { $0.probe == id }
  }
}
