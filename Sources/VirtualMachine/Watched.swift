import Foundation
import Judgement
import Subprocess
import Synchronization

/// A watch shared between the task that reads records and the one that looks at the console and the clock.
final class Watched: Sendable {
  private struct State {
    var watch: Watch
    var raw: [UInt8] = []
    /// Seconds in which nobody looked: the host slept, or we were stopped. They are no time of the guest's.
    var lost = 0.0
    var lastLook = 0.0
  }

  /// Deadlines are in seconds and the console's news is read for them; twenty milliseconds are often enough.
  private static let pause = Duration.milliseconds(20)

  private let state: Mutex<State>
  private let console: ConsoleFile
  private let start: ContinuousClock.Instant

  init(_ watch: Watch, console: ConsoleFile, start: ContinuousClock.Instant) {
    state = Mutex(State(watch: watch))
    self.console = console
    self.start = start
  }

  /// The bytes of the record stream as they came.
  var rawRecords: [UInt8] { state.withLock { $0.raw } }

  /// Seconds that were no time of the run's.
  var lostSeconds: Double { state.withLock { $0.lost } }

  /// The run's time. A look is due every twenty milliseconds; a gap of a second is time that the guest did not
  /// have either, or that its output was not read in.
  private func seconds(_ state: inout State) -> Double {
    let now = start.duration(to: .now) / .seconds(1)
    if now - state.lastLook > 1 { state.lost += now - state.lastLook }
    state.lastLook = now
    return now - state.lost
  }

  /// Reads until the run is over: the reason, or nil when QEMU closed its output by itself.
  func follow(_ output: SubprocessOutputSequence) async -> RunEnd? {
    await withTaskGroup(of: RunEnd?.self) { group in
      group.addTask { await self.readRecords(output) }
      group.addTask { await self.lookAtConsole() }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  private func readRecords(_ output: SubprocessOutputSequence) async -> RunEnd? {
    do {
      for try await buffer in output {
        let bytes = buffer.withUnsafeBytes { Array($0) }
        let end = state.withLock { state in
          state.raw += bytes
          let seconds = seconds(&state)
          state.watch.takeRecords(bytes, at: seconds)
          return state.watch.end(at: seconds)
        }
        if let end { return end }
      }
    } catch {
      // Reading stops when the process goes away; how it went says its termination status.
    }
    return nil
  }

  private func lookAtConsole() async -> RunEnd? {
    while !Task.isCancelled {
      if let end = look() { return end }
      try? await Task.sleep(for: Self.pause)
    }
    return nil
  }

  private func look() -> RunEnd? {
    state.withLock { state in
      let seconds = seconds(&state)
      state.watch.takeConsole(console.next(), at: seconds)
      return state.watch.end(at: seconds)
    }
  }

  /// The watch with the console read to its end; call when QEMU is gone.
  func finish() -> Watch {
    while true {
      let bytes = console.next()
      if bytes.isEmpty { break }
      state.withLock { state in state.watch.takeConsole(bytes, at: seconds(&state)) }
    }
    return state.withLock { $0.watch }
  }
}
