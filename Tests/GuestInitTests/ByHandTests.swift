import GuestInit
import Testing
import VerdictStream

@Suite struct `By hand the init` {
  private func session(
    _ arguments: [Text], _ scripts: [Text: Script] = [:], metadata: [Text: Text] = [:]
  ) -> (status: Int32, said: String, system: MockSystem) {
    let guest = Guest(scripts, metadata: metadata)
    var session = ByHand(on: guest.system)
    let status = session.perform(ByHand<MockSystem>.Request(arguments))
    return (status, "\(Text(guest.system.wire))", guest.system)
  }

  @Test func `lists its probes`() {
    let (status, said, system) = session(["list"])
    #expect(status == 0)
    #expect(said == "a.one\ts\nb.two\ts\nc.three\ts\n")
    #expect(system.calls.isEmpty)
  }

  @Test(arguments: [[], ["help"], ["run"], ["list", "x"], ["run", "a", "b"], ["--help"]] as [[Text]])
  func `says how it is used, and that is no success`(_ arguments: [Text]) {
    let (status, said, system) = session(arguments)
    #expect(status >= 128)
    #expect(said.hasPrefix("usage: "))
    #expect(system.calls.isEmpty)
  }

  @Test func `does not know a probe that is not there`() {
    let (status, _, system) = session(["run", "no.such"])
    #expect(status >= 128)
    #expect(system.calls.isEmpty)
  }

  @Test(
    arguments: [
      (Script.said("pass"), 0, 0), (Script.said("fail"), 1, 1), (Script.said("skip"), 1, 125),
      (Script.said("pass"), 1, 125),
    ] as [((at: Int, message: Message), Int, Int32)])
  func `ends with the status that git bisect run understands`(
    _ message: (at: Int, message: Message), _ exit: Int, _ status: Int32
  ) {
    let script = Script(messages: [message], death: (1, .exited(exit)))
    #expect(session(["run", "a.one"], ["a.one": script]).status == status)
  }

  @Test func `calls a crash and a hang bad`() {
    #expect(session(["run", "a.one"], ["a.one": Script(death: (1, .signalled("SIGSEGV")))]).status == 1)
    #expect(session(["run", "a.one"], ["a.one": Script()]).status == 1)
    #expect(session(["run", "a.one"], ["a.one": Script(isImmortal: true)]).status == 1)
  }

  @Test func `mounts nothing, writes nothing and leaves the power on, whatever the probe wants`() {
    let metadata: [Text: Text] = ["a.one": "sysctl=net.one=1\ntimeout=50\n"]
    for script in [Script.pass, Script(), Script(helpers: 2)] {
      let (_, said, system) = session(["run", "a.one"], ["a.one": script], metadata: metadata)
      let words = Set(system.calls.map { String($0.prefix { $0 != " " }) })
      #expect(words.isSubset(of: ["start", "acknowledge", "kill", "close"]))
      #expect(said.contains("not set, as this is no guest: sysctl net.one=1"))
    }
  }
}
