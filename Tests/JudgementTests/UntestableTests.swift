import Judgement
import Testing
import VerdictStream

private let boot = "[    0.000000] Linux version 6.1.0-37 (builder@host) (gcc) #1 SMP\n"

private func dead(_ console: String, _ end: RunEnd) -> Run {
  Run().cut(after: 0, end).with { $0.console = console }
}

@Suite struct `A kernel that cannot tell is untestable` {
  @Test(arguments: [
    Case(
      "silence", dead("", .deadline(.firmware, seconds: 60)),
      .untestable(phase: .firmware, signature: "silent")),
    Case(
      "a hang in the boot", dead(boot, .deadline(.kernel, seconds: 120)),
      .untestable(phase: .kernel, signature: "hang")),
    Case(
      "a panic before hello",
      dead(boot + "[    0.5] Kernel panic - not syncing: VFS: Unable to mount root fs\n", .exited(0)),
      .untestable(phase: .kernel, signature: "Kernel panic - not syncing: VFS: Unable to mount root fs")),
    Case("an end without a word", dead(boot, .exited(0)), .untestable(phase: .kernel, signature: "ended")),
    Case("a reset in the boot", dead(boot + boot, .reset), .untestable(phase: .kernel, signature: "reset")),
    Case("a console that never stops", dead(boot, .flooded), .untestable(phase: .kernel, signature: "flood")),
    Case(
      "a WARN in the boot is no death", dead(boot + "WARNING: CPU: 0\n", .exited(0)),
      .untestable(phase: .kernel, signature: "ended")),
    Case(
      "an init that stops between hello and the probe", Run().cut(after: 2, .deadline(.`init`, seconds: 30)),
      .untestable(phase: .`init`, signature: "not reached")),
    Case(
      "a panic between hello and the probe",
      Run().cut(after: 2).with { $0.console = boot + "Kernel panic - not syncing: Fatal exception\n" },
      .untestable(phase: .`init`, signature: "not reached")),
    Case(
      "a probe behind one that killed the kernel",
      Run().cut(after: 3).saying("Kernel panic - not syncing: Fatal exception"),
      .untestable(phase: .probe, signature: "not reached"), probe: "net.two"),
    Case(
      "a pass before one that killed the kernel", Run().cut(after: 7, .deadline(.probe, seconds: 21)),
      .untestable(phase: .probe, signature: "incomplete")),
    Case(
      "an init that dies under the probe",
      Run().cut(after: 3).saying("Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b"),
      .untestable(
        phase: .probe, signature: "Kernel panic - not syncing: Attempted to kill init! exitcode=ADDRESS")),
    Case(
      "a flood under the probe", Run().cut(after: 3, .flooded), .untestable(phase: .probe, signature: "flood")
    ),
  ])
  func `for`(_ fault: Case) { #expect(fault.run.verdict(fault.probe) == fault.verdict) }

  @Test func `and what another boot may tell is marked as open`() {
    #expect(Run().cut(after: 3).finding("net.two").isUnsettled)
    #expect(Run().cut(after: 7).finding("net.one").isUnsettled)
    #expect(!Run().finding("net.one").isUnsettled)
    #expect(!Run().ending(.skip).finding("net.one").isUnsettled)
    #expect(!Run().cut(after: 3).finding("net.one").isUnsettled)
  }
}

@Suite struct `What is our own fault is infra` {
  @Test(arguments: [RunEnd.signalled(11), .exited(1), .notStarted("sandbox")])
  func `however QEMU went, and whatever the records say`(_ end: RunEnd) {
    for count in 0...Run.passing.count {
      #expect(Run().cut(after: count, end).verdict().word == "infra")
      #expect(Run().ending(.fail).cut(after: count, end).verdict().word == "infra")
    }
  }

  @Test func `such as a timer interrupt that the emulator lost`() {
    let run = dead(boot + "[    0.1] Kernel panic - not syncing: IO-APIC + timer doesn't work!\n", .exited(0))
    #expect(run.verdict().word == "infra")
    #expect(Judge(run.evidence).isEmulatorNoise)
    #expect(!Judge(Run().evidence).isEmulatorNoise)
  }

  /// A commit may break the timer, and would end every search at it.
  @Test func `and no longer when each of three boots had it, which a commit may have done`() {
    let run = dead(boot + "[    0.1] Kernel panic - not syncing: IO-APIC + timer doesn't work!\n", .exited(0))
    #expect(Judge(run.evidence, attempt: 2).finding(about: "net.one").verdict.word == "infra")
    let third = Judge(run.evidence, attempt: 3).finding(about: "net.one")
    #expect(third.verdict == .untestable(phase: .kernel, signature: "timer"))
    #expect(third.reason == "the timer was dead in each of 3 boots: the emulator's fault, or this kernel's")
    let killed = dead(boot + "[    0.1] Kernel panic - not syncing: IO-APIC + timer doesn't work!\n", .signalled(9))
    #expect(Judge(killed.evidence, attempt: 3).finding(about: "net.one").verdict.word == "infra")
  }

  @Test func `such as an end record that cannot be read, from a guest that lived on`() {
    let run = Run().cut(after: 5).with { $0.flaws = [.checksum, .sequence(expected: 5, found: 6)] }
    #expect(run.verdict().word == "infra")
    // A death on the console is evidence that needs no record.
    #expect(run.saying("BUG: unable to handle page fault").verdict().word == "bad")
  }
}

@Suite struct `A finding` {
  @Test func `keeps of each observation the last value`() {
    let run = Run().with {
      for value in [Observation.Value.integer(2), .text("three")] {
        $0.records.insert(.observation(Observation(probe: "net.one", name: "admitted", value: value)), at: 4)
      }
      $0.records.insert(.observation(Observation(probe: "net.one", name: "last", value: .integer(9))), at: 6)
    }
    let observations = run.finding().observations
    #expect(observations.map(\.name) == ["admitted", "last"])
    #expect(observations.map(\.value) == [.integer(2), .integer(9)])
  }

  @Test func `says whether the probe's own check decided`() {
    #expect(Run().ending(.fail).finding().isFailedCheck)
    #expect(!Run().ending(.fail).saying("Oops: 0000 [#1] SMP").finding().isFailedCheck)
    #expect(!Run().ending(.timeout).finding().isFailedCheck)
    #expect(!Run().finding().isFailedCheck)
  }

  @Test func `holds a kernel's words only against the probe that ran`() {
    let run = Run().saying("BUG: bad thing")
    #expect(run.finding("net.one").events.count == 1)
    #expect(run.finding("net.two").events.isEmpty)
  }

  @Test func `is not drawn from a kernel that an earlier probe has broken`() {
    let run = Run().saying("BUG: bad thing")
    #expect(run.verdict("net.two") == .untestable(phase: .probe, signature: "broken before"))
    #expect(run.finding("net.two").isUnsettled, "a fresh boot can tell")
    #expect(Run().saying("WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2").verdict("net.two") == .good)
  }
}

@Suite struct `A console that is not whole` {
  private var silenced: Run {
    Run().with { $0.console = $0.console.replacing("[    1.300000] firstbad: done\n", with: "") }
  }

  @Test func `proves no pass`() {
    #expect(silenced.verdict() == .untestable(phase: .probe, signature: "console lost"))
    #expect(silenced.ending(.fail).verdict() != .good)
  }

  @Test func `charges nobody in a shared boot when a mark is missing`() {
    let run = Run().with { $0.console = $0.console.replacing("[    1.200000] firstbad: probe net.two\n", with: "") }
    #expect(Judge(run.evidence).isAttributionLost)
    #expect(!Judge(Run().evidence).isAttributionLost)
  }

  @Test func `is allowed a kernel that has none at all`() {
    #expect(Run().with { $0.console = "" }.verdict() == .good)
  }
}

@Suite struct `The init's last mark` {
  /// Any program may write to /dev/kmsg.
  @Test func `counts for nothing in a guest that goes on until its deadline`() {
    let run = Run().with {
      $0.records = Array($0.records.prefix(7))
      $0.end = .deadline(.probe, seconds: 9)
    }
    #expect(run.verdict("net.two") == .bad(signature: "net.two: hang"))
    #expect(run.finding("net.two").isSilentHang, "it is looked at again")
    #expect(run.finding("net.one").isUnsettled, "a fresh boot can tell")
    let limited = run.with { $0.end = .outOfTime(seconds: 5) }
    #expect(limited.verdict("net.two") == .untestable(phase: .probe, signature: "out of time"))
    let over = run.with { $0.end = .exited(0) }
    #expect(over.verdict() == .infra(reason: "the guest finished, but its records did not all arrive"))
  }
}

@Suite struct `The user's own limit for the run` {
  @Test func `accuses nobody`() {
    let during = Run().cut(after: 3, .outOfTime(seconds: 5))
    #expect(during.verdict() == .untestable(phase: .probe, signature: "out of time"))
    let before = Run().cut(after: 0, .outOfTime(seconds: 5))
    #expect(before.verdict() == .untestable(phase: .kernel, signature: "out of time"))
  }
}
