import Foundation
import HostSystem
import TestKernels
import Testing

/// Writing a probe, from nothing to a verdict.
@Suite struct AuthoringTests {
  @Test func theScaffoldCompilesAndPasses() async throws {
    let scratch = try Scratch()
    let made = try await Command.firstbad(["new", "fs.zero-reads-zero"], in: scratch.url)
    #expect(made.status == 0)
    #expect(made.output == "fs.zero-reads-zero.c\n")
    let again = try await Command.firstbad(["new", "fs.zero-reads-zero"], in: scratch.url)
    #expect(again.status >= 128, "an existing file is never overwritten")
    let run = try await Command.firstbad(
      ["run", "--kernel", try await TestKernels.newest(), "fs.zero-reads-zero.c"], in: scratch.url)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains("got=6"))
  }

  @Test func aProbeMayBeTriedByHandWithoutAnyGuest() async throws {
    let scratch = try Scratch()
    let program = scratch.url.appending(path: "init").path
    #expect(try await Command.firstbad(["image", "--init-only", "-o", program, "mm.pkey-alloc-errno"]).status == 0)
    let list = try await Command.host(program, ["list"])
    #expect(list.status == 0)
    #expect(list.output.contains("mm.pkey-alloc-errno\tpkey_alloc()"))
    let run = try await Command.host(program, ["run", "mm.pkey-alloc-errno"])
    #expect(run.output.contains(#""record":"probe-end","probe":"mm.pkey-alloc-errno""#))
    #expect([0, 1, 125].contains(run.status))
    #expect(try await Command.host(program, ["run", "no.such"]).status == 128)
    #expect(try await Command.host(program, []).status == 128)
  }

  @Test func shippedProbesAndOnesOwnShareAnImage() async throws {
    let scratch = try Scratch()
    let own = try scratch.file(
      "own.c",
      """
      #include <firstbad/probe.h>
      PROBE("test.own", "one of mine") { PASS(); }
      """)
    let run = try await Command.firstbad(
      ["run", "--json", "--kernel", try await TestKernels.newest(), own, "guest.self-check"])
    #expect(run.status == 0, "\(run.errors)")
    let folders = run.output.matches(of: #/"log":"([^"]*)"/#).map(\.1)
    #expect(folders.count == 2)
    #expect(Set(folders).count == 1, "they want the same machine, so they share a boot")
  }

  @Test func theGuestIsSmall() async throws {
    let scratch = try Scratch()
    let program = scratch.url.appending(path: "init").path
    let archive = scratch.url.appending(path: "all.cpio.gz").path
    let own = try scratch.file("own.c", "#include <firstbad/probe.h>\nPROBE(\"test.own\", \"x\") { PASS(); }\n")
    #expect(try await Command.firstbad(["image", "--all", "--init-only", "-o", program]).status == 0)
    #expect(try await Command.firstbad(["image", "--all", "-o", archive]).status == 0)
    func size(_ path: String) throws -> Int {
      try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }
    // Fifty probes and the kit; what they cost a boot is told in DESIGN.md.
    #expect(try size(program) <= 224 * 1024)
    #expect(try size(archive) <= 112 * 1024)
    #expect(try await Command.firstbad(["image", "--init-only", "-o", program, own]).status == 0)
    // Loading modules and running a probe several times took 4 KB more than there were before.
    #expect(try size(program) <= 120 * 1024)
    // An image that is kept holds the probes named and no others.
    let three = ["net.listen-backlog", "mm.pkey-alloc-errno", "guest.self-check"]
    #expect(try await Command.firstbad(["image", "--init-only", "-o", program] + three).status == 0)
    #expect(try await Command.host(program, ["list"]).output.split(separator: "\n").count == 3)
    #expect(try size(program) <= 128 * 1024)
    #expect(try await Command.firstbad(["image", "-o", archive] + three).status == 0)
    #expect(try size(archive) <= 72 * 1024)
  }

  @Test func theSameProbesGiveTheSameBytes() async throws {
    let scratch = try Scratch()
    var images: [Data] = []
    for name in ["one", "two"] {
      let file = scratch.url.appending(path: name)
      #expect(
        try await Command.firstbad(["image", "-o", file.path, "guest.self-check", "net.listen-backlog"]).status == 0)
      images.append(try Data(contentsOf: file))
    }
    #expect(images[0] == images[1])
  }

  @Test(arguments: ["net", "fs", "mm", "time", "process", "namespaces", "security", "sysctl"])
  func everySubsystemHasATemplateThatPasses(_ subsystem: String) async throws {
    let scratch = try Scratch()
    let name = "\(subsystem).from-template"
    #expect(try await Command.firstbad(["new", name], in: scratch.url).status == 0)
    let kernel = try await TestKernels.newest()
    let run = try await Command.firstbad(["run", "--kernel", kernel, "\(name).c"], in: scratch.url)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
  }

  @Test(arguments: ["net", "fs", "time", "process", "anything"])
  func everySubsystemHasATemplateInSwiftThatPasses(_ subsystem: String) async throws {
    let scratch = try Scratch()
    let name = "\(subsystem).from-template.swift"
    #expect(try await Command.firstbad(["new", name], in: scratch.url).output == "\(name)\n")
    let kernel = try await TestKernels.newest()
    let run = try await Command.firstbad(["run", "--kernel", kernel, name], in: scratch.url)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
  }

  @Test func theOrderOfHeadersIsTold() async throws {
    let scratch = try Scratch()
    let text = """
      #include <firstbad/probe.h>
      #include <sys/ioctl.h>
      #include <linux/fs.h>
      PROBE("a.b", "c") { PASS(); }
      """
    let run = try await Command.firstbad(["list", try scratch.file("p.c", text)])
    #expect(run.status == 128 && run.errors.contains("include <linux/...> before <sys/ioctl.h>"), "\(run.errors)")
  }

  @Test func whatAProbeIsAboutCanBeAsked() async throws {
    let told = try await Command.firstbad(["explain", "mm.pkey-alloc-errno"])
    #expect(told.status == 0)
    #expect(told.output.contains("passes when: pkey_alloc() fails with ENOSPC"))
    #expect(told.output.contains("Source: Debian's changelog"))
    #expect(told.output.contains("MEASURED ON"))
    #expect(try await Command.firstbad(["explain", "no.such"]).status == 128)
  }

  @Test(arguments: [
    ("temp_folder(); PASS();", "#include <firstbad/kit.h>"),
    ("socket(1, 1, 0); PASS();", "socket is declared by #include <sys/socket.h>"),
    ("long x = MAP_SHARED; CHECK_EQ(x, 1); PASS();", "MAP_SHARED is declared by #include <sys/mman.h>"),
    ("frobnicate(); PASS();", "include the header that the function's man page names"),
    ("OBSERVE_ERNO(\"e\", 1); PASS();", "OBSERVE_ERNO is no word of probe.h; OBSERVE_ERRNO is"),
    ("long x = SYS_frobnicate; CHECK_EQ(x, 1); PASS();", "include <firstbad/syscalls.h> and say __NR_frobnicate"),
    ("return;", "not with return"), ("int x = 1; (void)x;", "end every path"),
  ])
  func anErrorTeaches(_ body: String, _ lesson: String) async throws {
    let scratch = try Scratch()
    let file = try scratch.file("p.c", "#include <firstbad/probe.h>\nPROBE(\"a.b\", \"c\")\n{ \(body)\n}\n")
    let run = try await Command.firstbad(["list", file])
    #expect(run.status == 128)
    // What is missing is missing at the end.
    let line = lesson == "end every path" ? 4 : 3
    #expect(run.errors.contains("p.c:\(line):") && run.errors.contains(lesson), "\(run.errors)")
  }

  @Test func theDoctorNamesAnAcceleratorThatWorks() async throws {
    let result = try await Command.firstbad(["doctor", "--kernel", try await TestKernels.newest()])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("KVM runs a kernel") || result.output.contains("TCG, QEMU's emulation"))
  }
}
