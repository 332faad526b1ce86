import Foundation
import TestKernels
import Testing

/// The table of faults: nothing but a probe that passed on the kernel meant is ever good, nothing exits with
/// 1 to 127 but a proven bad (1) and what cannot be told (125), nothing is left behind.
@Suite struct FaultTableTests {
  @Test(arguments: ProbeFaults.table) func probe(_ fault: Fault) async throws { try await check(fault) }
  @Test(arguments: KernelFaults.table) func kernel(_ fault: Fault) async throws { try await check(fault) }
  @Test(arguments: HostFaults.table) func host(_ fault: Fault) async throws { try await check(fault) }

  private func check(_ fault: Fault) async throws {
    let bench = try await FaultBench()
    let result = try await fault.cause(bench)
    let seen = Seen(result.output)
    let story = "\(result.output)\(result.errors)"

    let isRight = fault.expected.admits(status: result.status) && Self.fits(fault.expected, seen, result.errors)
    #expect(isRight, "exit \(result.status); \(story)")
    // A killed QEMU is reaped by its parent's parent; that takes a moment.
    var left = bench.leftovers()
    for _ in 0..<50 where !left.isEmpty {
      try await Task.sleep(for: .milliseconds(100))
      left = bench.leftovers()
    }
    #expect(left.isEmpty, "left behind: \(left)")
    let mark = isRight && left.isEmpty ? "✓" : "✗"
    let verdict = seen.map { "\($0.verdict), \($0.phase)" } ?? "refused"
    print("fault \(mark) \(fault.name) | \(verdict) | exit \(result.status)")
  }

  private static func fits(_ expected: Expected, _ seen: Seen?, _ errors: String) -> Bool {
    switch expected {
    case .good: seen?.verdict == "good"
    case .bad(let signature): seen?.verdict == "bad" && seen?.signature.hasPrefix(signature) == true
    case .untestable(let phase, let signature):
      seen?.verdict == "untestable" && seen?.phase == phase && seen?.signature.hasPrefix(signature) == true
    case .infra(let reason):
      seen.map { $0.verdict == "infra" && $0.reason.contains(reason) } ?? errors.contains(reason)
    case .refused(let sentence): seen == nil && errors.contains(sentence)
    case .interrupted: seen == nil || seen?.verdict == "good"
    }
  }
}
