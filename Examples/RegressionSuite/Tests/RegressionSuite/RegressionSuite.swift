import Firstbad
import FirstbadTesting
import Foundation
import Testing

/// What the team relies on, on each kernel.
@Suite(.consolesOnFailure) struct RegressionSuite {
  /// A probe that ships.
  @Test(arguments: try await Kernels.all.value)
  func aClientIsAdmittedWithABacklogOfNothing(kernel: Kernel) async throws {
    let report = try await kernel.run(.shipped("net.listen-backlog"))
    #expect(report.verdict == .good)
    #expect(report["admitted"]?.integer == 1)
  }

  /// A value that changed on the way: without protection keys pkey_alloc() gave EINVAL before 6.1.190.
  @Test(arguments: try await Kernels.all.value)
  func protectionKeysFailWithAnErrnoThatIsKnown(kernel: Kernel) async throws {
    let report = try await kernel.run(.shipped("mm.pkey-alloc-errno"))
    #expect(["EINVAL", "ENOSPC"].contains(report["errno"]?.text))
    #expect(report.isGood == (report["errno"] == "ENOSPC"))
  }

  /// The team's own probes, a file each, in one boot.
  @Test(arguments: try await Kernels.all.value)
  func ownProbesPass(kernel: Kernel) async throws {
    let folder = try #require(Bundle.module.url(forResource: "Probes", withExtension: nil))
    for report in try await kernel.run(try ProbeSet.folder(folder)) {
      #expect(report.isGood, "\(report)")
      #expect(report["bytes"] == 65536)
    }
  }

  /// A probe in the middle of a test.
  @Test(arguments: try await Kernels.all.value)
  func theKernelThatRunsIsTheOneOfTheFile(kernel: Kernel) async throws {
    let report = try await kernel.run(
      .source(
        """
        #include <firstbad/probe.h>
        #include <sys/utsname.h>
        PROBE("team.release", "uname(2) works")
        {
          struct utsname name;
          CHECK(uname(&name) == 0);
          OBSERVE("release", name.release);
          PASS();
        }
        """))
    #expect(report.verdict == .good)
    #expect(report["release"]?.text == kernel.release)
  }

  /// How a failure looks, and that its console is kept: off unless FIRSTBAD_SHOW_FAILURE is set. `Toolchain/examples` runs it.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["FIRSTBAD_SHOW_FAILURE"] != nil))
  func aFailureBringsItsConsole() async throws {
    let kernel = try #require(try await Kernels.all.value.first)
    let report = try await kernel.run(
      .source(
        """
        #include <firstbad/probe.h>
        PROBE("team.never", "two and two are five") { int sum = 2 + 2; CHECK_EQ(sum, 5); PASS(); }
        """))
    #expect(report.verdict == .good)
  }
}
