public import VerdictStream

/// From which severity on a kernel message makes a passing probe bad.
public enum FailOn: String, Sendable, CaseIterable {
  /// WARN, lockdep reports, stalls, and all that is worse.
  case warn
  /// BUG and Oops.
  case oops
}

/// Turns evidence into verdicts. Pure: no clock, no file, no process.
///
/// Good and bad are said only on positive evidence; what is missing is untestable or infra, by the phase in
/// which it went missing.
public struct Judge: Sendable {
  /// Signature of a probe that the boot did not come to.
  static let notReached = "not reached"
  /// Signature of a pass whose stream did not come to its end.
  static let incomplete = "incomplete"

  private let evidence: Evidence
  private let failOn: FailOn

  /// A judge of one boot.
  public init(_ evidence: Evidence, failOn: FailOn = .oops) {
    self.evidence = evidence
    self.failOn = failOn
  }

  /// A boot that the emulator spoilt is worth repeating.
  public var isEmulatorNoise: Bool { evidence.console.events.contains { $0.isEmulatorNoise } }

  /// The finding about one of the planned probes.
  public func finding(about probe: Text) -> Finding {
    let events = evidence.console.events.filter { $0.probe == probe.description }
    let (verdict, reason) = judge(probe, events)
    var observations: [(name: String, value: Observation.Value)] = []
    for observation in evidence.observations(of: probe) {
      observations.removeAll { $0.name == observation.name.description }
      observations.append((observation.name.description, observation.value))
    }
    return Finding(
      probe: probe, verdict: verdict, phase: evidence.phase, end: evidence.end(of: probe), reason: reason,
      observations: observations, events: events)
  }

  private func judge(_ probe: Text, _ events: [KernelEvent]) -> (Verdict, String) {
    if let failure = infrastructureFailure() { return (.infra(reason: failure), failure) }
    guard let hello = evidence.hello else { return withoutHello() }
    if let failure = strangeKernel(hello) { return (.infra(reason: failure), failure) }
    guard let end = evidence.end(of: probe) else { return withoutEnd(probe, events) }
    return byOutcome(probe, end, events)
  }

  // MARK: - Our side

  private func infrastructureFailure() -> String? {
    switch evidence.end {
    case .notStarted(let why): return "QEMU could not be started: \(why)"
    case .signalled(let number): return "QEMU was killed by signal \(number)\(complaint)"
    case .exited(let status) where status != 0: return "QEMU ended with status \(status)\(complaint)"
    case .done, .deadline, .exited, .reset, .flooded: break
    }
    if isEmulatorNoise { return "the emulator lost a timer interrupt; not the kernel's fault" }
    if let hello = evidence.hello, hello.nonce != evidence.nonce {
      return "the verdict stream is of another run: its nonce is \(hello.nonce)"
    }
    // A line torn by the guest's death is the death's business; a flaw in a living stream is ours.
    if !evidence.flaws.isEmpty && evidence.end == .done {
      return "the verdict stream is damaged (\(evidence.flaws[0]))"
    }
    return nil
  }

  private var complaint: String {
    let last = evidence.complaint.split(separator: "\n").last.map(String.init) ?? ""
    return last.isEmpty ? "" : ": \(last)"
  }

  private func strangeKernel(_ hello: Hello) -> String? {
    guard let expected = evidence.expectedKernel else { return nil }
    let release = hello.release.description
    if expected.hasPrefix(release + " ") && expected.hasSuffix(hello.version.description) { return nil }
    return "the kernel that runs, \(release) \(hello.version), is not the one in the image: \(expected)"
  }

  // MARK: - The kernel did not come so far

  private func withoutHello() -> (Verdict, String) {
    let phase = evidence.phase
    if let death = evidence.console.events.first(where: { $0.severity >= .broken }) {
      return (.untestable(phase: phase, signature: death.signature), "the kernel died before the init ran: \(death.line)")
    }
    let last = evidence.console.lastLine
    let said = last.isEmpty ? "without a word on the console" : "its last words: \(last)"
    switch evidence.end {
    case .deadline(_, let seconds):
      let signature = phase == .firmware ? "silent" : "hang"
      return (.untestable(phase: phase, signature: signature), "no init after \(seconds) s, \(said)")
    case .reset: return (.untestable(phase: phase, signature: "reset"), "the guest reset before the init ran")
    case .flooded: return (.untestable(phase: phase, signature: "flood"), "the console never stops, \(said)")
    default:
      return (.untestable(phase: phase, signature: "ended"), "the guest ended before the init ran, \(said)")
    }
  }

  // MARK: - The probe has no end

  private func withoutEnd(_ probe: Text, _ events: [KernelEvent]) -> (Verdict, String) {
    guard evidence.begun(probe) else {
      let why = "the probe was not reached: \(describe(evidence.end))"
      return (.untestable(phase: evidence.phase, signature: Self.notReached), why)
    }
    // An init that dies is our own fault or the guest's ruin; neither is the behaviour under test.
    if let death = events.first(where: { $0.signature.contains("Attempted to kill init") }) {
      return (.untestable(phase: .probe, signature: death.signature), "the init died: \(death.line)")
    }
    if let death = events.first(where: { $0.severity >= .broken }) {
      return (.bad(signature: death.signature), "the kernel died while the probe ran: \(death.line)")
    }
    // The end record may be what was damaged; only a death on the console needs none.
    if let flaw = evidence.flaws.first {
      let reason = "the probe's end cannot be read, as the verdict stream is damaged (\(flaw))"
      return (.infra(reason: reason), reason)
    }
    switch evidence.end {
    case .deadline(_, let seconds):
      return (.bad(signature: "\(probe): hang"), "the whole guest hung while the probe ran, for \(seconds) s")
    case .reset, .exited:
      return (.bad(signature: "\(probe): reset"), "the guest reset while the probe ran")
    case .flooded:
      return (.untestable(phase: .probe, signature: "flood"), "the guest wrote without end while the probe ran")
    case .done, .signalled, .notStarted:
      return (.infra(reason: "the stream is done without this probe"), "the stream is done without this probe")
    }
  }

  // MARK: - The probe has an end

  private func byOutcome(_ probe: Text, _ end: ProbeEnd, _ events: [KernelEvent]) -> (Verdict, String) {
    let said = end.message.description
    let worst = events.first { $0.severity >= (failOn == .warn ? .warning : .broken) }
    switch end.outcome {
    case .pass, .fail, .timeout, .crashed, .stuck:
      // What broke the kernel explains what became of the probe, and not the other way round.
      if let worst { return (.bad(signature: worst.signature), "the kernel said: \(worst.line)") }
    case .skip, .noResult, .unready: break
    }
    switch end.outcome {
    case .pass: return passed(probe)
    case .fail:
      let what = end.check.isEmpty ? Masking.signature(said[...]) : end.check.description
      let where_ = end.location.isEmpty ? "" : " (\(end.location))"
      let why = end.check.isEmpty ? said : "\(end.check): \(said)"
      return (.bad(signature: "\(probe): \(what)"), why + where_)
    case .timeout: return (.bad(signature: "\(probe): timeout"), said)
    case .crashed: return (.bad(signature: "\(probe): \(end.signal)"), said)
    case .stuck: return (.bad(signature: "\(probe): stuck"), said)
    case .skip: return (.untestable(phase: .probe, signature: "\(probe): skip"), said)
    case .noResult: return (.untestable(phase: .probe, signature: "\(probe): no result"), said)
    case .unready:
      let errno = end.errno.isEmpty ? "" : ": \(end.errno)"
      return (.untestable(phase: .probe, signature: "\(probe): unready"), said + errno)
    }
  }

  /// A pass is believed only from a stream that is whole to its last record.
  private func passed(_ probe: Text) -> (Verdict, String) {
    guard evidence.end == .done, evidence.flaws.isEmpty, case .done(let done)? = evidence.records.last else {
      return (
        .untestable(phase: evidence.phase, signature: Self.incomplete),
        "the probe passed, but the stream is not complete: \(describe(evidence.end))"
      )
    }
    let ends = evidence.records.compactMap { if case .probeEnd(let end) = $0 { end.probe } else { nil } }
    let planned = evidence.planned
    guard done.planned == planned.count, done.ended == ends.count, ends.count == planned.count else {
      let reason = "the stream counts \(done.ended) of \(done.planned) probes, the plan has \(planned.count)"
      return (.infra(reason: reason), reason)
    }
    guard ends == planned, evidence.hello?.planned == planned.count, evidence.begun(probe) else {
      let reason = "the probes of the stream are not those of the plan"
      return (.infra(reason: reason), reason)
    }
    return (.good, "passed")
  }

  private func describe(_ end: RunEnd) -> String {
    switch end {
    case .done: "the run was complete"
    case .deadline(let phase, let seconds): "\(seconds) s were not enough for the phase \(phase.rawValue)"
    case .exited(let status): "QEMU ended with status \(status)"
    case .signalled(let number): "QEMU was killed by signal \(number)"
    case .reset: "the guest reset"
    case .flooded: "the guest wrote without end"
    case .notStarted(let why): "QEMU could not be started: \(why)"
    }
  }
}
