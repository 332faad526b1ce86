import Foundation
import Testing

@testable import Judgement

/// Consoles of real guests in which the event was really caused: by lkdtm in a kernel built from 6.1.192
/// (Toolchain/test-kernels), by sysrq, by a missing root file system and by a probe that eats all memory in
/// Debian's 6.1.192-2. What the kernel said first, and how it is called.
@Suite struct `A real console` {
  @Test(arguments: [
    ("panic", KernelEvent.Severity.dead, "Kernel panic - not syncing: dumptest"),
    ("sysrq-crash", .dead, "Kernel panic - not syncing: sysrq triggered crash"),
    ("no-root", .dead, "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(N,N)"),
    ("bug", .broken, "kernel BUG at drivers/misc/lkdtm/bugs.c:N! in lkdtm_BUG"),
    ("exception", .broken, "BUG: kernel NULL pointer dereference, address: ADDRESS in lkdtm_EXCEPTION"),
    ("access-null", .broken, "BUG: kernel NULL pointer dereference, address: ADDRESS in lkdtm_ACCESS_NULL"),
    ("exec-null", .broken, "BUG: kernel NULL pointer dereference, address: ADDRESS"),
    ("write-ro", .broken, "BUG: unable to handle page fault for address: ADDRESS in lkdtm_WRITE_RO"),
    (
      "stack-guard-page-leading", .broken,
      "BUG: TASK stack guard page was hit at (____ptrval____) (stack is (____ptrval____)..(____ptrval____))"
        + " in lkdtm_STACK_GUARD_PAGE_LEADING"
    ),
    ("warning", .warning, "WARNING: at drivers/misc/lkdtm/bugs.c:N lkdtm_WARNING"),
    ("hung-task", .warning, "INFO: task init:N blocked for more than N seconds."),
    ("softlockup", .warning, "watchdog: BUG: soft lockup - stuck for Ns! [init:N] in lkdtm_SOFTLOCKUP"),
  ])
  func `says what went wrong and where`(
    _ name: String, _ severity: KernelEvent.Severity, _ signature: String
  ) throws {
    let first = try #require(try read(name).events.first)
    #expect(first.severity == severity)
    #expect(first.signature == signature)
    if name != "no-root" { #expect(first.probe?.hasPrefix("test.") == true, "it belongs to the probe that ran") }
  }

  @Test func `tells a refcount's WARN by the function that warned`() throws {
    let event = try #require(try read("refcount-inc-overflow").events.first)
    #expect(event.severity == .warning)
    #expect(event.signature.hasPrefix("WARNING: at lib/refcount.c:N refcount_warn_saturate"))
  }

  @Test func `of a process killed for its memory is no trouble of the kernel`() throws {
    #expect(try read("out-of-memory").events.isEmpty)
  }

  @Test(arguments: ["panic", "bug", "warning", "hung-task", "out-of-memory", "sysrq-crash"])
  func `has one banner`(_ name: String) throws {
    #expect(try read(name).banners == 1)
  }

  private func read(_ name: String) throws -> ConsoleReader {
    let file = try #require(Bundle.module.url(forResource: name, withExtension: "log", subdirectory: "Consoles"))
    var console = ConsoleReader()
    console.feed(try Data(contentsOf: file))
    return console
  }
}
