import Judgement
import Testing
import VerdictStream

/// One probe, several times in one boot.
@Suite struct `Of several runs of a probe in one boot` {
  private func boot(_ outcomes: [Outcome], saying words: [Int: String] = [:], end: RunEnd = .done) -> Run {
    var run = Run()
    run.planned = RunName.all("net.one", times: outcomes.count)
    run.records = [Record](Run.passing.prefix(1))
    if case .hello(var hello)? = run.records.first {
      hello.planned = outcomes.count
      run.records[0] = .hello(hello)
    }
    run.console = "[    0.000000] Linux version 6.1.0-37 (builder@host) (gcc) #1 SMP Debian 6.1.140-1\n"
    for (place, outcome) in outcomes.enumerated() {
      let name = run.planned[place]
      run.records.append(.probeBegin(ProbeBegin(probe: name, timeoutMilliseconds: 1000)))
      run.records.append(.observation(Observation(probe: name, name: "run", value: .integer(place + 1))))
      var probeEnd = ProbeEnd(probe: name, outcome: outcome)
      if outcome == .fail { probeEnd.check = "a == b" }
      run.records.append(.probeEnd(probeEnd))
      run.console += "[    1.1] firstbad: probe \(name)\n" + (words[place].map { $0 + "\n" } ?? "")
    }
    if end == .done {
      run.records.append(.done(Done(planned: outcomes.count, ended: outcomes.count)))
      run.console += "[    1.3] firstbad: done\n"
    }
    run.end = end
    return run
  }

  @Test func `each has its own verdict, observations and signature, and no number is part of that`() {
    let run = boot([.pass, .fail, .pass, .timeout])
    let findings = run.planned.map { run.finding($0) }
    #expect(
      findings.map(\.verdict) == [
        .good, .bad(signature: "net.one: a == b"), .good, .bad(signature: "net.one: timeout"),
      ])
    #expect(
      findings.map { $0.observations.map(\.value) } == [[.integer(1)], [.integer(2)], [.integer(3)], [.integer(4)]])
  }

  @Test func `those after the one that broke the kernel tell nothing`() {
    let oops = "[    1.2] BUG: kernel NULL pointer dereference, address: 0000000000000000"
    let run = boot([.pass, .fail, .pass, .fail], saying: [1: oops])
    let findings = run.planned.map { run.finding($0) }
    #expect(findings[0].verdict == .good)
    #expect(findings[1].verdict.signature?.contains("NULL pointer dereference") == true)
    #expect(findings.map(\.isUnsettled) == [false, false, true, true])
  }

  @Test func `a kernel that dies in one of them is that one's doing`() {
    let panic = "[    1.2] Kernel panic - not syncing: sysrq triggered crash"
    var run = boot([.pass, .pass, .pass], saying: [2: panic], end: .exited(0))
    run.records.removeLast()
    #expect(run.verdict("net.one#3").signature?.contains("sysrq triggered crash") == true)
    let first = run.finding("net.one#1")
    #expect(first.isUnsettled)
    // Where runs are counted it is one that passed; the one that broke the kernel is none.
    #expect(first.countingPasses.verdict == .good)
    #expect(run.finding("net.one#3").countingPasses.verdict != .good)
  }
}
