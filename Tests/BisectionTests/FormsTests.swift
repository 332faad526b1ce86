import Foundation
import HostSystem
import Synchronization
import TestSupport
import Testing

@testable import Bisection

/// A bug that is one and looks like several: what overwrote memory is met in another place each time.
@Suite struct `A failure of many forms` {
  private let scratch: Scratch
  private let world = SimulatedHistory(history: History(row: 200), culprit: 71)

  init() throws { scratch = try Scratch() }

  private static func dying(_ number: Int) -> Seen {
    Seen(.bad(signature: "general protection fault in place \(number)"), phase: .probe, reason: "the kernel said so")
  }

  /// Half of all runs, and the others seldom.
  private static let forms = [0, 0, 0, 0, 0, 1, 1, 2, 3, 4].map(dying)

  @Test(arguments: 1...12) func `is traced to its commit`(_ seed: Int) async throws {
    let laboratory = SimulatedLaboratory(world, seed: seed, forms: Self.forms)
    let notes = Notes()
    let conclusion = try await laboratory.bisect(
      laboratory.range(from: 0, to: 199), in: scratch.url.appending(path: "session"), report: notes.take)
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 71"], "\(conclusion)")
    // Those whose few first runs were alike are found out before a range is handed out.
    #expect(notes.list.contains { $0.contains("are hunted: general protection fault in place 0; ") }, "\(notes.list)")
    #expect(notes.list.contains { $0.contains("--any-failure") })
  }

  /// Two changes, of which each brought a failure of its own: the bad end shows both, and all after the first one cannot tell
  /// which of them belong together. Only that nothing is left without the commit shows that they do.
  @Test(arguments: [nil, Seen.broken("fs/x.c: error: no y")])
  func `is not said to be one commit's where that cannot be taken out`(_ reverted: Seen?) async throws {
    let early = Dictionary(uniqueKeysWithValues: (50..<120).map { ($0, Self.dying(1)) })
    let laboratory = SimulatedLaboratory(
      SimulatedHistory(history: History(row: 200), culprit: 120), lies: early, cleanLies: early, reverted: reverted,
      forms: [0, 1].map(Self.dying))
    let conclusion = try await laboratory.bisect(in: scratch.url.appending(path: "session"), isFlaky: true)
    #expect(conclusion.claim == .likely && conclusion.commits.map(\.subject) == ["commit 50"], "\(conclusion)")
    #expect(conclusion.reasons.contains { $0.hasSuffix("so it is not shown that all of them go with it") })
  }

  /// Its parent is the new end without it.
  @Test func `is that of the new end itself, where its parent has none of them`() async throws {
    let laboratory = SimulatedLaboratory(
      SimulatedHistory(history: History(row: 200), culprit: 199), reverted: nil, forms: [0, 1].map(Self.dying))
    let conclusion = try await laboratory.bisect(in: scratch.url.appending(path: "session"), isFlaky: true)
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 199"], "\(conclusion)")
  }

  /// Commits in the middle fail by something else; the bad end fails in one way, and once it says nothing.
  @Test(arguments: [Seen.unready, .hanging]) func `is none for a run that says nothing`(_ silence: Seen) async throws {
    let other = Dictionary(uniqueKeysWithValues: (60...80).map { ($0, Self.dying(9)) })
    let laboratory = SimulatedLaboratory(world, lies: other, cleanLies: other, silent: [199: [6]], silence: silence)
    let notes = Notes()
    let conclusion = try await laboratory.bisect(
      laboratory.range(from: 0, to: 199), in: scratch.url.appending(path: "session"), report: notes.take)
    #expect(conclusion.claim == .range && conclusion.commits.count == 22, "\(conclusion)")
    #expect(conclusion.reasons.contains { $0.contains("say --any-failure") })
    #expect(!notes.list.contains { $0.contains("as with --flaky") }, "\(notes.list)")
  }

  @Test(arguments: 1...3) func `is one where any failure will do, and one run tells`(_ seed: Int) async throws {
    let laboratory = SimulatedLaboratory(world, seed: seed, forms: Self.forms)
    let conclusion = try await laboratory.bisect(
      laboratory.range(from: 0, to: 199), in: scratch.url.appending(path: "session"), any: true)
    #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 71"], "\(conclusion)")
    #expect(conclusion.confidence == nil)
    #expect(laboratory.runs == 4 + 9)
  }

  private func trial(good: [Seen] = [], bad: [Seen]) -> EndTrial {
    EndTrial(
      .failure(any: false), good: good + [Seen](repeating: .fine, count: 15 - good.count),
      bad: bad + [Seen](repeating: .failing, count: 10 - bad.count))
  }

  @Test func `is told from another failure that came by chance`() {
    let signature = Seen.failing.signature
    // One or two of ten runs may come of anything.
    #expect(trial(bad: [Self.dying(1), .fine]).forms == [signature])
    #expect(trial(bad: [Self.dying(1), Self.dying(2)]).forms == [signature])
    #expect(trial(bad: (1...4).map(Self.dying)).forms.count == 5)
    // What the good end shows, too, is not what parts the ends, and neither is silence.
    #expect(trial(good: [Self.dying(1)], bad: (1...3).map(Self.dying)).forms == [signature])
    #expect(trial(bad: [Seen](repeating: .hanging, count: 4)).forms == [signature])
    #expect(trial(bad: [Self.dying(1), .fine]).formsNote?.contains("of 2 failures that only") == true)
    #expect(trial(bad: [.fine]).formsNote == nil)
  }
}

/// An end that tells nothing is none that is good.
@Suite struct `An end of which many runs are made` {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func failure(_ question: Question = .failure(any: false), good: [Seen], bad: [Seen]) -> Failure? {
    var trial = EndTrial(question, good: Array(good.prefix(1)), bad: Array(bad.prefix(1)))
    while trial.wanted != (0, 0) {
      let wanted = trial.wanted
      trial.take(good: (0..<wanted.good).map { good[$0 % good.count] })
      trial.take(bad: (0..<wanted.bad).map { bad[$0 % bad.count] })
    }
    do {
      _ = try trial.yardstick(called: "the first kernel, old", "the last kernel, new")
      return nil
    } catch { return error }
  }

  private static let stuck = Seen(
    .untestable(phase: .kernel, signature: "no hello"), phase: .kernel, reason: "it did not boot")

  @Test func `and that does not boot is told so, after three`() {
    let trial = EndTrial(.failure(any: false), good: [.fine], bad: [Self.stuck])
    #expect(trial.wanted == (0, 2))
    #expect(
      failure(good: [.fine], bad: [Self.stuck])?.message
        == "the last kernel, new, cannot be judged: it did not boot")
    #expect(
      failure(good: [Self.stuck], bad: [.failing])?.message
        == "the first kernel, old, cannot be judged: it did not boot")
    // One that boots at times is run on.
    #expect(failure(good: [.fine], bad: [Self.stuck, .failing, .failing]) == nil)
  }

  @Test func `and that shows no such value, or the same as the other, is told that`() {
    #expect(
      failure(.changed("admited"), good: [.fine], bad: [.failing])?.message
        == "the first kernel, old, shows no observation called admited: all checks passed")
    #expect(
      failure(.changed("admitted"), good: [.fine], bad: [.panicking])?.message
        == "the last kernel, new, cannot be judged: panic")
    #expect(
      failure(.changed("admitted"), good: [.fine], bad: [.fine])?.message
        == "admitted is the same at both ends (1), so nothing changed between them")
  }

  @Test func `and that is not what it should be is told in how many of them`() {
    #expect(
      failure(good: [.fine], bad: [.fine])?.message
        == "the last kernel, new, should be bad and is good in all of 200 runs")
    #expect(
      failure(good: [.failing], bad: [.failing])?.message.hasPrefix(
        "the first kernel, old, should be good and is not in all of ") == true)
  }

  @Test func `and that mostly does not boot is told that, and not what the few others showed`() {
    for first in [Seen.failing, .fine] {
      let trial = EndTrial(
        .failure(any: false), good: [Seen](repeating: .fine, count: 3),
        bad: [first] + [Seen](repeating: Self.stuck, count: 5))
      #expect(trial.wanted == (0, 0))
      let failure = #expect(throws: Failure.self) { try trial.yardstick(called: "old", "the last kernel, new") }
      #expect(failure?.message == "the last kernel, new, in 5 of 6 runs, cannot be judged: it did not boot")
      #expect(failure?.remedy == "name an end that boots and can run the probe")
    }
  }

  /// Among commits: nothing is built that cannot help, and an end without a kernel is not called good.
  @Test(arguments: [true, nil]) func `and that does not build is told so at once`(_ isFlaky: Bool?) async throws {
    for (number, name, builds) in [(0, "good", 1), (199, "bad", 2)] {
      var world = SimulatedHistory(history: History(row: 200), culprit: 71)
      world.broken[number] = "fs/x.c: error: no y"
      let laboratory = SimulatedLaboratory(world)
      let failure = await #expect(throws: Failure.self) {
        try await laboratory.bisect(
          laboratory.range(from: 0, to: 199), in: scratch.url.appending(path: name), isFlaky: isFlaky)
      }
      #expect(failure?.message == "the \(name) commit, \(name), cannot be judged: fs/x.c: error: no y")
      // The end that is built upon the other's objects is built anew before it is refused.
      #expect(laboratory.examined.count == builds + (name == "bad" ? 1 : 0))
    }
  }

  @Test func `and that never fails is told that, and how it might be asked`() async throws {
    let laboratory = SimulatedLaboratory(SimulatedHistory(history: History(row: 20), culprit: 19))
    let failure = await #expect(throws: Failure.self) {
      try await laboratory.bisect(laboratory.range(from: 2, to: 9), in: scratch.url.appending(path: "session"))
    }
    let remedy = failure?.remedy ?? ""
    #expect(remedy.contains("say --flaky if it fails only sometimes"), "\(String(describing: failure))")
  }
}
