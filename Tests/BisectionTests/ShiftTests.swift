import Foundation
import HostSystem
import TestSupport
import Testing
import VerdictStream

@testable import Bisection

@Suite struct `The rank test` {
  @Test func `counts small rows out`() {
    #expect(RankTest([1, 2, 3], below: [4, 5, 6]).chance == 1.0 / 20)
    #expect(abs(RankTest([1, 2, 3, 4, 5], below: [6, 7, 8, 9, 10]).chance - 1.0 / 252) < 1e-12)
    // U = 1: two of the twenty ways are as far apart.
    #expect(abs(RankTest([1, 2, 4], below: [3, 5, 6]).chance - 2.0 / 20) < 1e-12)
    #expect(RankTest([4, 5, 6], below: [1, 2, 3]).chance == 1)
  }

  @Test func `gives equal numbers the same rank`() {
    #expect(RankTest([1, 1], below: [1, 2]).chance == 0.5)
    #expect(RankTest([7, 7, 7], below: [7, 7, 7]).chance == 1)
  }

  @Test func `shows nothing where there is nothing`() {
    #expect(RankTest([], below: [1]).chance == 1)
    #expect(RankTest([1], below: []).chance == 1)
  }

  @Test func `goes over into the normal distribution without a step`() {
    // 15 against 15 are counted, 15 against 16 are not.
    let lower = (0..<15).map { Double($0 * 2) }
    let upper = (0..<15).map { Double($0 * 2) + 9 }
    let counted = RankTest(lower, below: upper).chance
    let near = RankTest(lower, below: upper + [23]).chance
    #expect(abs(counted - near) < 0.3 * counted, "\(counted) and \(near)")
  }

  @Test func `is as rarely wrong as it says`() {
    var random = Seeded(5)
    func row(_ count: Int) -> [Double] { (0..<count).map { _ in Double(Int.random(in: 0..<50, using: &random)) } }
    for count in [6, 12, 25] {
      let trials = 2000
      let wrong = (0..<trials).count { _ in RankTest(row(count), below: row(count)).chance <= 0.05 }
      #expect(Double(wrong) / Double(trials) < 0.065)
      #expect(Double(wrong) / Double(trials) > 0.02)
    }
  }
}

@Suite struct `A shift that is asked for` {
  @Test(
    arguments: [
      ("connect:+50%", Shift("connect", percent: 50)), ("p99_ms:-30%", Shift("p99_ms", percent: -30)),
      ("connect.p99:+12.5%", Shift("connect", .p99, percent: 12.5)), ("a.b:+1%", Shift("a.b", percent: 1)),
      ("a.b.min:+1%", Shift("a.b", .min, percent: 1)), ("a:b:+200%", Shift("a:b", percent: 200)),
    ])
  func `is read`(_ text: String, _ shift: Shift) { #expect(Shift(parsing: text) == shift) }

  @Test(arguments: [
    "connect", "connect:50%", "connect:+50", ":+50%", ".p99:+5%", "a:-100%", "a:+0%", "a:+x%", "a:+-5%",
  ])
  func `is none`(_ text: String) { #expect(Shift(parsing: text) == nil) }

  private func seen(_ text: String, _ quantity: Quantity? = nil) -> Seen {
    Seen(
      .good, phase: .done, reason: "", observations: ["took": text],
      numbers: quantity.map { ["took": Seen.Numbers($0)] })
  }

  @Test func `takes one number of a run, and none from words`() {
    let samples = Quantity(samples: Array(1...100), count: 100, unit: "us")
    #expect(Shift("took", percent: 5).number(of: seen("", samples)) == 50)
    #expect(Shift("took", .p99, percent: 5).number(of: seen("", samples)) == 99)
    #expect(Shift("took", .max, percent: 5).number(of: seen("", samples)) == 100)
    #expect(Shift("took", percent: 5).number(of: seen("8KiB", Quantity(8, unit: "KiB"))) == 8)
    #expect(Shift("took", percent: 5).number(of: seen("17")) == 17)
    #expect(Shift("took", percent: 5).number(of: seen("ENOSPC")) == nil)
    #expect(Shift("other", percent: 5).number(of: seen("17")) == nil)
  }

  private func trial(_ shift: Shift, _ good: [Int], _ bad: [Int]) -> EndTrial {
    func runs(_ numbers: [Int]) -> [Seen] {
      numbers.map { seen("", Quantity(samples: [$0 * 1_000_000], count: 1, unit: "ns")) }
    }
    return EndTrial(.shifted(shift), good: runs(good), bad: runs(bad))
  }

  @Test func `of ends that differ by less is refused, with the numbers`() {
    let ends = trial(
      Shift("took", percent: 50), (0..<30).map { 100 + $0 % 5 }, (0..<30).map { 130 + $0 % 5 })
    #expect(ends.wanted == (0, 0))
    let failure = #expect(throws: Failure.self) { try ends.yardstick(called: "old", "new") }
    #expect(
      failure?.message
        == "the ends differ, but not by the +50 % asked for: took 102ms in 30 runs and 132ms in 30, +29.4 %")
  }

  @Test func `of ends that are the same is refused after all the runs there may be`() {
    var random = Seeded(3)
    func row(_ count: Int) -> [Int] { (0..<count).map { _ in Int.random(in: 90...110, using: &random) } }
    let ends = trial(Shift("took", percent: 1), row(200), row(200))
    #expect(ends.wanted == (0, 0))
    let failure = #expect(throws: Failure.self) { try ends.yardstick(called: "old", "new") }
    #expect(failure?.message.hasPrefix("the ends cannot be told apart: took ") == true)
  }

  @Test func `in the other direction parts the ends the other way round`() throws {
    let ends = trial(Shift("took", percent: -30), (0..<15).map { 100 + $0 }, (0..<15).map { 50 + $0 })
    let yardstick = try ends.yardstick(called: "old", "new")
    func answer(_ number: Int) -> CommitSearch.Answer {
      yardstick.answer(for: seen("", Quantity(samples: [number * 1_000_000], count: 1, unit: "ns")))
    }
    #expect(answer(100) == .good && answer(60) == .bad)
    // Between 64 and 100 in the middle of the logarithms.
    #expect(answer(79) == .bad && answer(81) == .good)
    #expect(yardstick.answer(for: seen("x")) != .good)
    #expect(throws: Failure.self) {
      try trial(Shift("took", percent: 30), (0..<15).map { 100 + $0 }, (0..<15).map { 50 + $0 }).yardstick(
        called: "old", "new")
    }
  }

  @Test func `a measured value cannot be asked to be the same`() {
    let one = seen("", Quantity(samples: [1], count: 1, unit: "ns"))
    #expect(throws: Failure.self) { try Yardstick.requireComparable(.changed("took"), one) }
    #expect(throws: Never.self) {
      try Yardstick.requireComparable(.changed("took"), seen("", Quantity(8, unit: "KiB")))
    }
  }
}

@Suite struct `A duration, by simulation` {
  private struct World: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let world: SimulatedShift
    /// Shares of all searches.
    let right: Double
    let wrong: Double
  }

  /// More with FIRSTBAD_TRIALS.
  private static func trials(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["FIRSTBAD_TRIALS"].flatMap(Int.init) ?? usual
  }

  /// Ends that differ as asked: what is named and confirmed is the kernel.
  @Test(arguments: [
    World(testDescription: "little noise", world: SimulatedShift(noise: 0.03), right: 0.98, wrong: 0.003),
    World(testDescription: "noise", world: SimulatedShift(), right: 0.97, wrong: 0.005),
    World(
      testDescription: "much noise", world: SimulatedShift(step: 2, noise: 0.3, outliers: 0.1), right: 0.9, wrong: 0.01),
    World(testDescription: "drift", world: SimulatedShift(drift: 0.1), right: 0.9, wrong: 0.005),
    World(testDescription: "a loaded machine", world: SimulatedShift(load: 1.5), right: 0.8, wrong: 0.01),
    World(
      testDescription: "faster", world: SimulatedShift(step: 0.5, shift: Shift("took", percent: -30)), right: 0.97,
      wrong: 0.005),
  ])
  private func `is traced to its kernel, and hardly ever to another`(_ one: World) throws {
    let trials = Self.trials(20)
    var random = Seeded(11)
    var count: [SimulatedShift.Outcome: Int] = [:]
    for _ in 0..<trials { count[try one.world.search(&random), default: 0] += 1 }
    print("\(one.testDescription): \(count)")
    #expect(Double(count[.right, default: 0]) >= one.right * Double(trials), "\(count)")
    #expect(Double(count[.wrong, default: 0]) <= one.wrong * Double(trials), "\(count)")
  }

  /// Ends that do not differ, or by less than is asked: there is no answer.
  @Test(arguments: [
    World(testDescription: "no change", world: SimulatedShift(step: 1), right: 0, wrong: 0),
    World(testDescription: "no change, and drift", world: SimulatedShift(step: 1, drift: 0.1), right: 0, wrong: 0),
    World(
      testDescription: "no change, and load", world: SimulatedShift(step: 1, load: 1.5), right: 0, wrong: 0),
    World(testDescription: "half of what is asked", world: SimulatedShift(step: 1.2), right: 0, wrong: 0),
  ])
  private func `that is not there is not found`(_ one: World) throws {
    let trials = Self.trials(2)
    var random = Seeded(12)
    var count: [SimulatedShift.Outcome: Int] = [:]
    for _ in 0..<trials { count[try one.world.search(&random), default: 0] += 1 }
    print("\(one.testDescription): \(count)")
    #expect(count[.refused, default: 0] + count[.doubted, default: 0] == trials, "\(count)")
  }
}
