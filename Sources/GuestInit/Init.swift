public import VerdictStream

/// What PID 1 does, from the first instruction to the last record.
public struct Init<S: System> {
  /// Version of the init, as the `hello` record gives it.
  public static var version: Text { "0.1.0" }

  private var system: S
  private var stream = Stream(nonce: "unplanned")
  /// Set once a process could not be killed: every later probe would be found stuck because of it.
  private var isHaunted = false
  /// Set once the init could not go back from a probe's network.
  private var isLost = false
  private var modules = Modules()

  /// An init on this system.
  public init(on system: S) { self.system = system }

  /// Sets up, runs the plan, reports, and turns the power off. Returns only when that is not possible.
  public mutating func run() {
    let setUp = SetUp(on: &system)
    do throws(Errno) { try system.openLog() } catch {}
    var (plan, planStep) = readPlan()
    let port = openPort(plan.port)
    // Whatever a probe or the init itself prints by accident belongs on the console, not on the port.
    do throws(Errno) { try system.openStandard("/dev/console") } catch {}

    let probes = Registry(of: system)
    if plan.probes.isEmpty && planStep.outcome != .failed { plan.probes = probes.ids }
    if planStep.outcome == .failed { plan.probes = [] }
    plan.probes = probes.repeated(plan.probes)
    system.setPatience(percent: plan.timeoutPercent)
    stream = Stream(nonce: plan.nonce)
    send(.hello(hello(plan, port)))
    send(.setup(planStep))
    for step in setUp.steps { send(.setup(step)) }
    for module in plan.modules where modules.refused == nil {
      // One record each, as the host waits for the next one with a limit.
      let step = modules.load(module, percent: plan.timeoutPercent, on: &system)
      send(.setup(step))
    }

    // A probe that is alone has its own, whose end belongs to it for certain.
    system.shareMounts(plan.probes.count > 1)
    for id in plan.probes {
      if !setUp.isComplete {
        refuse(id, "a required part of the guest's set-up failed")
      } else if let (name, errno) = modules.refused {
        refuse(id, "the module " + name + " cannot be loaded", system.name(of: errno))
      } else if isLost {
        refuse(id, "the init cannot leave an earlier probe's network")
      } else if isHaunted {
        refuse(id, "a process of an earlier probe does not die")
      } else {
        runProbe(id, probes, plan, isPlanned: planStep.outcome == .ok)
      }
    }
    // What the kernel has to say of their end is said of a probe.
    system.shareMounts(false)
    // What breaks from here on, such as on the way to power-off, is not the last probe's doing.
    mark("done")
    send(.done(Done(planned: plan.probes.count, ended: plan.probes.count)))
    system.powerOff()
  }

  private mutating func send(_ record: Record) { stream.send(record, to: &system) }

  private mutating func readPlan() -> (Plan, Setup) {
    let file: Text
    do throws(Errno) {
      file = try system.read(Plan.path, limit: Plan.limit)
      // A probe has no business with the nonce.
      try system.remove(Plan.path)
    } catch {
      return (Plan(), Setup(step: "plan", target: Plan.path, outcome: .absent, errno: system.name(of: error)))
    }
    do throws(Plan.Malformed) {
      return (try Plan(parsing: file), Setup(step: "plan", target: Plan.path, outcome: .ok))
    } catch {
      return (Plan(), Setup(step: "plan", target: Plan.path + ": " + error.line, outcome: .failed, errno: "EINVAL"))
    }
  }

  /// The wished port, or else the console; the name of what it became.
  private mutating func openPort(_ wished: Text) -> Text {
    let candidates: [Text] = wished.isEmpty ? ["/dev/console"] : [wished, "/dev/console"]
    for candidate in candidates {
      do throws(Errno) {
        try system.openPort(candidate)
        return candidate
      } catch {}
    }
    return ""
  }

  private func hello(_ plan: Plan, _ port: Text) -> Hello {
    var kernel = KernelIdentity(release: "", version: "", machine: "")
    do throws(Errno) { kernel = try system.identity() } catch {}
    var notes = Text()
    do throws(Errno) { notes = try system.read("/sys/kernel/notes", limit: 65_536) } catch {}
    return Hello(
      nonce: plan.nonce, initVersion: Self.version, release: kernel.release, version: kernel.version,
      machine: kernel.machine, build: BuildNote.identity(in: notes), port: port, planned: plan.probes.count)
  }

  private mutating func runProbe(_ id: Text, _ probes: Registry<S>, _ plan: Plan, isPlanned: Bool) {
    guard let (index, heading) = probes.find(RunName(id).probe) else {
      return refuse(id, "no probe of this name is in the image")
    }
    var metadata = heading
    metadata.id = id
    var taint = readTaint()
    // A race on one processor is none: such a kernel cannot tell.
    if metadata.cpus > 1 && metadata.cpus > system.processors {
      return refuse(id, "it wants " + Text(decimal: metadata.cpus) + " processors, and fewer run")
    }
    // A plan comes from a host that knows what this kernel has built in.
    if !isPlanned, let name = Modules.missing(metadata.modules, on: system) {
      return refuse(id, "the module " + name + " is not in this kernel, and there is no plan that loads it")
    }
    if metadata.hasPrivateNetwork {
      do throws(Errno) {
        try system.enterNetwork()
      } catch {
        leaveNetwork()
        return refuse(id, "a network of its own cannot be had", system.name(of: error))
      }
    }
    var sysctls = Sysctls()
    do throws(Sysctls.Refused) {
      try sysctls.set(metadata.sysctls, on: &system)
      // What the kernel says of these is not the probe's doing.
      if metadata.hasPrivateNetwork || !metadata.sysctls.isEmpty { taint = system.taint ?? 0 }
      var run = ProbeRun<S>(index: index, metadata: metadata, plan: plan, isolation: Isolation(metadata), taint: taint)
      mark("probe ", id)
      send(.probeBegin(ProbeBegin(probe: id, timeoutMilliseconds: run.timeoutMilliseconds)))
      let end = run.run(on: &system, &stream)
      for sysctl in run.written { sysctls.remember(sysctl.name, sysctl.value) }
      send(.probeEnd(end))
      isHaunted = end.outcome == .stuck
    } catch {
      refuse(id, "sysctl " + error.name + " cannot be set", system.name(of: error.errno))
    }
    // In the order of a stack: what was set in the probe's network is put back there.
    sysctls.restore(on: &system)
    if metadata.hasPrivateNetwork { leaveNetwork() }
  }

  /// What cannot be read is a sign that a probe took /proc away.
  private mutating func readTaint() -> Int {
    if let taint = system.taint { return taint }
    SetUp.repair(on: &system)
    return system.taint ?? 0
  }

  /// An init that cannot go back runs the later probes in a network that is not the guest's; they are refused.
  private mutating func leaveNetwork() {
    do throws(Errno) {
      try system.leaveNetwork()
    } catch {
      isLost = true
    }
  }

  /// The console cannot be lined up with the port afterwards, so the kernel's own log gets a mark. Without its
  /// newline the kernel would hold it back until the next message.
  private mutating func mark(_ what: Text, _ id: Text = Text()) {
    // Level 0 is shown on every console.
    var line: Text = "<0>firstbad: "
    // Room for nearly all of them at once.
    line.bytes.reserveCapacity(100)
    line.append(what)
    line.append(id)
    line.append("\n")
    system.log(line)
  }

  /// A probe whose function is not called has an end all the same.
  private mutating func refuse(_ id: Text, _ why: Text, _ errno: Text = "") {
    var end = ProbeEnd(probe: id, outcome: .unready)
    end.message = why
    end.errno = errno
    send(.probeEnd(end))
  }
}
