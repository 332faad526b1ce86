import Firstbad
import Foundation
import TestKernels
import Testing

/// A run that is cancelled leaves no QEMU behind, wherever it was. Counted are the children of this very process.
@Suite(.serialized) struct CancellationTests {
  /// A guest that would run for minutes.
  private static let endless = Probe.source(
    """
    #include <firstbad/probe.h>
    #include <unistd.h>
    PROBE("test.endless", "sleeps", TIMEOUT_S(300)) { for (int i = 0; i < 1000; i++) sleep(10); PASS(); }
    """)

  @Test func aCancelledRunEndsItsQEMU() async throws {
    let kernel = try Kernel(file: URL(filePath: try await TestKernels.newest()))
    try await Command.withRoom {
      let before = Self.emulators()
      let run = Task { try await kernel.run(Self.endless) }
      let mine = try await Self.wait(for: 1, beyond: before)
      // In the middle of the probe, which by then has been marked on the console.
      try await Task.sleep(for: .seconds(4))
      run.cancel()
      await #expect(throws: CancellationError.self) { try await run.value }
      #expect(Self.emulators().isDisjoint(with: mine), "QEMU lives on")
    }
  }

  /// More runs than processors: those that wait for their turn end as well, and nothing is started for them.
  @Test func thoseThatWaitAreCancelledToo() async throws {
    let kernel = try Kernel(file: URL(filePath: try await TestKernels.newest()))
    try await Command.withRoom {
      let before = Self.emulators()
      let processors = ProcessInfo.processInfo.activeProcessorCount
      let runs = (0..<processors + 3).map { _ in Task { try await kernel.run(Self.endless) } }
      let mine = try await Self.wait(for: processors, beyond: before)
      try await Task.sleep(for: .seconds(1))
      #expect(Self.emulators().subtracting(before) == mine, "more guests than processors")
      let start = ContinuousClock.now
      for run in runs { run.cancel() }
      for run in runs { await #expect(throws: CancellationError.self) { try await run.value } }
      #expect(start.duration(to: .now) < .seconds(20))
      #expect(Self.emulators().isDisjoint(with: mine), "QEMU lives on")
    }
  }

  @Test func aTaskThatIsCancelledBeforeStartsNothing() async throws {
    let kernel = try Kernel(file: URL(filePath: try await TestKernels.newest()))
    let run = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await kernel.run(.shipped("guest.self-check"))
    }
    await #expect(throws: CancellationError.self) { try await run.value }
  }

  /// Ids of the QEMUs whose parent is this process: proc(5), the fourth field of stat.
  private static func emulators() -> Set<Int32> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return Set(
      names.compactMap(Int32.init).filter { id in
        guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
          let close = stat.lastIndex(of: ")")
        else { return false }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        return stat.contains("(qemu-system") && fields.count > 1 && Int32(fields[1]) == getpid() && fields[0] != "Z"
      })
  }

  private static func wait(for count: Int, beyond before: Set<Int32>) async throws -> Set<Int32> {
    for _ in 0..<600 {
      let mine = emulators().subtracting(before)
      if mine.count >= count { return mine }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("no QEMU was started within 30 s")
    return []
  }
}
