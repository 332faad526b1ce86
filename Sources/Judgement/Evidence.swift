public import VerdictStream

/// Why the host stopped looking at a run.
public enum RunEnd: Equatable, Sendable {
  /// The `done` record came.
  case done
  /// A deadline passed; the phase is the one that took too long.
  case deadline(Phase, seconds: Int)
  /// The limit that the user set for the whole run passed.
  case outOfTime(seconds: Int)
  /// QEMU ended by itself with this exit status.
  case exited(Int)
  /// A signal that was not ours ended QEMU.
  case signalled(Int)
  /// A second kernel banner: the guest reset.
  case reset
  /// The guest wrote more than it may.
  case flooded
  /// QEMU could not be started.
  case notStarted(String)
}

/// Everything the host has about one boot. Plain values: the judgement needs no clock, file or process.
public struct Evidence: Sendable {
  /// The nonce this run was given.
  public var nonce: Text
  /// Probes that the plan named, in order.
  public var planned: [Text]
  /// The kernel's own version string as the image file carries it, such as
  /// `6.1.0-54-cloud-amd64 (builder) #1 SMP ...`; nil when the file does not say.
  public var expectedKernel: String?
  /// The kernel's build id in hexadecimal, where who built it knows it.
  public var expectedBuild: String?
  /// Records of the stream.
  public var records: [Record]
  /// What was wrong with the stream.
  public var flaws: [RecordReader.Flaw]
  /// What the console said.
  public var console: ConsoleReader
  /// Why the run ended.
  public var end: RunEnd
  /// QEMU's own words on standard error.
  public var complaint: String

  /// All fields.
  public init(
    nonce: Text, planned: [Text], expectedKernel: String?, expectedBuild: String? = nil, records: [Record],
    flaws: [RecordReader.Flaw], console: ConsoleReader, end: RunEnd, complaint: String = ""
  ) {
    self.nonce = nonce
    self.planned = planned
    self.expectedKernel = expectedKernel
    self.expectedBuild = expectedBuild
    self.records = records
    self.flaws = flaws
    self.console = console
    self.end = end
    self.complaint = complaint
  }

  /// The `hello` record.
  public var hello: Hello? {
    guard case .hello(let hello)? = records.first else { return nil }
    return hello
  }

  /// How far the run came.
  public var phase: Phase {
    if case .notStarted = end { return .start }
    if case .done? = records.last { return .done }
    if records.contains(where: { if case .probeBegin = $0 { true } else { false } }) { return .probe }
    if hello != nil { return .`init` }
    return console.size > 0 ? .kernel : .firmware
  }

  /// The release that runs, from `hello`, or else from the banner.
  public var release: String? {
    if let hello { return hello.release.description }
    return console.banner.flatMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) }
  }
}
