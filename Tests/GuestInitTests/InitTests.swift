import GuestInit
import Testing
import VerdictStream

@Suite struct `The init` {
  @Test func `runs the probes of the plan in its order and says so from hello to done`() {
    var guest = Guest()
    guest.plan?.probes = ["c.three", "a.one"]
    let records = guest.run()
    #expect(records.hello?.nonce == "abc")
    #expect(records.hello?.planned == 2)
    #expect(records.hello?.release == "6.1.0")
    #expect(records.hello?.port == "/dev/ttyS1")
    #expect(records.begun == ["c.three", "a.one"])
    #expect(records.ends.map(\.probe) == ["c.three", "a.one"])
    #expect(records.done == Done(planned: 2, ended: 2))
    #expect(guest.system.isPoweredOff)
  }

  @Test func `marks each probe, and the end of the last, in the kernel's log`() {
    let guest = Guest()
    _ = guest.run()
    let marks = guest.system.calls.filter { $0.hasPrefix("log ") }
    #expect(
      marks == [
        "log <0>firstbad: probe a.one\n", "log <0>firstbad: probe b.two\n",
        "log <0>firstbad: done\n",
      ])
  }

  @Test func `calls a probe unready that is not in the image, and runs the others`() {
    var guest = Guest()
    guest.plan?.probes = ["no.such", "a.one"]
    let records = guest.run()
    #expect(records.ends.map(\.outcome) == [.unready, .pass])
    #expect(records.begun == ["a.one"])
  }

  @Test func `runs a probe that must pass several times so often, and tells the runs apart`() {
    var guest = Guest(["a.one": .pass], metadata: ["a.one": "repeat=3\n"])
    guest.plan?.probes = ["a.one", "b.two"]
    let records = guest.run()
    #expect(records.hello?.planned == 4)
    #expect(records.begun == ["a.one#1", "a.one#2", "a.one#3", "b.two"])
    #expect(records.ends.map(\.probe) == records.begun)
    #expect(records.done == Done(planned: 4, ended: 4))
    #expect(guest.system.calls.filter { $0 == "start 0" }.count == 3)
  }

  @Test func `runs what the plan numbers as often as the plan says`() {
    var guest = Guest(["a.one": .pass], metadata: ["a.one": "repeat=20\nprivate=network\n"])
    guest.plan?.probes = ["a.one#1", "a.one#2", "b.two#7", "no.such#1"]
    let records = guest.run()
    #expect(records.begun == ["a.one#1", "a.one#2", "b.two#7"])
    #expect(records.ends.map(\.outcome) == [.pass, .pass, .pass, .unready])
    #expect(guest.system.calls.contains("log <0>firstbad: probe a.one#2\n"))
  }

  @Test func `runs nothing more after a run that leaves a process behind`() {
    var guest = Guest(["a.one": Script(isImmortal: true)], metadata: ["a.one": "repeat=3\n"])
    guest.plan?.probes = ["a.one"]
    #expect(guest.run().ends.map(\.outcome) == [.stuck, .unready, .unready])
  }

  @Test func `does not stumble over entries it cannot read`() {
    let guest = Guest()
    guest.system.rows.insert((nil, .pass), at: 0)
    guest.system.rows.insert(("nonsense", .pass), at: 1)
    let records = guest.run()
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
    #expect(guest.system.calls.contains("start 2"))
  }

  @Test func `says nothing more once its port is broken, and turns the power off all the same`() {
    let guest = Guest()
    guest.system.failures["wire"] = Errno(5)
    #expect(guest.run().isEmpty)
    #expect(guest.system.wireAttempts == 1)
    #expect(guest.system.isPoweredOff)
  }

  @Test func `goes on without a release when the kernel does not tell it`() {
    let guest = Guest()
    guest.system.failures["identity"] = Errno(5)
    #expect(guest.run().hello?.release == "")
  }
}

@Suite struct `The plan` {
  @Test func `is removed before the first probe runs, as no probe has business with the nonce`() throws {
    let guest = Guest()
    _ = guest.run()
    let removed = try #require(guest.system.calls.firstIndex(of: "remove /firstbad.plan"))
    let started = try #require(guest.system.calls.firstIndex { $0.hasPrefix("start") })
    #expect(removed < started)
    #expect(guest.system.files["/firstbad.plan"] == nil)
  }

  @Test func `that is missing means all probes, on the console, for nobody in particular`() {
    var guest = Guest()
    guest.plan = nil
    let records = guest.run(nonce: "unplanned")
    #expect(records.hello?.port == "/dev/console")
    #expect(records.hello?.nonce == "unplanned")
    #expect(records.setup("/firstbad.plan")?.outcome == .absent)
    #expect(records.ends.map(\.probe) == ["a.one", "b.two", "c.three"])
    #expect(records.ends.map(\.outcome) == [.pass, .pass, .pass])
  }

  @Test func `that cannot be removed is not followed`() {
    let guest = Guest()
    guest.system.failures["remove"] = Errno(13)
    #expect(guest.run(nonce: "abc").isEmpty)
  }

  @Test func `that names no probe means all of them`() {
    var guest = Guest()
    guest.plan?.probes = []
    #expect(guest.run().ends.map(\.probe) == ["a.one", "b.two", "c.three"])
  }

  @Test(
    arguments: [
      "", "firstbad-plan 2\nend\n", "firstbad-plan 1\nnonce abc\nprobe a.one\n",
      "firstbad-plan 1\nnonce abc\nfoo bar\nprobe a.one\nend\n",
      "firstbad-plan 1\nnonce abc\ntimeout-ms 0\nprobe a.one\nend\n",
    ] as [Text])
  func `that is malformed runs no probe and never speaks under the host's nonce`(_ text: Text) {
    var guest = Guest()
    guest.plan = nil
    guest.system.files["/firstbad.plan"] = text
    #expect(guest.run(nonce: "abc").isEmpty)
    let records = guest.system.records(nonce: "unplanned")
    #expect(records.hello?.planned == 0)
    #expect(records.setups.first?.outcome == .failed)
    #expect(records.done == Done(planned: 0, ended: 0))
    #expect(!guest.system.calls.contains { $0.hasPrefix("start") })
    #expect(guest.system.isPoweredOff)
  }

  @Test func `whose port cannot be opened leads to the console`() {
    let guest = Guest()
    guest.system.failures["port /dev/ttyS1"] = .noEntry
    #expect(guest.run().hello?.port == "/dev/console")
  }
}

@Suite struct `Sysctls` {
  private let wanted: Text = "sysctl=net.one=1\nsysctl=net.two=2\nsysctl=net/eth0.1/x=3\n"

  private func guest(_ scripts: [Text: Script] = [:]) -> Guest {
    let guest = Guest(scripts, metadata: ["a.one": wanted])
    for name in ["net/one", "net/two", "net/eth0.1/x"] { guest.system.files["/proc/sys/" + name] = "old\n" }
    return guest
  }

  private func writes(_ guest: Guest) -> [String] {
    guest.system.calls.filter { $0.hasPrefix("write /proc/sys") || $0.hasPrefix("start 0") }
      .map { String($0.filter { $0 != "\n" }) }
  }

  @Test func `are set before the probe, and put back after it, last first`() {
    let guest = guest()
    #expect(guest.end()?.outcome == .pass)
    #expect(
      writes(guest) == [
        "write /proc/sys/net/one 1", "write /proc/sys/net/two 2", "write /proc/sys/net/eth0.1/x 3", "start 0",
        "write /proc/sys/net/eth0.1/x old", "write /proc/sys/net/two old", "write /proc/sys/net/one old",
      ])
    #expect(guest.system.files["/proc/sys/net/one"] == "old\n")
  }

  @Test func `are put back after a probe that hangs or crashes`() {
    for script in [Script(), Script(death: (1, .signalled("SIGSEGV")))] {
      let guest = guest(["a.one": script])
      _ = guest.run()
      #expect(guest.system.files["/proc/sys/net/two"] == "old\n")
    }
  }

  @Test func `of which one is missing make the probe unready, and the earlier ones are put back`() {
    let guest = guest()
    guest.system.files["/proc/sys/net/eth0.1/x"] = nil
    let records = guest.run()
    let end = records.end(of: "a.one")
    #expect(end?.outcome == .unready)
    #expect(end?.errno == "ENOENT")
    #expect(end?.message == "sysctl net/eth0.1/x cannot be set")
    #expect(!records.begun.contains("a.one"))
    #expect(
      writes(guest) == [
        "write /proc/sys/net/one 1", "write /proc/sys/net/two 2", "write /proc/sys/net/two old",
        "write /proc/sys/net/one old",
      ])
    #expect(records.end(of: "b.two")?.outcome == .pass)
  }

  @Test func `of which one is refused make the probe unready`() {
    let guest = guest()
    guest.system.failures["write /proc/sys/net/two"] = Errno(22)
    let end = guest.end()
    #expect(end?.outcome == .unready)
    #expect(end?.errno == "EINVAL")
    #expect(guest.system.files["/proc/sys/net/one"] == "old\n")
  }
}
