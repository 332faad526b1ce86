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
  /// Goes up with each change by which the same evidence may give another verdict: those that are kept are of one version.
  public static let version = 2

  /// Signature of a probe that the boot did not come to.
  static let notReached = "not reached"
  /// Signature of a probe that ran on a kernel which an earlier probe of the same boot had broken.
  static let brokenBefore = "broken before"
  /// Signature of a pass whose stream did not come to its end.
  static let incomplete = "incomplete"
  /// How a guest ended that fell silent while a probe ran.
  public static let hang = "hang"
  /// Signature of a kernel that finds its timer dead in each of its boots.
  public static let deadTimer = "timer"
  /// From how many boots of one kernel on what looks like the emulator's noise is not the emulator's alone.
  public static let noiseLimit = 3

  let evidence: Evidence
  private let failOn: FailOn
  /// Which boot of this kernel in a row this is, of those that the emulator's noise had the others repeated for.
  private let attempt: Int
  /// The end records in their order, and looked up: a boot may hold a thousand probes.
  private let ends: [ProbeEnd]
  private let endOf: [Text: ProbeEnd]
  let begun: Set<Text>
  private let observationsOf: [Text: [Observation]]
  private let outputOf: [Text: Text]
  private let placeOf: [Text: Int]
  /// The first planned probe that left the kernel unfit for those after it, and how.
  private let breakage: (place: Int, what: String)?

  /// A judge of one boot, the first of its kernel or one that was made again because `isEmulatorNoise`.
  public init(_ evidence: Evidence, failOn: FailOn = .oops, attempt: Int = 1) {
    self.evidence = evidence
    self.failOn = failOn
    self.attempt = attempt
    var begun: Set<Text> = []
    var ends: [ProbeEnd] = []
    var observations: [Text: [Observation]] = [:]
    var output: [Text: Text] = [:]
    for record in evidence.records {
      switch record {
      case .probeBegin(let begin): begun.insert(begin.probe)
      case .probeEnd(let end): ends.append(end)
      case .observation(let observation): observations[observation.probe, default: []].append(observation)
      case .output(let piece): output[piece.probe, default: Text()].append(piece.text)
      case .hello, .setup, .done: break
      }
    }
    observationsOf = observations
    outputOf = output
    self.begun = begun
    self.ends = ends
    endOf = Dictionary(ends.map { ($0.probe, $0) }, uniquingKeysWith: { first, _ in first })
    placeOf = Dictionary(evidence.planned.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    breakage = Self.breakage(in: evidence, endOf)
  }

  /// A boot that the emulator spoilt is worth repeating.
  public var isEmulatorNoise: Bool { evidence.console.events.contains { $0.isEmulatorNoise } }

  /// The stream was damaged on its way; a probe may have done that to all others of its boot.
  public var isStreamDamaged: Bool { !evidence.flaws.isEmpty }

  /// The finding about one of the planned probes.
  public func finding(about probe: Text) -> Finding {
    let events = events(of: probe)
    let (verdict, reason) = judge(probe, events)
    var observations: [(name: String, value: Observation.Value)] = []
    for observation in observationsOf[probe] ?? [] {
      observations.removeAll { $0.name == observation.name.description }
      observations.append((observation.name.description, observation.value))
    }
    var phase = evidence.phase
    if case .untestable(let stopped, _) = verdict { phase = stopped }
    return Finding(
      probe: probe, verdict: verdict, phase: phase, end: endOf[probe], reason: reason,
      observations: observations, events: events, output: outputOf[probe] ?? Text())
  }

  /// What the kernel said while the probe ran. Without the probe's mark on the console only a probe that had
  /// the boot to itself can be told to be the cause.
  private func events(of probe: Text) -> [KernelEvent] {
    if evidence.console.marked.contains(probe.description) || evidence.planned.count > 1 {
      return evidence.console.events.filter { $0.probe == probe.description }
    }
    return evidence.console.events
  }

  /// In a shared boot every probe that began must have left its mark, or one may be charged for another.
  public var isAttributionLost: Bool {
    guard evidence.planned.count > 1, evidence.console.banner != nil else { return false }
    return evidence.planned.contains { begun.contains($0) && !evidence.console.marked.contains($0.description) }
  }

  private func judge(_ probe: Text, _ events: [KernelEvent]) -> (Verdict, String) {
    if let failure = infrastructureFailure() { return (.infra(reason: failure), failure) }
    if isEmulatorNoise {
      let reason = "the timer was dead in each of \(attempt) boots: the emulator's fault, or this kernel's"
      return (.untestable(phase: .kernel, signature: Self.deadTimer), reason)
    }
    guard let hello = evidence.hello else { return withoutHello() }
    if let failure = strangeKernel(hello) { return (.infra(reason: failure), failure) }
    if let what = breakage(before: probe) {
      return (.untestable(phase: .probe, signature: Self.brokenBefore), what)
    }
    guard let end = endOf[probe] else { return withoutEnd(probe, events) }
    return byOutcome(probe, end, events)
  }

  // MARK: - Our side

  private func infrastructureFailure() -> String? {
    switch evidence.end {
    case .notStarted(let why): return "QEMU could not be started: \(why)"
    case .signalled(let number): return "QEMU was killed by signal \(number)\(complaint)"
    case .exited(let status) where status != 0: return "QEMU ended with status \(status)\(complaint)"
    case .done, .deadline, .outOfTime, .exited, .reset, .flooded: break
    }
    if isEmulatorNoise && attempt < Self.noiseLimit {
      return "the emulator lost a timer interrupt; not the kernel's fault"
    }
    if let hello = evidence.hello, hello.nonce != evidence.nonce {
      return "the verdict stream is of another run: its nonce is \(hello.nonce)"
    }
    // A line torn by the guest's death is the death's business; a flaw in the stream of a guest that came to
    // its end is ours.
    let isWhole = evidence.end == .done || (evidence.console.isFinished && !isEndedByUs)
    if isWhole, let flaw = evidence.flaws.first { return "the verdict stream is damaged (\(flaw))" }
    if isWhole && evidence.end != .done && evidence.hello != nil {
      return "the guest finished, but its records did not all arrive"
    }
    return nil
  }

  /// A guest that finished powers off. One that goes on until its time is over has not, whoever wrote the init's last mark: any
  /// program may write to /dev/kmsg.
  private var isEndedByUs: Bool {
    switch evidence.end {
    case .deadline, .outOfTime: true
    case .done, .exited, .signalled, .reset, .flooded, .notStarted: false
    }
  }

  private var complaint: String {
    let lines = evidence.complaint.split(separator: "\n").prefix(3).joined(separator: "; ")
    return lines.isEmpty ? "" : ": \(lines.prefix(300))"
  }

  private static func breakage(in evidence: Evidence, _ endOf: [Text: ProbeEnd]) -> (place: Int, what: String)? {
    let broken = evidence.console.events.filter { $0.severity == .broken }
    for (place, earlier) in evidence.planned.enumerated() {
      if let event = broken.first(where: { $0.probe == earlier.description }) {
        return (place, "an earlier probe of this boot, \(earlier), broke the kernel: \(event.line)")
      }
      guard let end = endOf[earlier] else { continue }
      if let taint = end.breakingTaint {
        return (place, "an earlier probe of this boot, \(earlier), left the kernel tainted (\(taint))")
      }
      if end.outcome == .stuck {
        return (place, "a process of an earlier probe of this boot, \(earlier), does not die")
      }
    }
    return nil
  }

  /// What a probe earlier in the plan did to the kernel that this one then ran on.
  private func breakage(before probe: Text) -> String? {
    guard let breakage, let place = placeOf[probe], breakage.place < place else { return nil }
    return breakage.what
  }

  private func strangeKernel(_ hello: Hello) -> String? {
    // Kernels of neighbouring commits have the same release and version; their build ids differ.
    if let build = evidence.expectedBuild, !hello.build.isEmpty, hello.build.description != build {
      return "the kernel that runs, of build id \(hello.build), is not the one in the image: \(build)"
    }
    guard let expected = evidence.expectedKernel else { return nil }
    let release = hello.release.description
    if expected.hasPrefix(release + " ") && expected.hasSuffix(hello.version.description) { return nil }
    return "the kernel that runs, \(release) \(hello.version), is not the one in the image: \(expected)"
  }

  // MARK: - The probe has an end

  private func byOutcome(_ probe: Text, _ end: ProbeEnd, _ events: [KernelEvent]) -> (Verdict, String) {
    let said = Account.of(end)
    let id = RunName(probe).probe
    let worst = events.first { $0.severity >= (failOn == .warn ? .warning : .broken) }
    switch end.outcome {
    case .pass, .fail, .timeout, .crashed, .stuck:
      // What broke the kernel explains what became of the probe, and not the other way round.
      if let worst { return (.bad(signature: worst.signature), "the kernel said: \(worst.line)") }
      if let taint = tainted(end) {
        return (.bad(signature: "\(id): taint \(taint)"), "the kernel became tainted (\(taint)) while the probe ran")
      }
    case .skip, .noResult, .unready: break
    }
    switch end.outcome {
    case .pass: return passed(probe)
    case .fail:
      let what = end.check.isEmpty ? Masking.signature(end.message.description[...]) : end.check.description
      return (.bad(signature: "\(id): \(what)"), said)
    case .timeout: return (.bad(signature: "\(id): timeout"), said)
    case .crashed: return (.bad(signature: "\(id): \(end.signal)"), said)
    case .stuck: return (.bad(signature: "\(id): stuck"), said)
    case .skip: return (.untestable(phase: .probe, signature: "\(id): skip"), said)
    case .noResult: return (.untestable(phase: .probe, signature: "\(id): no result"), said)
    case .unready: return (.untestable(phase: .probe, signature: "\(id): unready"), said)
    }
  }

  /// The kernel's own account, should the console have lost the words: of what broke it, and of a WARN (W).
  private func tainted(_ end: ProbeEnd) -> String? {
    end.breakingTaint ?? (failOn == .warn && end.taint & 1 << 9 != 0 ? "W" : nil)
  }

  /// A pass is believed only from a stream that is whole to its last record.
  private func passed(_ probe: Text) -> (Verdict, String) {
    guard evidence.end == .done, evidence.flaws.isEmpty, case .done(let done)? = evidence.records.last else {
      return (
        .untestable(phase: evidence.phase, signature: Self.incomplete),
        "the probe passed, but the stream is not complete: \(describe(evidence.end))"
      )
    }
    // A kernel that has a console has the init's last mark on it, unless something was lost on the way.
    guard evidence.console.banner == nil || evidence.console.isFinished else {
      let reason = "the probe passed, but the console fell silent before it, so what the kernel said is not known"
      return (.untestable(phase: .probe, signature: "console lost"), reason)
    }
    let planned = evidence.planned
    guard done.planned == planned.count, done.ended == ends.count, ends.count == planned.count else {
      let reason = "the stream counts \(done.ended) of \(done.planned) probes, the plan has \(planned.count)"
      return (.infra(reason: reason), reason)
    }
    guard isAsPlanned, evidence.hello?.planned == planned.count, begun.contains(probe) else {
      let reason = "the probes of the stream are not those of the plan"
      return (.infra(reason: reason), reason)
    }
    return (.good, "passed")
  }

  private var isAsPlanned: Bool { ends.lazy.map(\.probe).elementsEqual(evidence.planned) }
}
