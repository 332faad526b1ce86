import Foundation
import Judgement

/// A watch with all that it looks at: the records, the console and the clock.
struct Watched: ~Copyable {
  /// Deadlines are in seconds; a hundredth of one is soon enough for the news, and the guest's processor is hardly
  /// asked for.
  private static let pause = Duration.milliseconds(10)

  private var watch: Watch
  /// The bytes of the record stream as they came.
  private(set) var rawRecords: [UInt8] = []
  /// Seconds in which nobody looked: the host slept, or we were stopped. They are no time of the guest's.
  private(set) var lostSeconds = 0.0
  private var lastLook = 0.0

  private let records: RecordPipe
  private let console: ConsoleFile
  private let start = ContinuousClock.now

  init(_ watch: Watch, records: consuming RecordPipe, console: ConsoleFile) {
    self.watch = watch
    self.records = records
    self.console = console
  }

  /// The run's time. A look is due every ten milliseconds; a gap of a second is time that the guest did not have
  /// either, or that its output was not read in.
  private mutating func seconds() -> Double {
    let now = start.duration(to: .now) / .seconds(1)
    if now - lastLook > 1 { lostSeconds += now - lastLook }
    lastLook = now
    return now - lostSeconds
  }

  /// Looks until the run is over: the reason, or nil when QEMU ended by itself.
  mutating func follow() async -> RunEnd? {
    while !Task.isCancelled {
      guard let bytes = records.next() else { return nil }
      let end = look(at: bytes)
      if let end { return end }
      // A guest that filled the pipe waits for us.
      if bytes.count < RecordPipe.capacity { try? await Task.sleep(for: Self.pause) }
    }
    return nil
  }

  private mutating func look(at bytes: [UInt8]) -> RunEnd? {
    let seconds = seconds()
    // What was said before a record has come when the record has; it is taken first, as it was said first.
    watch.takeConsole(console.next(), at: seconds)
    if !bytes.isEmpty {
      rawRecords += bytes
      watch.takeRecords(bytes, at: seconds)
    }
    return watch.end(at: seconds)
  }

  /// The watch with the console read to its end; call when QEMU is gone.
  mutating func finish() -> Watch {
    while true {
      let bytes = console.next()
      if bytes.isEmpty { break }
      watch.takeConsole(bytes, at: seconds())
    }
    return watch
  }
}
