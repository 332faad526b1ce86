/// Which of several configurations shows what a bisection is about, the smallest first. A behaviour that hangs on an
/// option which the minimal configuration lacks is not there at all, and both ends are good; or the probe fails at both
/// for what that configuration lacks.
public struct BaseLadder: Sendable, Equatable {
  /// What one base came to.
  enum Fit: Sendable, Equatable {
    /// The ends differ as they should, as far as these few runs tell: the bisection verifies them.
    case shows
    /// They do not, for this reason.
    case lacks(String)
  }

  /// One end under one base: its run of this number, from 0 on; nil where there is no kernel to run again.
  typealias End = (Int) async throws -> Seen?

  /// Runs of an end by which it is shown to be not what it should be; one may be chance. They cost seconds, and a base too
  /// many half an hour.
  static let runs = 3
  /// The same of the bad end, where it is said to fail only sometimes: one that fails in 15 of 100 runs is seen 24 times in 25.
  static let flakyRuns = 20

  /// Looks at the ends under one base; the good one is built only where the bad one fits.
  static func fit(_ question: Question, isFlaky: Bool, bad: End, good: End) async throws -> Fit {
    let patience = isFlaky ? flakyRuns : runs
    switch question {
    case .failure:
      if let other = try await first(upTo: patience, of: bad, where: { $0.word == "bad" }) {
        let times = isFlaky ? " in each of \(patience) runs" : ""
        return .lacks(other.word == "good" ? "the bad end is good\(times)" : judged("bad", other))
      }
      guard let other = try await first(upTo: runs, of: good, where: { $0.word == "good" }) else { return .shows }
      return .lacks(other.word == "bad" ? "the good end fails, too (\(reason(other)))" : judged("good", other))
    case .changed(let name):
      if let other = try await first(upTo: runs, of: bad, where: { $0.value(of: name) != nil }) {
        return .lacks("the bad end shows no \(name) (\(reason(other)))")
      }
      var before: String?
      let silent = try await first(upTo: runs, of: good) { seen in
        before = seen.value(of: name)
        return before != nil
      }
      if let silent { return .lacks("the good end shows no \(name) (\(reason(silent)))") }
      let same = try await first(upTo: patience, of: bad) { seen in seen.value(of: name).map { $0 != before } ?? false }
      return same == nil ? .shows : .lacks("\(name) is \(before ?? "") at both ends")
    case .shifted(let shift):
      let has = { (seen: Seen) in shift.number(of: seen) != nil }
      func lacks(_ name: String, _ other: Seen) -> Fit {
        .lacks("the \(name) end shows no \(shift.observation) that is a number (\(reason(other)))")
      }
      if let other = try await first(upTo: runs, of: bad, where: has) { return lacks("bad", other) }
      if let other = try await first(upTo: runs, of: good, where: has) { return lacks("good", other) }
      return .shows
    }
  }

  /// Runs an end until a run is as it should be, and gives nil then; else the last one that tells, or the last.
  private static func first(upTo count: Int, of end: End, where fits: (Seen) -> Bool) async throws -> Seen? {
    var (last, untold): (Seen?, Int) = (nil, 0)
    for number in 0..<count {
      guard let seen = try await end(number) else { break }
      if fits(seen) { return nil }
      if seen.tells || last == nil { last = seen }
      if !seen.tells { untold += 1 }
      // What does not come up gets no better by repeating, and takes longest.
      if untold == runs { break }
    }
    return last
  }

  private static func judged(_ name: String, _ seen: Seen) -> String {
    "the \(name) end cannot be judged (\(reason(seen)))"
  }

  private static func reason(_ seen: Seen) -> String { seen.reason.isEmpty ? seen.signature : seen.reason }

  /// Whether a larger base may help where the ends were refused.
  public static func mayHelp(_ question: Question, bad: Seen?) -> Bool {
    guard let bad else { return false }
    if case .changed = question { return true }
    return bad.word != "bad"
  }

  /// The base after this one: more of the kernel, and longer builds; nil where only the user knows.
  public static func next(after base: String) -> String? { base == "tiny" ? "defconfig" : nil }
}
