public import VerdictStream

/// What the same binary does when it is not PID 1: it touches nothing of the machine it is on.
public struct ByHand<S: System> {
  private var system: S

  /// A session by hand on this system.
  public init(on system: S) { self.system = system }

  /// What the user asked for on the command line.
  public enum Request: Equatable, Sendable {
    /// The probes, one a line: id, tab, summary.
    case list
    /// One probe, on this machine as it is.
    case run(Text)
    /// One probe, on this machine's kernel, where it can change nothing.
    case shelter(Text)
    /// Anything else.
    case help

    /// Reads the arguments after the program's name.
    public init(_ arguments: [Text]) {
      if arguments == ["list"] {
        self = .list
      } else if arguments.count == 2, arguments[0] == "run" {
        self = .run(arguments[1])
      } else if arguments.count == 2, arguments[0] == "here" {
        self = .shelter(arguments[1])
      } else {
        self = .help
      }
    }
  }

  /// Does it, writing to standard output, and gives the exit status: that of the verdict, or 128.
  public mutating func perform(_ request: Request) -> Int32 {
    let probes = Registry(of: system)
    switch request {
    case .help:
      say("usage: init list | init run PROBE | init here PROBE\n")
      say("As PID 1 of a guest this program runs its probes; by hand it lists them, or runs one: ")
      say("with the user's rights (run), or in namespaces where it can change nothing (here).\n")
      return 128
    case .list:
      for probe in probes.all { say(probe.id + "\t" + probe.summary + "\n") }
      return 0
    case .run(let id):
      guard let (index, metadata) = find(id, probes) else { return 128 }
      for sysctl in metadata.sysctls {
        say("not set, as this is no guest: sysctl " + sysctl.name + "=" + sysctl.value + "\n")
      }
      if let name = Modules.missing(metadata.modules, on: system) { return unloaded(name, metadata) }
      var isolation = Isolation()
      isolation.limit(as: metadata)
      return run(index, metadata, isolation, "by-hand")
    case .shelter(let id):
      guard let (index, metadata) = find(id, probes) else { return 128 }
      return sheltered(index, metadata)
    }
  }

  private mutating func find(_ id: Text, _ probes: Registry<S>) -> (Int, ProbeMetadata)? {
    if let found = probes.find(id) { return found }
    say("no probe is called " + id + "; 'init list' shows them\n")
    return nil
  }

  private mutating func run(
    _ index: Int, _ metadata: ProbeMetadata, _ isolation: Isolation, _ nonce: Text
  ) -> Int32 {
    var stream = Stream(nonce: nonce)
    var worst: Int32 = 0
    for name in RunName.all(metadata.id, times: metadata.repeats) {
      var named = metadata
      named.id = name
      var run = ProbeRun<S>(index: index, metadata: named, plan: Plan(), isolation: isolation, taint: system.taint ?? 0)
      let end = run.run(on: &system, &stream)
      stream.send(.probeEnd(end), to: &system)
      let status = Self.status(of: end.outcome)
      // Bad wins over what cannot tell, and that over good.
      if status == 1 || worst == 0 { worst = status }
      if end.outcome == .stuck { break }
    }
    return worst
  }

  /// What cannot be kept from the machine is not done: no namespaces, no probe.
  private mutating func sheltered(_ index: Int, _ metadata: ProbeMetadata) -> Int32 {
    if let name = Modules.missing(metadata.modules, on: system) { return unloaded(name, metadata) }
    var end = ProbeEnd(probe: metadata.id, outcome: .unready)
    do throws(Errno) {
      try system.shelter()
    } catch {
      end.message = "namespaces that keep the probe from this machine cannot be had"
      end.errno = system.name(of: error)
    }
    if end.message.isEmpty {
      var sysctls = Sysctls()
      do throws(Sysctls.Refused) {
        try sysctls.set(metadata.sysctls, on: &system)
        var isolation = Isolation()
        // Whom it sends a signal is among its own.
        isolation.processes = true
        isolation.limit(as: metadata)
        return run(index, metadata, isolation, "by-hand")
      } catch {
        end.message = "sysctl " + error.name + " cannot be set here"
        end.errno = system.name(of: error.errno)
      }
    }
    var stream = Stream(nonce: "by-hand")
    stream.send(.probeEnd(end), to: &system)
    return Self.status(of: end.outcome)
  }

  /// This machine's kernel gets no module for the sake of a probe.
  private mutating func unloaded(_ name: Text, _ metadata: ProbeMetadata) -> Int32 {
    var end = ProbeEnd(probe: metadata.id, outcome: .unready)
    end.message = "the module " + name + " is not loaded here, and nothing is loaded by hand"
    var stream = Stream(nonce: "by-hand")
    stream.send(.probeEnd(end), to: &system)
    return Self.status(of: end.outcome)
  }

  /// 0, 1 or 125, as for a whole run on the host.
  static func status(of outcome: Outcome) -> Int32 {
    switch outcome {
    case .pass: 0
    case .fail, .timeout, .crashed, .stuck: 1
    case .skip, .noResult, .unready: 125
    }
  }

  private mutating func say(_ text: Text) {
    do throws(Errno) { try system.writePort(text.bytes) } catch {}
  }
}
