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
    #expect(run.output.contains("got=1"))
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
    #expect(try await Command.firstbad(["image", "--all", "--init-only", "-o", program]).status == 0)
    #expect(try await Command.firstbad(["image", "--all", "-o", archive]).status == 0)
    func size(_ path: String) throws -> Int {
      try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }
    #expect(try size(program) <= 128 * 1024)
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

  @Test func theDoctorNamesAnAcceleratorThatWorks() async throws {
    let result = try await Command.firstbad(["doctor", "--kernel", try await TestKernels.newest()])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("KVM runs a kernel") || result.output.contains("TCG, QEMU's emulation"))
  }
}
