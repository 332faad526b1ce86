public import Judgement
public import VerdictStream

/// Watches one run: bytes and the time in, the reason to end it out. Pure, so that every deadline can be
/// tested without waiting for it.
public struct Watch: Sendable {
  /// Bytes the guest may write: of records, and on the console.
  public static let limits = (records: 32 << 20, console: 32 << 20)

  /// What a run is for.
  public enum Goal: Sendable {
    /// All the plan's verdicts.
    case done
    /// A sign of life from the kernel.
    case firstByte
  }

  /// What the records said so far.
  public private(set) var reader: RecordReader
  /// What the console said so far.
  public private(set) var console = ConsoleReader()

  private let deadlines: Deadlines
  private let goal: Goal
  private var recordBytes = 0
  private var lastRecord: Double?
  private var diedAt: Double?

  /// A watch for a run with this nonce.
  public init(nonce: Text, deadlines: Deadlines, goal: Goal = .done) {
    reader = RecordReader(nonce: nonce)
    self.goal = goal
    self.deadlines = deadlines
  }

  /// Takes bytes of the second port; seconds since QEMU's start.
  public mutating func takeRecords(_ bytes: some Collection<UInt8>, at seconds: Double) {
    recordBytes += bytes.count
    if !reader.feed(bytes).isEmpty { lastRecord = seconds }
  }

  /// Takes bytes of the console.
  public mutating func takeConsole(_ bytes: some Collection<UInt8>, at seconds: Double) {
    if bytes.isEmpty { return }
    console.feed(bytes)
    if console.isDead { diedAt = diedAt ?? seconds }
  }

  /// Why the run is over, or nil while it goes on.
  public func end(at seconds: Double) -> RunEnd? {
    if reader.isDone || (goal == .firstByte && console.size > 0) { return .done }
    if console.banners > 1 { return .reset }
    if recordBytes > Self.limits.records || console.size > Self.limits.console { return .flooded }
    if let diedAt, seconds > diedAt + deadlines.postMortem { return .exited(0) }
    if let total = deadlines.total, seconds > total { return .deadline(phase, seconds: Int(total)) }
    guard let lastRecord else {
      if console.size == 0, seconds > deadlines.firstByte {
        return .deadline(.firmware, seconds: Int(deadlines.firstByte))
      }
      return seconds > deadlines.hello ? .deadline(.kernel, seconds: Int(deadlines.hello)) : nil
    }
    return seconds > lastRecord + allowance ? .deadline(phase, seconds: Int(allowance)) : nil
  }

  private var phase: Phase {
    guard lastRecord != nil else { return console.size == 0 ? .firmware : .kernel }
    return runningProbe == nil ? .`init` : .probe
  }

  /// Seconds that may pass after the last record.
  private var allowance: Double {
    guard let milliseconds = runningProbe else { return deadlines.record }
    return Double(milliseconds) / 1000 + deadlines.probeGrace
  }

  /// The deadline of the probe that runs, in milliseconds. Output and observations do not prolong it: the
  /// init ends the probe by its own clock, and only a hung guest comes later.
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
