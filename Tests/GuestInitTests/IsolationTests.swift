import GuestInit
import Testing
import VerdictStream

@Suite struct `What one probe does` {
  private func calls(_ guest: Guest, _ words: Set<String>) -> [String] {
    _ = guest.run()
    return guest.system.calls.filter { call in words.contains { call.hasPrefix($0) } }
  }

  @Test func `happens among mounts of its own, unless it wants the real ones`() {
    let guest = Guest(metadata: ["b.two": "real=mounts\n"])
    _ = guest.run()
    #expect(guest.system.isolations.map(\.mounts) == [true, false])
    #expect(guest.system.isolations.map(\.processes) == [false, false])
  }

  @Test func `is not done where fewer processors run than it wants`() {
    let guest = Guest(metadata: ["a.one": "cpus=3\n", "b.two": "cpus=2\n"])
    let records = guest.run()
    #expect(records.end(of: "a.one")?.message == "it wants 3 processors, and fewer run")
    #expect(records.end(of: "a.one")?.outcome == .unready && records.end(of: "b.two")?.outcome == .pass)
  }

  @Test func `happens in a pid namespace where it says so`() {
    let guest = Guest(metadata: ["b.two": "private=pids\n"])
    _ = guest.run()
    #expect(guest.system.isolations.map(\.processes) == [false, true])
  }

  @Test func `is limited where it says so, and what comes after it not`() {
    let guest = Guest(metadata: ["a.one": "limit-memory=64\nlimit-pids=10\n"])
    _ = guest.run()
    #expect(guest.system.isolations.map(\.memoryMebibytes) == [64, 0])
    #expect(guest.system.isolations.map(\.processLimit) == [10, 0])
  }

  @Test func `happens in a network of its own, in which its sysctls are set and put back`() {
    let guest = Guest(metadata: ["a.one": "private=network\nsysctl=net.x=1\n"])
    guest.system.files["/proc/sys/net/x"] = "0\n"
    #expect(
      calls(guest, ["enter", "leave", "start", "write /proc/sys"]) == [
        "enter network", "write /proc/sys/net/x 1", "start 0", "write /proc/sys/net/x 0\n", "leave network", "start 1",
      ])
  }

  @Test func `is not done at all when the network cannot be had`() {
    let guest = Guest(metadata: ["a.one": "private=network\n"])
    guest.system.failures["enter network"] = Errno(22)
    let records = guest.run()
    #expect(records.end(of: "a.one")?.outcome == .unready)
    #expect(records.end(of: "a.one")?.errno == "EINVAL")
    #expect(guest.system.calls.contains("leave network"), "it may have been entered halfway")
    #expect(records.end(of: "b.two")?.outcome == .pass)
  }

  @Test func `ends the whole run's belief when the init cannot leave its network`() {
    let guest = Guest(metadata: ["a.one": "private=network\n"])
    guest.system.failures["leave network"] = Errno(1)
    let records = guest.run()
    #expect(records.end(of: "a.one")?.outcome == .pass)
    #expect(records.end(of: "b.two")?.outcome == .unready)
  }

  @Test(arguments: [Death.exited(0), .signalled("SIGSEGV")])
  func `to a sysctl is undone, last first, even when it crashes`(_ death: Death) {
    func wrote(_ name: Text, _ old: Text) -> (at: Int, message: Message) {
      (0, Message(kind: .restore, fields: [name, old]))
    }
    let script = Script(messages: [wrote("vm.y", "1"), wrote("vm.y", "2"), wrote("vm", "broken")], death: (1, death))
    let guest = Guest(["a.one": script])
    guest.system.files["/proc/sys/vm/y"] = "3"
    #expect(calls(guest, ["write /proc/sys/vm/y"]) == ["write /proc/sys/vm/y 2", "write /proc/sys/vm/y 1"])
    #expect(guest.system.files["/proc/sys/vm/y"] == "1")
  }

  @Test func `with a damaged notice of a sysctl undoes nothing`() {
    let script = Script(
      messages: [(0, Message(kind: .restore, fields: ["vm.y"])), Script.said("pass")], death: (1, .exited(0)))
    let guest = Guest(["a.one": script])
    guest.system.files["/proc/sys/vm/y"] = "3"
    #expect(calls(guest, ["write /proc/sys/vm/y"]).isEmpty)
  }
}

@Suite struct `On the author's machine a probe` {
  private func session(_ guest: Guest) -> (status: Int32, said: String) {
    var session = ByHand(on: guest.system)
    return (session.perform(ByHand<MockSystem>.Request(["here", "a.one"])), "\(Text(guest.system.wire))")
  }

  @Test func `runs where it can change nothing`() {
    let guest = Guest()
    #expect(session(guest).status == 0)
    let shelter = guest.system.calls.firstIndex(of: "shelter"), start = guest.system.calls.firstIndex(of: "start 0")
    #expect(shelter != nil && start != nil && (shelter ?? 0) < (start ?? 0))
  }

  @Test func `does not run when it cannot be kept from the machine`() {
    let guest = Guest()
    guest.system.failures["shelter"] = Errno(1)
    let (status, said) = session(guest)
    #expect(status == 125)
    #expect(said.contains("\"outcome\":\"unready\""))
    #expect(!guest.system.calls.contains("start 0"))
  }

  @Test func `does not run without its sysctls`() {
    let guest = Guest(metadata: ["a.one": "sysctl=vm.y=1\n"])
    #expect(session(guest).status == 125)
    #expect(!guest.system.calls.contains("start 0"))
  }
}
