public import VerdictStream

/// The host's finding about one probe on one kernel, with what it rests on.
public struct Finding: Sendable {
  /// The probe.
  public let probe: Text
  /// What follows for the kernel.
  public let verdict: Verdict
  /// How far the run came.
  public let phase: Phase
  /// What the guest saw, when it came to that.
  public let end: ProbeEnd?
  /// One sentence for a person.
  public let reason: String
  /// What the probe observed, the last value of each name.
  public let observations: [(name: String, value: Observation.Value)]
  /// What the kernel said on the console while the probe ran.
  public let events: [KernelEvent]
  /// What the probe wrote to standard output and error, as far as it was kept.
  public let output: Text

  /// Nothing was decided about this probe because the boot ended before or beneath it; another boot may tell.
  public var isUnsettled: Bool {
    verdict.signature.map { [Judge.notReached, Judge.incomplete, Judge.brokenBefore].contains($0) } ?? false
  }

  /// Bad for nothing but silence: the guest stopped answering while the probe ran, and its kernel said nothing of it. An
  /// emulator that stalls, or a host that is short of processors, looks the same.
  public var isSilentHang: Bool {
    end == nil && verdict == .bad(signature: "\(RunName(probe).probe): \(Judge.hang)")
  }

  /// What is left of a silent hang when the next boot did not show it.
  public func hungOnce(next: Finding) -> Finding {
    let id = RunName(probe).probe
    return Finding(
      probe: probe, verdict: .untestable(phase: .probe, signature: "\(id): hung once"), phase: phase, end: nil,
      reason: "\(reason), and in a fresh boot it did not: \(next.reason)", observations: observations,
      events: events, output: output)
  }

  /// True when the probe's own check or FAIL decided, and nothing else.
  public var isFailedCheck: Bool {
    end?.outcome == .fail && end?.breakingTaint == nil && !(events.contains { $0.severity > .warning })
  }

  init(
    probe: Text, verdict: Verdict, phase: Phase, end: ProbeEnd?, reason: String,
    observations: [(name: String, value: Observation.Value)], events: [KernelEvent], output: Text = ""
  ) {
    self.probe = probe
    self.verdict = verdict
    self.phase = phase
    self.end = end
    self.reason = reason
    self.observations = observations
    self.events = events
    self.output = output
  }

  /// A probe that could not be run at all on this kernel.
  public init(notRun probe: Text, phase: Phase, why: String) {
    self.init(
      probe: probe, verdict: .untestable(phase: phase, signature: why), phase: phase, end: nil, reason: why,
      observations: [], events: [])
  }

  /// A probe that was to be run, and was not, through no fault of the kernel's.
  public init(cutShort probe: Text, why: String) {
    self.init(
      probe: probe, verdict: .infra(reason: why), phase: .start, end: nil, reason: why, observations: [], events: [])
  }

  /// The same with further observations: what a reader of the probe's output found in it.
  public func observing(_ more: [(name: String, value: Observation.Value)]) -> Finding {
    Finding(
      probe: probe, verdict: verdict, phase: phase, end: end, reason: reason, observations: observations + more,
      events: events, output: output)
  }

  /// Of a program that tells the results of its parts more was printed than is kept: that it passed says too little.
  public var lackingParts: Finding {
    guard verdict == .good else { return self }
    let id = RunName(probe).probe
    return Finding(
      probe: probe, verdict: .untestable(phase: .probe, signature: "\(id): output cut"), phase: phase, end: end,
      reason: "passed, but of what it printed \(end?.outputDropped ?? 0) bytes are not kept, and results among them",
      observations: observations, events: events, output: output)
  }

  /// A run that passed in a boot which a later run broke counts as passed, where runs are counted: left out, a boot would
  /// say either nothing but passes or one failure, and a failure that shows sometimes would look as if it always did.
  public var countingPasses: Finding {
    guard verdict.signature == Judge.incomplete, end?.outcome == .pass, events.isEmpty else { return self }
    return Finding(
      probe: probe, verdict: .good, phase: phase, end: end, reason: "passed; a later run broke the kernel",
      observations: observations, events: events, output: output)
  }

  /// The same evidence, as what stands for several runs of the probe.
  public func standing(for probe: Text, reason: String) -> Finding {
    Finding(
      probe: probe, verdict: verdict, phase: phase, end: end, reason: reason, observations: observations,
      events: events, output: output)
  }

  /// The same evidence with a weaker verdict.
  public func untestable(_ phase: Phase, _ why: String) -> Finding {
    Finding(
      probe: probe, verdict: .untestable(phase: phase, signature: why), phase: phase, end: end, reason: why,
      observations: observations, events: events, output: output)
  }
}
