import Foundation

/// Lets so many guests run at a time: a test framework starts all of its cases at once, and guests that share a processor
/// run into their deadlines. Who waits here can be cancelled.
actor GuestGate {
  /// The one of this process: a guest a processor, or as many as `FIRSTBAD_JOBS` says.
  static let shared = GuestGate(
    ProcessInfo.processInfo.environment["FIRSTBAD_JOBS"].flatMap(Int.init)
      ?? ProcessInfo.processInfo.activeProcessorCount)

  private var free: Int
  private var waiting: [(number: Int, turn: CheckedContinuation<Bool, Never>)] = []
  private var next = 0

  init(_ width: Int) { free = max(1, width) }

  /// Runs the work when there is room. Throws a `CancellationError` when the task is cancelled before.
  nonisolated func within<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    try await enter()
    do {
      try Task.checkCancellation()
      let value = try await work()
      await leave()
      return value
    } catch {
      await leave()
      throw error
    }
  }

  private func enter() async throws {
    if free > 0 {
      free -= 1
      return
    }
    let number = next
    next += 1
    let isIn = await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        if Task.isCancelled { turn.resume(returning: false) } else { waiting.append((number, turn)) }
      }
    } onCancel: {
      Task { await self.giveUp(number) }
    }
    guard isIn else { throw CancellationError() }
  }

  private func giveUp(_ number: Int) {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
    waiting.remove(at: index).turn.resume(returning: false)
  }

  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().turn.resume(returning: true) }
  }
}
