public import Judgement
public import VerdictStream

/// Watches one run: bytes and the time in, the reason to end it out. Pure, so that every deadline can be
/// tested without waiting for it.
public struct Watch: Sendable {
  /// Bytes the guest may write, of records and on the console: before the first probe, and from each probe's beginning to the
  /// next one's. Of all together it would be whoever came late that is accused of what those before it wrote.
  public static let limits = (records: 32 << 20, console: 32 << 20)

  /// What a run is for.
  public enum Goal: Sendable {
    /// All the plan's verdicts.
    case done
    /// That the kernel gets as far as it can without an init: to its panic.
    case death
  }

  /// What the records said so far: those of the port, or, from a guest that has no second port, those
  /// between the console's own lines.
  public var reader: RecordReader { isPortInUse ? port : consoleRecords }
  private var port: RecordReader
  private var consoleRecords: RecordReader
  private var isPortInUse: Bool { !port.records.isEmpty || !port.flaws.isEmpty }
  /// What the console said so far.
  public private(set) var console = ConsoleReader()

  private let deadlines: Deadlines
  private let goal: Goal
  private var recordBytes = 0
  /// Bytes of the console when the last probe began.
  private var consoleStart = 0
  private var lastRecord: Double?
  private var bannersAtHello: Int?
  private var diedAt: Double?

  /// A watch for a run with this nonce.
  public init(nonce: Text, deadlines: Deadlines, goal: Goal = .done) {
    port = RecordReader(nonce: nonce)
    consoleRecords = port
    self.goal = goal
    self.deadlines = deadlines
  }

  /// Takes bytes of the second port; seconds since QEMU's start.
  public mutating func takeRecords(_ bytes: some Collection<UInt8>, at seconds: Double) {
    recordBytes += bytes.count
    note(port.feed(bytes), at: seconds)
  }

  /// Takes bytes of the console.
  public mutating func takeConsole(_ bytes: some Collection<UInt8>, at seconds: Double) {
    if bytes.isEmpty { return }
    console.feed(bytes)
    if !isPortInUse { note(consoleRecords.feed(bytes), at: seconds) }
    if console.isDead { diedAt = diedAt ?? seconds }
  }

  /// What a probe prints and observes is no progress: the init ends it by its own clock, and only a guest that
  /// hangs comes later than that.
  private mutating func note(_ records: [Record], at seconds: Double) {
    for record in records {
      switch record {
      case .observation, .output: continue
      case .hello, .setup, .probeBegin, .probeEnd, .done:
        if case .probeBegin = record { (recordBytes, consoleStart) = (0, console.size) }
        if lastRecord == nil { bannersAtHello = max(1, console.banners) }
        lastRecord = seconds
      }
    }
  }

  /// Why the run is over, or nil while it goes on.
  public func end(at seconds: Double) -> RunEnd? {
    if reader.isDone || (goal == .death && console.isDead) { return .done }
    // Before the init runs a second banner is the boot console's text repeated on the real one: a guest that
    // resets there ends QEMU (-no-reboot).
    if let bannersAtHello, console.banners > bannersAtHello { return .reset }
    if recordBytes > Self.limits.records || console.size - consoleStart > Self.limits.console { return .flooded }
    if let diedAt, seconds > diedAt + deadlines.postMortem { return .exited(0) }
    if let total = deadlines.total, seconds > total { return .outOfTime(seconds: Self.whole(total)) }
    guard let lastRecord else {
      if console.size == 0, seconds > deadlines.firstByte {
        return .deadline(.firmware, seconds: Self.whole(deadlines.firstByte))
      }
      if console.banner == nil, console.size > 0, seconds > deadlines.banner {
        return .deadline(.kernel, seconds: Self.whole(deadlines.banner))
      }
      return seconds > deadlines.hello ? .deadline(.kernel, seconds: Self.whole(deadlines.hello)) : nil
    }
    return seconds > lastRecord + allowance ? .deadline(phase, seconds: Self.whole(allowance)) : nil
  }

  /// Rounded up, so that no deadline reads as 0 s.
  private static func whole(_ seconds: Double) -> Int { Int(seconds.rounded(.up)) }

  private var phase: Phase {
    guard lastRecord != nil else { return console.size == 0 ? .firmware : .kernel }
    return runningProbe == nil ? .`init` : .probe
  }

  /// Seconds that may pass after the last record.
  private var allowance: Double {
    guard let milliseconds = runningProbe else { return deadlines.record }
    return Double(milliseconds) / 1000 + deadlines.grace
  }

  /// The deadline of the probe that runs, in milliseconds.
  private var runningProbe: Int? {
    for record in reader.records.reversed() {
      switch record {
      case .probeBegin(let begin): return begin.timeoutMilliseconds
      case .probeEnd, .hello, .setup, .done: return nil
      case .observation, .output: continue
      }
    }
    return nil
  }
}
