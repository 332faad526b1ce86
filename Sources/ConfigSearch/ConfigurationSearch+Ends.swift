import Bisection
import HostSystem
import KernelBuild

/// The ends of a search: what differs between them, and whether they are what they are said to be.
extension ConfigurationSearch {
  /// Both ends, each run a few times: what shows only sometimes would send the search anywhere. The good end's kernel is one
  /// that the proof runs as often, and two more boots of the bad one cost less than one build.
  mutating func verifyEnds() async throws -> Yardstick {
    goodText = try await configured(ends.good, names.good)
    badText = try await configured(ends.bad, names.bad)
    differences = ConfigDifference.all(good: goodText, bad: badText)
    answer.differences = differences.count
    let loss = ConfigurationLoss(ends, good: goodText, bad: badText)
    guard !differences.isEmpty else { throw loss.same(names) }
    if let note = loss.note { report(.note(note)) }
    var good: Seen?
    if case .between = ends.kind {
      let seen = try await end(goodText, names.good)
      try Yardstick.verify(question, good: seen, called: names.good)
      good = seen
    }
    let bad = try await end(badText, names.bad)
    if good == nil, case .changed = question { good = try await end(goodText, names.good) }
    let yardstick: Yardstick
    do throws(Failure) {
      yardstick =
        if let good { try Yardstick(question, good: good, called: names.good, bad: bad, called: names.bad) } else {
          try Yardstick(question, bad: bad, called: names.bad)
        }
    } catch {
      throw loss.explaining(error)
    }
    if let good { known[Digest.sha256(ofText: goodText)] = yardstick.answer(for: good) }
    known[Digest.sha256(ofText: badText)] = yardstick.answer(for: bad)
    return yardstick
  }

  private mutating func configured(_ recipe: BuildRecipe, _ name: String) async throws -> String {
    report(.examining(name, left: nil, seconds: nil))
    answer.configured += 1
    switch try await laboratory.configure(recipe) {
    case .configured(let text): return text
    case .failed(let failure):
      throw Failure(
        .badInput, "\(name), cannot be had on this commit: \(failure.signature)",
        remedy: "name a configuration that has what the probe needs, or set it with --with")
    }
  }

  private mutating func end(_ text: String, _ name: String) async throws -> Seen {
    report(.examining(name, left: nil, seconds: nil))
    let found = try await laboratory.examine(BuildRecipe(base: .exact(contents: text)), isClean: false)
    note(name, found, nil)
    guard found.identity != nil else { return found.seen }
    for number in 1..<Yardstick.proofRuns {
      guard let run = try await runAgain(found, number) else { break }
      let isSame =
        if case .changed(let name) = question { run.seen.observations[name] == found.seen.observations[name] } else {
          run.seen.word == found.seen.word && run.seen.signature == found.seen.signature
        }
      guard isSame else { throw Self.isDivided(name, found.seen.word, run.seen.word) }
    }
    return found.seen
  }

  /// Another run of a kernel; nil where there is none.
  mutating func runAgain(_ found: Examination, _ number: Int) async throws -> Run? {
    try Task.checkCancellation()
    let run = try await laboratory.run(found, number..<number + 1).first
    if let milliseconds = run?.milliseconds { answer.furtherBoots.append(milliseconds) }
    return run
  }

  /// Runs of one kernel do not say the same.
  static func isDivided(_ name: String, _ one: String, _ other: String) -> Failure {
    Failure(
      .badInput, "\(name), is \(one) in one run and \(other) in another",
      remedy: "let the probe try the thing many times in one run, so that every run shows it")
  }
}
