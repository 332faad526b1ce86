import GuestInit
import VerdictStream

/// A guest with a plan, three probes and every file that they want.
struct Guest {
  let system = MockSystem()
  var plan: Plan?

  init(_ scripts: [Text: Script] = [:], metadata: [Text: Text] = [:]) {
    var plan = Plan()
    plan.nonce = "abc"
    plan.port = "/dev/ttyS1"
    plan.probes = ["a.one", "b.two"]
    self.plan = plan
    for id in ["a.one", "b.two", "c.three"] as [Text] {
      let text: Text = "id=" + id + "\nsummary=s\n" + (metadata[id] ?? "")
      system.rows.append((text, scripts[id] ?? .pass))
    }
    system.files = ["/dev/kmsg": "", "/proc/uptime": "1.00 1.00\n", "/proc/sys/kernel/tainted": "0\n"]
  }

  /// Runs the init; the records it sent under this nonce.
  func run(nonce: Text = "abc") -> [Record] {
    if let plan { system.files["/firstbad.plan"] = plan.text }
    var guest = Init(on: system)
    guest.run()
    return system.records(nonce: nonce)
  }

  /// The end of one probe after a run.
  func end(of probe: Text = "a.one") -> ProbeEnd? { run().end(of: probe) }
}

extension [Record] {
  func end(of probe: Text) -> ProbeEnd? {
    for case .probeEnd(let end) in self where end.probe == probe { return end }
    return nil
  }

  var ends: [ProbeEnd] { compactMap { if case .probeEnd(let end) = $0 { end } else { nil } } }

  var setups: [Setup] { compactMap { if case .setup(let setup) = $0 { setup } else { nil } } }

  func setup(_ target: Text) -> Setup? { setups.first { $0.target == target } }

  var begun: [Text] { compactMap { if case .probeBegin(let begin) = $0 { begin.probe } else { nil } } }

  var output: Text {
    reduce(into: Text()) { if case .output(let output) = $1 { $0.append(output.text) } }
  }

  var observations: [Observation] {
    compactMap { if case .observation(let observation) = $0 { observation } else { nil } }
  }

  var done: Done? { if case .done(let done)? = last { done } else { nil } }

  var hello: Hello? { if case .hello(let hello)? = first { hello } else { nil } }
}
