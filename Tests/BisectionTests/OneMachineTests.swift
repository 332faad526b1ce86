import HostSystem
import Testing

@testable import Bisection

@Suite struct `The machine of a bisection` {
  @Test func `is the first that ran a kernel, and another one is refused`() throws {
    let machine = OneMachine(nil)
    #expect(machine.name == nil)
    #expect(try machine.require("TCG") == "TCG")
    #expect(try machine.require("TCG") == "TCG")
    let failure = #expect(throws: Failure.self) { try machine.require("KVM") }
    #expect(failure?.message.contains("by TCG until now and would be run by KVM") == true)
    #expect(machine.name == "TCG")
  }

  @Test func `is the ledger's where a session is gone on with`() {
    #expect(throws: Failure.self) { try OneMachine("KVM").require("TCG") }
  }
}
