import Judgement
import Testing

@testable import VirtualMachine

/// Whether KVM runs kernels is asked of a kernel without an init.
@Suite struct `KVM is believed` {
  private func death(_ panic: String) throws -> KernelEvent {
    var console = ConsoleReader()
    console.feed(Array("[    0.9] Kernel panic - not syncing: \(panic)\n".utf8))
    return try #require(console.events.first)
  }

  /// The words of 2.6 to 7.x, init/main.c and init/do_mounts.c.
  @Test(arguments: [
    "VFS: Unable to mount root fs on unknown-block(0,0)", "VFS: Unable to mount root fs on \"\" or unknown-block(0,0)",
    "No working init found.  Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance.",
    "No init found.  Try passing init= option to kernel.",
  ])
  func `when the kernel comes to the end that it has without an init`(_ panic: String) throws {
    #expect(AcceleratorTrial.isWanted(try death(panic)))
  }

  @Test(arguments: [
    "IO-APIC + timer doesn't work!  Boot with apic=debug and send a report.", "Fatal exception in interrupt",
    "Attempted to kill the idle task!",
  ])
  func `and not when it dies on its way there`(_ panic: String) throws {
    #expect(!AcceleratorTrial.isWanted(try death(panic)))
  }
}
