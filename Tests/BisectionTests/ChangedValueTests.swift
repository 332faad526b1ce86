import Foundation
import HostSystem
import TestSupport
import Testing

@testable import Bisection

/// `--changed NAME`: a value is hunted, whatever the probe's own verdict.
@Suite struct `A value that changed` {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func seen(_ value: Int, skips: Bool = false, dies: Bool = false) -> Seen {
    let values = ["value": "\(value)"]
    if skips {
      return Seen(.untestable(phase: .probe, signature: "skip"), phase: .probe, reason: "no call", observations: values)
    }
    if dies { return Seen(.bad(signature: "SIGSEGV"), phase: .probe, reason: "killed", observations: values) }
    return Seen(.good, phase: .done, reason: "", observations: values)
  }

  /// A row of 64 commits with these values, each from its number on.
  private func bisect(_ changes: [Int: Seen], in name: String = "session") async throws -> Conclusion {
    var truth: [Int: Seen] = [:]
    var now = changes[0] ?? .fine
    for number in 0..<64 {
      now = changes[number] ?? now
      truth[number] = now
    }
    let world = SimulatedHistory(history: History(row: 64), culprit: 40)
    let laboratory = SimulatedLaboratory(world, lies: truth, cleanLies: truth, reverted: changes[0])
    let range = laboratory.range(from: 0, to: 63)
    let ledger = try Ledger(in: scratch.url.appending(path: name))
    try ledger.append(
      .opened(
        LedgerEntry.Opening(
          tree: "/tree", goodName: "good", good: range.good.id, badName: "bad", bad: range.bad.id,
          question: .changed("value"), arguments: [], digests: [:])))
    return try await CommitBisection(range, ledger: ledger, laboratory: laboratory) { _ in }.run()
  }

  @Test func `is found where a check of the probe's own fails at neither end, or at both`() async throws {
    let conclusion = try await bisect([0: seen(1), 40: seen(2)])
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 40"], "\(conclusion)")
  }

  /// `OBSERVE("value", error); REQUIRE(error != ENOSYS, ...)`: the probe says itself that these kernels cannot tell.
  @Test func `is none where the probe skipped or died after it observed it`() async throws {
    for (number, other) in [seen(38, skips: true), seen(38, dies: true), seen(1, dies: true)].enumerated() {
      let conclusion = try await bisect([0: seen(1), 30: other, 40: seen(2)], in: "\(number)")
      #expect(conclusion.claim == .range, "\(conclusion)")
      #expect(conclusion.commits.map(\.subject).last == "commit 40" && conclusion.commits.count == 11, "\(conclusion)")
    }
  }

  @Test func `is refused at an end that cannot tell`() async throws {
    for (number, changes) in [
      [0: seen(1, skips: true), 40: seen(2)], [0: seen(1), 40: seen(2, skips: true)],
      [0: seen(1), 40: seen(2, dies: true)],
    ].enumerated() {
      let failure = await #expect(throws: Failure.self) { try await bisect(changes, in: "\(number)") }
      #expect(failure?.message.contains("cannot be judged") == true, "\(String(describing: failure))")
    }
  }

  private func dropped(_ count: Int) -> Seen {
    Seen(
      .bad(signature: "check drops == 0"), phase: .done, reason: "check failed", isFailedCheck: true,
      observations: ["admitted": "\(count)"])
  }

  /// The bad end showed it in ten runs or more, and the commit is no other one for having shown the second of them first.
  @Test(arguments: 1...6) func `to another one in each run is one change`(_ seed: Int) async throws {
    for (number, values) in [[3, 5, 4], Array(3...40)].enumerated() {
      let laboratory = SimulatedLaboratory(
        SimulatedHistory(history: History(row: 64), culprit: 40), seed: seed, forms: values.map(dropped))
      let conclusion = try await laboratory.bisect(
        laboratory.range(from: 0, to: 63), in: scratch.url.appending(path: "\(number)"), question: .changed("admitted"))
      #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 40"], "\(conclusion)")
    }
  }

  @Test func `to what neither end ever showed is another change, where many runs decide, too`() throws {
    let trial = EndTrial(
      .changed("admitted"), good: [Seen](repeating: .fine, count: 15),
      bad: (0..<10).map { dropped($0 % 2 == 0 ? 3 : 5) })
    let yardstick = try trial.yardstick(called: "old", "new")
    #expect(yardstick.thirdValue(in: dropped(5)) == nil)
    #expect(yardstick.thirdValue(in: dropped(7))?.contains("it changed more than once") == true)
  }

  /// One that is another one in each run is told from one that is, for once, another one.
  @Test func `that came only once at the bad end does not make every value one of its own`() throws {
    func yardstick(_ counts: [Int]) throws -> Yardstick {
      try EndTrial(.changed("admitted"), good: [Seen](repeating: .fine, count: 15), bad: counts.map(dropped))
        .yardstick(called: "old", "new")
    }
    let seldom = try yardstick([Int](repeating: 11, count: 19) + [4])
    #expect(seldom.thirdValue(in: dropped(22))?.contains("it changed more than once") == true)
    #expect(seldom.thirdValue(in: dropped(4)) == nil && seldom.thirdValue(in: dropped(11)) == nil)
    #expect(try yardstick(Array(3...12)).thirdValue(in: dropped(40)) == nil)
    #expect(try yardstick([3, 3, 3, 3, 3, 3, 5, 6, 7, 8]).thirdValue(in: dropped(40)) == nil)
  }

  /// The first commit at which it was another one is named, and that it is not what the bad end shows.
  @Test func `more than once makes the claim weaker`() async throws {
    let conclusion = try await bisect([0: seen(1), 30: seen(3), 40: seen(2)])
    #expect(conclusion.claim == .likely && conclusion.commits.map(\.subject) == ["commit 30"], "\(conclusion)")
    #expect(
      conclusion.reasons.contains {
        $0.contains("value is 3 there, and at the ends 1 and 2: it changed more than once")
      },
      "\(conclusion.reasons)")
  }
}
