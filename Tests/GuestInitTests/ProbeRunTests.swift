import GuestInit
import Testing
import VerdictStream

/// What a probe's processes do, and what the init must make of it.
private struct Case: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let script: @Sendable () -> Script
  let outcome: Outcome

  init(_ description: String, _ outcome: Outcome, _ script: @escaping @Sendable () -> Script) {
    testDescription = description
    self.outcome = outcome
    self.script = script
  }
}

@Suite struct `The outcome of a probe` {
  @Test(arguments: [
    Case("PASS and an exit with 0", .pass) { .pass },
    Case("PASS, and processes left behind that die when told to", .pass) {
      Script(messages: [Script.said("pass")], death: (1, .exited(0)), helpers: 3)
    },
    Case("FAIL", .fail) { Script(messages: [Script.said("fail")], death: (1, .exited(1))) },
    Case("FAIL, although the status is 0", .fail) {
      Script(messages: [Script.said("fail")], death: (1, .exited(0)))
    },
    Case("SKIP", .skip) { Script(messages: [Script.said("skip")], death: (1, .exited(1))) },
    Case("PASS with exit status 1", .noResult) {
      Script(messages: [Script.said("pass")], death: (1, .exited(1)))
    },
    Case("nothing said", .noResult) { Script(death: (1, .exited(0))) },
    Case("a word that is no result", .noResult) {
      Script(messages: [Script.said("great")], death: (1, .exited(0)))
    },
    Case("a word that only the init may say", .noResult) {
      Script(messages: [Script.said("timeout")], death: (1, .exited(0)))
    },
    Case("a result with a field too few", .noResult) {
      Script(messages: [(0, Message(kind: .end, fields: ["pass"]))], death: (1, .exited(0)))
    },
    Case("PASS from the probe, FAIL from a helper", .fail) {
      Script(messages: [Script.said("pass"), Script.said("fail")], death: (1, .exited(0)))
    },
    Case("FAIL from a helper before PASS", .fail) {
      Script(messages: [Script.said("fail"), Script.said("pass")], death: (1, .exited(0)))
    },
    Case("SKIP from a helper", .skip) {
      Script(messages: [Script.said("pass"), Script.said("skip")], death: (1, .exited(0)))
    },
    Case("FAIL beats SKIP", .fail) {
      Script(messages: [Script.said("skip"), Script.said("fail")], death: (1, .exited(1)))
    },
    Case("PASS, and then killed by a signal", .crashed) {
      Script(messages: [Script.said("pass")], death: (1, .signalled("SIGSEGV")))
    },
    Case("killed by a signal", .crashed) { Script(death: (1, .signalled("SIGBUS"))) },
    Case("running at its deadline", .timeout) { Script() },
    Case("PASS, and running at its deadline", .timeout) { Script(messages: [Script.said("pass")]) },
    Case("a process that does not die", .stuck) { Script(isImmortal: true) },
    Case("PASS, but observations were lost", .noResult) {
      Script(messages: [Script.said("pass")], death: (1, .exited(0)), dropped: 1)
    },
    Case("FAIL, and observations were lost", .fail) {
      Script(messages: [Script.said("fail")], death: (1, .exited(1)), dropped: 1)
    },
  ])
  fileprivate func `is decided by what it said and how it died`(_ probe: Case) {
    let guest = Guest(["a.one": probe.script()])
    let records = guest.run()
    #expect(records.end(of: "a.one")?.outcome == probe.outcome)
    #expect(records.done == Done(planned: 2, ended: 2))
  }

  @Test func `tells how far it came when it does not say so itself`() {
    let scripts = [
      Script(death: (1, .signalled("SIGSEGV")), reached: "a.c:12"), Script(death: (1, .exited(0)), reached: "a.c:12"),
      Script(reached: "a.c:12"),
    ]
    for script in scripts { #expect(Guest(["a.one": script]).end()?.location == "a.c:12") }
    #expect(Guest(["a.one": Script()]).end()?.message == "still running at its deadline, 10 s")
  }

  @Test func `carries the failed check as it was said`() {
    let script = Script(messages: [Script.said("fail", "2 == 1 is false")], death: (3, .exited(1)))
    let end = Guest(["a.one": script]).end()
    #expect(
      (end?.message, end?.check, end?.location, end?.errno) == (
        "2 == 1 is false", "x == 1", "a.c:7", "EINVAL"
      ))
    #expect(end?.status == 1)
    #expect(end?.signal == "")
  }

  @Test func `carries the signal that ended it`() {
    let end = Guest(["a.one": Script(death: (1, .signalled("SIGSEGV")))]).end()
    #expect((end?.signal, end?.status) == ("SIGSEGV", -1))
  }

  @Test func `carries the taint that the probe brought about, and not what was there`() {
    let guest = Guest()
    guest.system.files["/proc/sys/kernel/tainted"] = "4096\n"
    guest.system.onStart = { $0.files["/proc/sys/kernel/tainted"] = "4608\n" }
    #expect(guest.end()?.taint == 512)
  }

  @Test func `is unready when its process cannot be started`() {
    let guest = Guest()
    guest.system.failures["start 0"] = Errno(5)
    let records = guest.run()
    #expect(records.end(of: "a.one")?.outcome == .unready)
    #expect(records.end(of: "a.one")?.errno == "EIO")
    #expect(records.end(of: "b.two")?.outcome == .pass)
  }
}

@Suite struct `No probe holds the init up` {
  @Test func `longer than its deadline, and then everything of it is killed`() throws {
    let guest = Guest(["a.one": Script(helpers: 2)], metadata: ["a.one": "timeout=250\n"])
    let end = try #require(guest.end())
    #expect(end.outcome == .timeout)
    #expect((250...300).contains(end.durationMilliseconds))
    #expect(guest.system.calls.contains("kill 101"))
  }

  @Test(arguments: [0, 1] as [Int32])
  func `and what the kernel started is killed, though it is nobody's child`(strangers: Int32) throws {
    let guest = Guest(["a.one": .pass])
    guest.system.strangers = strangers
    #expect(try #require(guest.end()).outcome == .pass)
    #expect(guest.system.calls.contains("kill 101") == (strangers > 0))
  }

  @Test func `and what it said is told before it is killed, as a kernel may die of that`() throws {
    let seen = Message(kind: .observedInteger, fields: ["late", "7"])
    let guest = Guest(["a.one": Script(messages: [(95, seen)])], metadata: ["a.one": "timeout=100\n"])
    #expect(guest.end()?.outcome == .timeout)
    let calls = guest.system.calls
    let kill = try #require(calls.firstIndex(of: "kill 101"))
    // One for each wait of ten milliseconds, the one that meets the deadline among them.
    #expect(calls[..<kill].count { $0 == "acknowledge" } == 10)
  }

  @Test func `nor is it late because the init was: what ended in time is not called a timeout`() throws {
    // Its output is so much that the deadline comes while it is read.
    var script = Script(messages: [Script.said("pass")], death: (15, .exited(0)))
    script.endless = Text([UInt8](repeating: 120, count: 512))
    let end = try #require(Guest(["a.one": script], metadata: ["a.one": "timeout=20\n"]).end())
    #expect(end.outcome == .pass)
    #expect(end.durationMilliseconds > 20)
  }

  @Test func `and the plan may stretch the deadline`() throws {
    var guest = Guest(["a.one": Script()], metadata: ["a.one": "timeout=250\n"])
    guest.plan?.timeoutPercent = 300
    let records = guest.run()
    #expect(records.contains(.probeBegin(ProbeBegin(probe: "a.one", timeoutMilliseconds: 750))))
    #expect((750...800).contains(records.end(of: "a.one")?.durationMilliseconds ?? 0))
    #expect(guest.system.patience == 300)
  }

  @Test(arguments: [MockSystem.Mounts.asTheyWere, .renewed])
  func `whose mounts are looked at is judged as it was, whether they are renewed or not`(_ mounts: MockSystem.Mounts) {
    let guest = Guest()
    guest.system.mounts = mounts
    #expect(guest.run().ends.map(\.outcome) == [.pass, .pass])
    #expect(guest.system.calls.count { $0 == "check mounts" } == 2)
  }

  // Who renews them unmounts what the probe left; where that hangs the kernel is not fit for another probe.
  @Test func `whose mounts cannot be renewed is stuck, and no other is run`() {
    let guest = Guest()
    guest.system.mounts = .renewedByWhoHangs
    #expect(guest.run().ends.map(\.outcome) == [.stuck, .unready])
  }

  @Test func `even when it never dies: it is stuck after two seconds`() throws {
    let guest = Guest(["a.one": Script(isImmortal: true)], metadata: ["a.one": "timeout=100\n"])
    let end = try #require(guest.end())
    #expect(end.outcome == .stuck)
    #expect(end.durationMilliseconds < 2300)
    #expect(guest.system.isPoweredOff)
  }

  // What does not die would be found by every later probe too, and each would be called stuck.
  @Test func `nor is a later probe accused of what an earlier one left behind`() {
    let guest = Guest(["a.one": Script(isImmortal: true)])
    let records = guest.run()
    #expect(records.ends.map(\.outcome) == [.stuck, .unready])
    #expect(records.begun == ["a.one"])
    #expect(records.done == Done(planned: 2, ended: 2))
  }

  @Test func `even when it prints without end`() {
    let script = Script(endless: Text([UInt8](repeating: 0x79, count: 512)))
    var guest = Guest(["a.one": script], metadata: ["a.one": "timeout=500\n"])
    guest.plan?.outputLimit = 1000
    let records = guest.run()
    let end = records.end(of: "a.one")
    #expect(end?.outcome == .timeout)
    #expect((end?.durationMilliseconds ?? .max) < 1000)
    #expect(records.output.bytes.count == 1000)
    #expect((end?.outputDropped ?? 0) > 0)
  }
}

@Suite struct `What a probe says` {
  @Test func `quantities and samples get on the wire, and what is scribbled on does not`() {
    func said(_ kind: Message.Kind, _ fields: Text...) -> (at: Int, message: Message) {
      (0, Message(kind: kind, fields: fields))
    }
    let guest = Guest([
      "a.one": Script(
        messages: [
          said(.observedQuantity, "stack", "bytes", "8192"), said(.observedQuantity, "odd", "bytes", "many"),
          said(.observedSamples, "sleep", "ns", "1000", "30 10 20"), said(.observedSamples, "none", "ns", "0", ""),
          said(.observedSamples, "few", "ns", "1", "1 2"), said(.observedSamples, "short", "ns", "1"),
          said(.observedQuantity, "unit", "twenty-one bytes long", "1"), Script.said("pass", at: 1),
        ], death: (2, .exited(0)))
    ])
    let seen = guest.run().observations
    #expect(seen.map(\.name) == ["stack", "sleep", "unit"])
    #expect(seen.first?.value == .quantity(Quantity(8192, unit: "bytes")))
    #expect(seen.dropFirst().first?.value.words == "20ns(p99=30ns,n=1000)")
    #expect(seen.last?.value == .quantity(Quantity(1, unit: "twenty-one bytes")))
  }

  @Test func `is on the wire before the probe goes on, and even when it then dies`() throws {
    func observed(_ name: Text, _ value: Text, _ kind: Message.Kind, at: Int) -> (at: Int, message: Message) {
      (at, Message(kind: kind, fields: [name, value]))
    }
    let script = Script(
      messages: [
        observed("errno", "ENOSPC", .observedText, at: 0), observed("n", "-3", .observedInteger, at: 20),
        observed("odd", "x", .observedInteger, at: 40),
      ], death: (60, .signalled("SIGKILL")))
    let guest = Guest(["a.one": script])
    let records = guest.run()
    #expect(
      records.observations == [
        Observation(probe: "a.one", name: "errno", value: .text("ENOSPC")),
        Observation(probe: "a.one", name: "n", value: .integer(-3)),
        Observation(probe: "a.one", name: "odd", value: .text("x")),
      ])
    #expect(records.end(of: "a.one")?.outcome == .crashed)
    #expect(guest.system.calls.contains("acknowledge"))
  }

  @Test func `is relayed to its end, what came just before death included`() {
    let script = Script(
      output: [(0, "one\n"), (20, "two\n"), (20, "three\n")], messages: [Script.said("pass", at: 20)],
      death: (20, .exited(0)))
    let records = Guest(["a.one": script]).run()
    #expect(records.output == "one\ntwo\nthree\n")
    #expect(records.end(of: "a.one")?.outcome == .pass)
  }

  @Test func `is kept up to the limit, and the rest is counted`() {
    let script = Script(
      output: [(0, "12345678"), (0, "90abcd"), (0, "efgh")], messages: [Script.said("pass")],
      death: (1, .exited(0)))
    var guest = Guest(["a.one": script])
    guest.plan?.outputLimit = 10
    let records = guest.run()
    #expect(records.output == "1234567890")
    #expect(records.end(of: "a.one")?.outputDropped == 8)
    #expect(records.end(of: "a.one")?.outcome == .pass)
  }
}
