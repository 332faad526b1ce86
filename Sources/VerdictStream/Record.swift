/// One line of the verdict stream. Documentation/VerdictProtocol.md is the contract.
public enum Record: Equatable, Sendable {
  /// The init runs on this kernel and read this plan. Always the first record.
  case hello(Hello)
  /// One step of preparing the guest, and how it went.
  case setup(Setup)
  /// A probe's function is about to be called.
  case probeBegin(ProbeBegin)
  /// A named value that a probe reported.
  case observation(Observation)
  /// What a probe wrote to standard output or error.
  case output(Output)
  /// What the guest saw of a probe.
  case probeEnd(ProbeEnd)
  /// Everything planned was done. Always the last record; without it nothing is good.
  case done(Done)
}

/// The version of the protocol; a reader refuses any other.
public let protocolVersion = 1

/// `hello`: who speaks, on which kernel, for which run.
public struct Hello: Equatable, Sendable {
  /// The plan's nonce; binds the stream to one run.
  public var nonce: Text
  /// Version of the guest init.
  public var initVersion: Text
  /// `uname -r`.
  public var release: Text
  /// `uname -v`.
  public var version: Text
  /// `uname -m`.
  public var machine: Text
  /// The kernel's build id in hexadecimal; empty where it has none, or no sysfs to tell it.
  public var build: Text
  /// Device the records are written to.
  public var port: Text
  /// How many probes will be run.
  public var planned: Int

  /// All fields.
  public init(
    nonce: Text, initVersion: Text, release: Text, version: Text, machine: Text, build: Text = Text(), port: Text,
    planned: Int
  ) {
    self.nonce = nonce
    self.initVersion = initVersion
    self.release = release
    self.version = version
    self.machine = machine
    self.build = build
    self.port = port
    self.planned = planned
  }
}

/// `setup`: one row of the init's tables, carried out.
public struct Setup: Equatable, Sendable {
  /// How a step of the set-up ended.
  public enum Outcome: UInt8, Equatable, Sendable, CaseIterable {
    /// Done.
    case ok
    /// This kernel does not have it, and it is optional.
    case absent
    /// It went wrong.
    case failed
  }

  /// What kind of step: `plan`, `mount`, `device` or `interface`.
  public var step: Text
  /// What it was done to: a file, a mount point, an interface.
  public var target: Text
  /// How it ended.
  public var outcome: Outcome
  /// The errno's name when it did not end well, else empty.
  public var errno: Text

  /// All fields.
  public init(step: Text, target: Text, outcome: Outcome, errno: Text = "") {
    self.step = step
    self.target = target
    self.outcome = outcome
    self.errno = errno
  }
}

/// `probe-begin`: from here on a death of the kernel belongs to this probe.
public struct ProbeBegin: Equatable, Sendable {
  /// The probe's id.
  public var probe: Text
  /// The deadline it runs under, in milliseconds.
  public var timeoutMilliseconds: Int

  /// All fields.
  public init(probe: Text, timeoutMilliseconds: Int) {
    self.probe = probe
    self.timeoutMilliseconds = timeoutMilliseconds
  }
}

/// `observation`: a value worth comparing between kernels.
public struct Observation: Equatable, Sendable {
  /// What was observed.
  public enum Value: Equatable, Hashable, Sendable {
    /// A whole number.
    case integer(Int)
    /// A word or a sentence.
    case text(Text)

    /// The value as text.
    public var words: Text {
      switch self {
      case .integer(let number): Text(decimal: number)
      case .text(let text): text
      }
    }
  }

  /// The probe's id.
  public var probe: Text
  /// The value's name, unique within the probe; the last one said counts.
  public var name: Text
  /// The value.
  public var value: Value

  /// All fields.
  public init(probe: Text, name: Text, value: Value) {
    self.probe = probe
    self.name = name
    self.value = value
  }
}

/// `output`: a piece of what a probe printed.
public struct Output: Equatable, Sendable {
  /// The probe's id.
  public var probe: Text
  /// The bytes, at most ``RecordLimits/outputPiece`` of them.
  public var text: Text

  /// All fields.
  public init(probe: Text, text: Text) {
    self.probe = probe
    self.text = text
  }
}

/// `done`: the stream is complete.
public struct Done: Equatable, Sendable {
  /// Probes that were planned.
  public var planned: Int
  /// Probes that have an end record.
  public var ended: Int

  /// All fields.
  public init(planned: Int, ended: Int) {
    self.planned = planned
    self.ended = ended
  }
}

/// Sizes that writer and reader agree on.
public enum RecordLimits {
  /// The longest line a reader accepts, in bytes, newline included.
  public static let line = 8192
  /// Bytes of probe output in one `output` record; each may take six characters on the wire.
  public static let outputPiece = 512
  /// Bytes of any other text in a record; longer ones are cut.
  public static let text = 512
}
