import Judgement
import Testing
import VerdictStream

private let oops = "[    1.150000] BUG: kernel NULL pointer dereference, address: 0000000000000010"
private let oopsSignature = "BUG: kernel NULL pointer dereference, address: ADDRESS"
private let panic = "[    1.160000] Kernel panic - not syncing: Fatal exception"
private let panicSignature = "Kernel panic - not syncing: Fatal exception"
private let warning = "[    1.150000] WARNING: CPU: 0 PID: 1 at net/core/sock.c:100 sk_alloc+0x10/0x20"

@Suite struct `Good is said` {
  @Test func `of a probe that passes in a stream that is whole`() {
    #expect(Run().verdict("net.one") == .good)
    #expect(Run().verdict("net.two") == .good)
  }

  @Test func `without the image's own version, where the file does not tell it`() {
    #expect(Run().with { $0.kernel = nil }.verdict() == .good)
  }

  @Test func `of a probe whose neighbour fails`() {
    #expect(Run().ending(.fail).verdict("net.two") == .good)
  }

  @Test func `in spite of a WARN, unless the user says otherwise`() {
    #expect(Run().saying(warning).verdict() == .good)
    #expect(Run().saying(warning).verdict(failOn: .warn).word == "bad")
    #expect(Run().saying(warning).verdict("net.two", failOn: .warn) == .good)
  }

  @Test(arguments: [
    Case("a pass without done", Run().cut(after: 8), .untestable(phase: .probe, signature: "incomplete")),
    Case(
      "a pass without done, at a deadline", Run().cut(after: 8, .deadline(.`init`, seconds: 30)),
      .untestable(phase: .probe, signature: "incomplete")),
    Case(
      "a host that thinks it is done without the record", Run().cut(after: 8, .done),
      .untestable(phase: .probe, signature: "incomplete")),
    Case(
      "done that counts fewer probes than were planned",
      Run().with { $0.records[8] = .done(Done(planned: 1, ended: 1)) },
      .infra(reason: "the stream counts 1 of 1 probes, the plan has 2")),
    Case(
      "done that counts fewer ends than came",
      Run().with { $0.records[8] = .done(Done(planned: 2, ended: 1)) },
      .infra(reason: "the stream counts 1 of 2 probes, the plan has 2")),
    Case(
      "done that counts an end that did not come", Run().with { $0.records.remove(at: 7) },
      .infra(reason: "the stream counts 2 of 2 probes, the plan has 2")),
    Case(
      "a plan of more probes than the guest knows of", Run().with { $0.planned.append("net.three") },
      .infra(reason: "the stream counts 2 of 2 probes, the plan has 3")),
    Case(
      "a nonce that is not ours", Run().with { $0.nonce = "ours" },
      .infra(reason: "the verdict stream is of another run: its nonce is 00112233445566778899aabbccddeeff")),
    Case(
      "a flaw in a stream that is done", Run().with { $0.flaws = [.sequence(expected: 9, found: 9)] },
      .infra(reason: "the verdict stream is damaged (sequence(expected: 9, found: 9))")),
    Case(
      "QEMU dead by a signal", Run().with { ($0.end, $0.complaint) = (.signalled(9), "a\nout of memory\n") },
      .infra(reason: "QEMU was killed by signal 9: a; out of memory")),
    Case(
      "QEMU ended with a status of its own", Run().with { $0.end = .exited(1) },
      .infra(reason: "QEMU ended with status 1")),
    Case(
      "QEMU never started", Run().with { $0.end = .notStarted("no such file") },
      .infra(reason: "QEMU could not be started: no such file")),
    Case("a probe that skips", Run().ending(.skip), .untestable(phase: .probe, signature: "net.one: skip")),
    Case(
      "a probe that was not ready", Run().ending(.unready),
      .untestable(phase: .probe, signature: "net.one: unready")),
    Case(
      "a probe without a result", Run().ending(.noResult),
      .untestable(phase: .probe, signature: "net.one: no result")),
    Case(
      "a probe that nobody planned", Run(), .untestable(phase: .done, signature: "not reached"),
      probe: "net.zero"),
  ])
  func `never of`(_ fault: Case) { #expect(fault.run.verdict(fault.probe) == fault.verdict) }

  @Test(arguments: [
    "6.1.0-38 (builder@host) #1 SMP Debian 6.1.140-1", "6.1.0-37 (builder@host) #2 SMP Debian 6.1.141-1",
    "6.1.0-37", "", "6.1.0-370 (builder@host) #1 SMP Debian 6.1.140-1",
  ])
  func `never when another kernel runs than the image holds`(_ image: String) {
    #expect(Run().with { $0.kernel = image }.verdict().word == "infra")
  }

  @Test func `never when another build of the same version runs`() {
    func word(_ expected: String?, _ told: Text) -> String {
      var evidence = Run().evidence
      evidence.expectedBuild = expected
      if case .hello(var hello) = evidence.records[0] {
        hello.build = told
        evidence.records[0] = .hello(hello)
      }
      return Judge(evidence, failOn: .oops).finding(about: "net.one").verdict.word
    }
    #expect(word("aa", "bb") == "infra")
    #expect(word("aa", "aa") == "good")
    // A kernel without sysfs does not tell, and of a kernel that somebody else built nobody knows.
    #expect(word("aa", "") == "good")
    #expect(word(nil, "bb") == "good")
  }

  @Test func `never of a probe whose end came twice while another has none`() {
    let run = Run().with { $0.records[7] = .probeEnd(ProbeEnd(probe: "net.one", outcome: .fail)) }
    #expect(run.verdict("net.one").word != "good")
    #expect(run.verdict("net.two").word != "good")
  }

  @Test func `never of a pass that did not begin`() {
    #expect(Run().with { $0.records.remove(at: 2) }.verdict().word == "infra")
  }

  @Test func `never when the guest had another plan in mind`() {
    let run = Run().with {
      if case .hello(var hello) = $0.records[0] {
        hello.planned = 3
        $0.records[0] = .hello(hello)
      }
    }
    #expect(run.verdict().word == "infra")
  }
}

@Suite struct `Bad is said` {
  @Test(arguments: [
    Case(
      "a failed check by its expression",
      Run().ending(.fail) { ($0.check, $0.message) = ("errno == EINVAL", "28 == 22 is false") },
      .bad(signature: "net.one: errno == EINVAL")),
    Case(
      "a FAIL by its words, numbers masked", Run().ending(.fail) { $0.message = "admitted 3 of 17" },
      .bad(signature: "net.one: admitted N of N")),
    Case(
      "a failed check, the stream cut behind it", Run().ending(.fail) { $0.check = "x" }.cut(after: 6),
      .bad(signature: "net.one: x")),
    Case("a probe that hangs", Run().ending(.timeout), .bad(signature: "net.one: timeout")),
    Case(
      "a probe that crashes", Run().ending(.crashed) { $0.signal = "SIGSEGV" },
      .bad(signature: "net.one: SIGSEGV")),
    Case(
      "a page in a bad state of which the console lost the words", Run().ending(.pass) { $0.taint = 1 << 5 },
      .bad(signature: "net.one: taint B")),
    Case("a process that does not die", Run().ending(.stuck), .bad(signature: "net.one: stuck")),
    Case("an Oops under a pass", Run().saying(oops), .bad(signature: oopsSignature)),
    Case(
      "an Oops that explains a crash", Run().ending(.crashed).saying(oops), .bad(signature: oopsSignature)),
    Case("a panic in the probe", Run().cut(after: 3).saying(panic), .bad(signature: panicSignature)),
    Case(
      "the Oops and not the panic it leads to", Run().cut(after: 4).saying(oops, panic),
      .bad(signature: oopsSignature)),
    Case(
      "a guest that hangs in the probe", Run().cut(after: 3, .deadline(.probe, seconds: 21)),
      .bad(signature: "net.one: hang")),
    Case("a guest that resets in the probe", Run().cut(after: 3, .reset), .bad(signature: "net.one: reset")),
    Case("a guest that is gone without a word", Run().cut(after: 3), .bad(signature: "net.one: reset")),
  ])
  func `of`(_ failure: Case) { #expect(failure.run.verdict(failure.probe) == failure.verdict) }

  @Test func `with the function that faulted, where the kernel names it`() {
    let rip = "[    1.151000] RIP: 0010:pkey_alloc+0x12/0x340"
    #expect(Run().saying(oops, rip).verdict() == .bad(signature: oopsSignature + " in pkey_alloc"))
  }
}
