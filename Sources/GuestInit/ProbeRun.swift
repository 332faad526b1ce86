import VerdictStream

/// One probe from begin to end. The kernel is asked in small steps, none of them without a limit.
struct ProbeRun<S: System> {
  let index: Int
  let metadata: ProbeMetadata
  let timeoutMilliseconds: Int
  let outputLimit: Int
  let isolation: Isolation
  /// What the kernel was tainted by before.
  let taint: Int
  /// Sysctls that the probe said it writes to, with their values before.
  private(set) var written: [(name: Text, value: Text)] = []

  private var end: ProbeEnd
  private var outputSize = 0
  private var verdicts: [Message] = []
  /// Processes of it that the init has reaped.
  private var reaped: Int32 = 0

  init(index: Int, metadata: ProbeMetadata, plan: Plan, isolation: Isolation, taint: Int) {
    self.isolation = isolation
    self.taint = taint
    self.index = index
    self.metadata = metadata
    let own = metadata.timeoutMilliseconds > 0 ? metadata.timeoutMilliseconds : plan.timeoutMilliseconds
    timeoutMilliseconds = plan.probeMilliseconds > 0 ? plan.probeMilliseconds : own * plan.timeoutPercent / 100
    outputLimit = plan.outputLimit
    end = ProbeEnd(probe: metadata.id, outcome: .noResult)
  }

  /// Runs it and says everything but sysctls, which belong to the init and not to a run by hand.
  mutating func run(on system: inout S, _ stream: inout Stream) -> ProbeEnd {
    let begin = system.now
    do throws(Errno) {
      let child = try system.start(index, isolation)
      let death = follow(child, &system, &stream, until: begin + timeoutMilliseconds)
      finish(child, death, &system, &stream)
    } catch {
      end.outcome = .unready
      end.message = "the probe's process could not be started"
      end.errno = system.name(of: error)
    }
    end.durationMilliseconds = system.now - begin
    end.taint = (system.taint ?? 0) & ~taint
    return end
  }

  /// Relays what the child says until it dies (nil: the deadline came first).
  private mutating func follow(
    _ child: S.Child, _ system: inout S, _ stream: inout Stream, until deadline: Int
  ) -> Death? {
    while true {
      system.wait(for: child, milliseconds: max(0, deadline - system.now))
      // Before the look: who was not looked at for long may have died in time.
      let isLate = system.now >= deadline
      while case .process(let process, let death) = system.reap() {
        count(process, child, system)
        if process == system.process(of: child) { return death }
      }
      // Before it is killed, too: a kernel may die of that.
      relay(child, &system, &stream)
      if isLate { return nil }
    }
  }

  /// Kills and reaps all that is left, then decides.
  private mutating func finish(_ child: S.Child, _ death: Death?, _ system: inout S, _ stream: inout Stream) {
    var isClean = clearProcesses(child, &system)
    relay(child, &system, &stream)
    system.close(child)
    // What changes them is a process, too.
    if isClean && isolation.mounts && system.checkMounts() { isClean = reapedAll(child, &system) }
    settle(death)
    // How far it came explains what it does not say itself.
    if end.location.isEmpty { end.location = system.reached }
    if !isClean {
      end.outcome = .stuck
      end.message = "a process of the probe does not die"
    }
    let dropped = system.droppedMessages
    if dropped > 0 && end.outcome == .pass {
      end.outcome = .noResult
      end.message = "the probe reported more observations than there is room for"
    }
  }

  /// Two seconds are a hundred times what a healthy kernel needs, even emulated.
  private mutating func clearProcesses(_ child: S.Child, _ system: inout S) -> Bool {
    let limit = system.now + 2000
    if reapedAll(child, &system) {
      // A kill of all processes goes through every thread of the kernel's, so it is left out where there is nobody: orphans
      // become the init's own children, and the kernel's own helpers, which do not, take a number as everybody does.
      if system.lastProcess != system.process(of: child) + reaped - 1 {
        system.killAll(group: system.process(of: child))
      }
      return true
    }
    while system.now < limit {
      system.killAll(group: system.process(of: child))
      if reapedAll(child, &system) { return true }
      system.wait(for: child, milliseconds: 5)
    }
    return reapedAll(child, &system)
  }

  /// A helper of the init's that was late is older, and none of the probe's.
  private mutating func count(_ process: Int32, _ child: S.Child, _ system: S) {
    if process >= system.process(of: child) { reaped += 1 }
  }

  /// Reaps who is dead; whether nobody is left.
  private mutating func reapedAll(_ child: S.Child, _ system: inout S) -> Bool {
    while true {
      switch system.reap() {
      case .process(let process, _): count(process, child, system)
      case .noneYet: return false
      case .noChildren: return true
      }
    }
  }

  private mutating func relay(_ child: S.Child, _ system: inout S, _ stream: inout Stream) {
    while outputSize < outputLimit {
      let piece = system.output(of: child, limit: min(RecordLimits.outputPiece, outputLimit - outputSize))
      if piece.isEmpty { break }
      outputSize += piece.bytes.count
      stream.send(.output(Output(probe: metadata.id, text: piece)), to: &system)
    }
    if outputSize >= outputLimit { end.outputDropped += system.discardOutput(of: child) }
    while let message = system.nextMessage() {
      switch message.kind {
      case .end: verdicts.append(message)
      case .observedInteger, .observedText, .observedQuantity, .observedSamples:
        if let value = message.value {
          let seen = Observation(probe: metadata.id, name: message.fields[0], value: value)
          stream.send(.observation(seen), to: &system)
        }
      case .restore where message.fields.count == 2: written.append((message.fields[0], message.fields[1]))
      case .restore: break
      }
    }
    system.acknowledgeMessages()
  }

  /// Guilty until proven: a pass needs a PASS, an exit with 0, and nobody who says otherwise.
  private mutating func settle(_ death: Death?) {
    switch death {
    case nil:
      end.outcome = .timeout
      end.message = "still running at its deadline, " + Self.words(timeoutMilliseconds)
      return
    case .signalled(let signal)?:
      end.outcome = .crashed
      end.signal = signal
      end.message = "killed by " + signal
      return
    case .exited(let status)?:
      end.status = status
    }
    let order: [Outcome] = [.fail, .skip, .pass]
    for outcome in order {
      guard let said = verdicts.first(where: { $0.outcome == outcome }) else { continue }
      if outcome == .pass && end.status != 0 { break }
      end.outcome = outcome
      end.message = said.fields[1]
      end.check = said.fields[2]
      end.location = said.fields[3]
      end.errno = said.fields[4]
      return
    }
    end.message =
      "the probe's process ended with exit status " + Text(decimal: end.status) + " and without PASS, FAIL or SKIP"
  }

  /// `30 s`, or `500 ms`.
  private static func words(_ milliseconds: Int) -> Text {
    milliseconds % 1000 == 0 ? Text(decimal: milliseconds / 1000) + " s" : Text(decimal: milliseconds) + " ms"
  }
}

extension Message {
  fileprivate var outcome: Outcome? { fields.count == 5 ? Outcome(word: fields[0]) : nil }

  /// What was observed; nil for a message that a probe scribbled on.
  fileprivate var value: Observation.Value? {
    switch kind {
    case .observedInteger where fields.count == 2, .observedText where fields.count == 2:
      if kind == .observedInteger, let number = fields[1].integer { return .integer(number) }
      return .text(fields[1])
    case .observedQuantity where fields.count == 3:
      return fields[2].integer.map { .quantity(Quantity($0, unit: fields[1].short)) }
    case .observedSamples where fields.count == 4:
      var samples: [Int] = []
      for word in fields[3].split(on: UInt8(ascii: " ")) { if let sample = word.integer { samples.append(sample) } }
      guard let count = fields[2].integer else { return nil }
      return Quantity(samples: samples, count: count, unit: fields[1].short).map { .quantity($0) }
    case .observedInteger, .observedText, .observedQuantity, .observedSamples, .end, .restore: return nil
    }
  }
}

extension Text {
  /// What a unit may have, so that the longest line has room for it.
  fileprivate var short: Text { Text(Array(bytes.prefix(16))) }
}
