import VerdictStream

/// Guests that did not come to the end of the probe, or not even to its beginning.
extension Judge {
  // MARK: - The kernel did not come so far

  func withoutHello() -> (Verdict, String) {
    let phase = evidence.phase
    if let death = evidence.console.events.first(where: { $0.severity >= .broken }) {
      return (
        .untestable(phase: phase, signature: death.signature), "the kernel died before the init ran: \(death.line)"
      )
    }
    if evidence.console.isFinished {
      let why = "the init ran, but the kernel has no serial port that its records could leave by"
      return (.untestable(phase: phase, signature: "no port"), why)
    }
    let last = evidence.console.lastLine
    let said = last.isEmpty ? "without a word on the console" : "its last words: \(last)"
    switch evidence.end {
    case .deadline(_, let seconds):
      let signature = phase == .firmware ? "silent" : "hang"
      return (.untestable(phase: phase, signature: signature), "no init after \(seconds) s, \(said)")
    case .outOfTime(let seconds):
      return (
        .untestable(phase: phase, signature: "out of time"), "the run's own limit of \(seconds) s passed, \(said)"
      )
    case .reset: return (.untestable(phase: phase, signature: "reset"), "the guest reset before the init ran")
    case .flooded: return (.untestable(phase: phase, signature: "flood"), "the console never stops, \(said)")
    default:
      return (.untestable(phase: phase, signature: "ended"), "the guest ended before the init ran, \(said)")
    }
  }

  // MARK: - The probe has no end

  func withoutEnd(_ probe: Text, _ events: [KernelEvent]) -> (Verdict, String) {
    // Which of several runs it was is no part of how it went wrong.
    let id = RunName(probe).probe
    guard begun.contains(probe) else {
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
      if let trouble = events.first {
        return (.bad(signature: trouble.signature), "the guest hung while the probe ran: \(trouble.line)")
      }
      return (.bad(signature: "\(id): \(Self.hang)"), "the whole guest hung while the probe ran, for \(seconds) s")
    case .outOfTime(let seconds):
      let why = "the run's own limit of \(seconds) s passed while the probe ran"
      return (.untestable(phase: .probe, signature: "out of time"), why)
    case .reset, .exited:
      return (.bad(signature: "\(id): reset"), "the guest reset while the probe ran")
    case .flooded:
      return (.untestable(phase: .probe, signature: "flood"), "the guest wrote without end while the probe ran")
    case .done, .signalled, .notStarted:
      return (.infra(reason: "the stream is done without this probe"), "the stream is done without this probe")
    }
  }

  func describe(_ end: RunEnd) -> String {
    switch end {
    case .done: "the run was complete"
    case .outOfTime(let seconds): "the run's own limit of \(seconds) s passed"
    case .deadline(let phase, let seconds): "\(seconds) s were not enough for the phase \(phase.rawValue)"
    case .exited(let status): "QEMU ended with status \(status)"
    case .signalled(let number): "QEMU was killed by signal \(number)"
    case .reset: "the guest reset"
    case .flooded: "the guest wrote without end"
    case .notStarted(let why): "QEMU could not be started: \(why)"
    }
  }
}

extension ProbeEnd {
  /// The letter of the taint of a kernel that broke: an Oops (D); or memory of its own in a bad state (B), which the page
  /// allocator, SLUB, SLAB, KASAN and KFENCE set. Bits: Documentation/admin-guide/tainted-kernels.rst.
  var breakingTaint: String? {
    if taint & 1 << 7 != 0 { return "D" }
    return taint & 1 << 5 != 0 ? "B" : nil
  }
}
