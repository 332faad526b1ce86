import KernelTree

/// Shows that the commit which the search named brought the change, or finds out that it did not.
struct Proof {
  /// What became of it.
  enum Ending {
    /// This is the answer.
    case holds(Conclusion)
    /// A clean build gave another answer than the search had; with it the search goes on.
    case reopen(Commit, String)
    /// Runs of one kernel do not say the same: one run tells nothing of this range.
    case divided(Sample, String)
    /// A parent outside of the range is as the new end: the branch forked before the old end became what it is.
    case leavesPath(String)
  }

  private let range: CommitRange
  private let yardstick: Yardstick
  private let bisection: CommitBisection
  private let marks: [CommitID: LedgerEntry.Mark]
  /// What was shown and what was not.
  private var reasons: [String] = []
  /// Nothing that was to be shown failed.
  private var isShown = true

  init(_ range: CommitRange, _ yardstick: Yardstick, by bisection: CommitBisection) {
    self.range = range
    self.yardstick = yardstick
    self.bisection = bisection
    marks = Record(bisection.ledger.entries).marks
  }

  private var has: String { range.findsFix ? "is good" : "is bad" }
  private var hasNot: String { range.findsFix ? "is bad" : "is good" }

  /// See ``Yardstick/proofRuns``.
  static let runs = Yardstick.proofRuns

  mutating func run(of culprit: Commit) async throws -> Ending {
    do { return try await ending(of: culprit) } catch let divided as Divided {
      return .divided(divided.sample, Self.isDivided(divided.name))
    }
  }

  /// Why it goes on otherwise, for a person.
  static func isDivided(_ name: String) -> String {
    "\(name) does not say the same in each of \(runs) runs: \(untilDecided)"
  }

  /// What is done then.
  static let untilDecided = "each one is run until it is decided, as with --flaky"

  /// What ends a proof at once.
  private struct Divided: Error {
    let sample: Sample
    let name: String
  }

  /// A kernel after a few more runs.
  private func repeated(_ sample: Sample, _ found: Examination, _ name: String) async throws -> Examination {
    guard let agreed = try await bisection.agreed(sample, found, yardstick) else {
      throw Divided(sample: sample, name: name)
    }
    return agreed
  }

  private mutating func ending(of culprit: Commit) async throws -> Ending {
    for base in range.mergeBases {
      guard let mark = marks[base.id] else { continue }
      isShown = false
      reasons.append(
        "\(base.id.short), where the ends part, was marked \(mark.rawValue) by the user, which was not verified")
    }
    let (own, identity, tools) = try await look(at: culprit, .culprit)
    switch own {
    case .bad: shown(culprit, has)
    case .good: return reopen(culprit, hasNot)
    case .untestable(let why): return reopen(culprit, "cannot tell (\(why))")
    }
    for id in culprit.parents {
      let parent = try await bisection.laboratory.commit(id)
      let (answer, parentIdentity, parentTools) = try await look(at: parent, .parent)
      if let ending = judge(parent, answer) { return ending }
      compare(tools, parentTools, of: parent)
      if let identity, identity == parentIdentity {
        reasons.append(
          "its kernel is the same as that of its parent \(id.short), byte for byte: the answers change by themselves")
        return .holds(Conclusion(claim: .inconclusive, commits: [culprit], reasons: reasons))
      }
    }
    if let shift = yardstick.shift, let parent = culprit.parents.first {
      try await step(shift, culprit, try await bisection.laboratory.commit(parent))
    }
    // What stands at either side of the change is what the ends show, or the question was about more than one.
    for id in [culprit.id] + culprit.parents {
      let seen = Record(bisection.ledger.entries).seen(of: id)
      guard let third = seen.flatMap(yardstick.thirdValue) else { continue }
      isShown = false
      reasons.append("but of \(id.short): \(third)")
    }
    if culprit.parents.isEmpty {
      isShown = false
      reasons.append("it has no parent to compare it with")
    }
    if culprit.parents.count > 1 {
      reasons.append("it is a merge: none of its parents has the change, so it came with the merging itself")
    }
    try await revert(culprit)
    return .holds(Conclusion(claim: isShown ? .confirmed : .likely, commits: [culprit], reasons: reasons))
  }

  /// What a clean build of a commit says. The user's word stands above it, and is no proof.
  private mutating func look(
    at commit: Commit, _ role: CommitBisection.Role
  ) async throws -> (CommitSearch.Answer, identity: String?, Tools?) {
    if let mark = marks[commit.id] {
      isShown = false
      reasons.append("\(commit.id.short) was marked \(mark.rawValue) by the user, which was not verified")
      return (range.answer(mark), nil, nil)
    }
    guard let first = try await bisection.examine(.commit(commit), role, isClean: true, yardstick) else {
      throw CancellationError()
    }
    let found = try await repeated(.commit(commit), first, commit.quoted)
    return (range.towardsNew(yardstick.answer(for: found.seen)), found.identity, found.tools)
  }

  /// Where there is a mark no kernel was built for it, and the mark is told of already.
  private mutating func shown(_ commit: Commit, _ what: String, as role: String = "") {
    if marks[commit.id] == nil { reasons.append("\(role)\(commit.id.short) \(what), from a clean build") }
  }

  /// Two kernels that were built otherwise differ by that, too.
  private mutating func compare(_ own: Tools?, _ other: Tools?, of parent: Commit) {
    guard let own, let other else { return }
    if own.toolChain != other.toolChain {
      isShown = false
      reasons.append(
        "but \(parent.id.short) was built by \(other.compiler) and it by \(own.compiler): the compiler may be what made the difference"
      )
    }
    if own.fixUps != other.fixUps {
      isShown = false
      func list(_ tools: Tools) -> String { tools.fixUps.isEmpty ? "none" : tools.fixUps.joined(separator: ", ") }
      reasons.append(
        "but it was built with other fix-ups (\(list(own))) than \(parent.id.short) (\(list(other))): they may be what made the difference"
      )
    }
  }

  private mutating func judge(_ parent: Commit, _ answer: CommitSearch.Answer) -> Ending? {
    let isInside = range.commits.contains { $0.id == parent.id }
    switch answer {
    case .good:
      shown(parent, hasNot, as: "its parent ")
      return nil
    case .bad where isInside: return reopen(parent, has)
    case .bad where parent.id == range.old.id:
      reasons.append("but built clean the old end itself, \(parent.quoted), \(has)")
      return .holds(Conclusion(claim: .inconclusive, commits: [], reasons: reasons))
    case .bad where range.isOnPathOnly:
      isShown = false
      reasons.append("its parent \(parent.quoted) \(has) as well; that is of a branch that forked before the old end")
      return nil
    case .bad:
      return .leavesPath(
        "\(parent.quoted), where a branch forked before the old end, \(has) as well: from now on only commits that build on the old end are searched"
      )
    case .untestable(let why) where isInside: return reopen(parent, "cannot tell (\(why))")
    case .untestable(let why):
      isShown = false
      reasons.append("not shown: its parent \(parent.id.short) cannot tell (\(why))")
      return nil
    }
  }

  /// Where a number is hunted, its kernel and that of its parent are run in turns: what a search over hours takes for a
  /// change may have been the machine's.
  private mutating func step(_ shift: Shift, _ culprit: Commit, _ parent: Commit) async throws {
    let (good, bad) = range.findsFix ? (culprit, parent) : (parent, culprit)
    var test = StepTest(shift)
    guard try await bisection.take(turnsOf: good, bad, into: &test) else { return }
    reasons.append(test.words)
    if !test.isShown { isShown = false }
  }

  private func reopen(_ commit: Commit, _ what: String) -> Ending {
    // Nothing was built of what the user judged.
    let words =
      switch marks[commit.id] {
      case nil: "built clean, \(commit.quoted) \(what)"
      case .skip: "\(commit.quoted) is skipped by you"
      case .good, .bad: "\(commit.quoted) \(what), as you said"
      }
    return .reopen(commit, "\(words); the search goes on with that")
  }

  /// The last part: the new end without the commit.
  private mutating func revert(_ culprit: Commit) async throws {
    if culprit.id == range.new.id {
      reasons.append("it is the new end itself, so without it there is its parent")
      return
    }
    let new = range.new.id.short
    let sample = Sample.reverted(culprit, on: range.new)
    guard let first = try await examined(sample) else {
      reasons.append("not shown: it does not revert cleanly on \(new)")
      doubtSeveral()
      return
    }
    let found = try await repeated(sample, first, "\(new) with \(culprit.id.short) reverted")
    switch range.towardsNew(yardstick.answer(for: found.seen)) {
    case .good: reasons.append("\(new) with it reverted \(range.findsFix ? "is bad again" : "is good")")
    case .bad:
      isShown = false
      reasons.append("but \(new) with it reverted is as before: something else has the same effect")
    // It cannot be taken out where the rest does not build without it.
    case .untestable(let why):
      if found.identity != nil { isShown = false }
      reasons.append("not shown: \(new) with it reverted cannot tell (\(why))")
      doubtSeveral()
    }
  }

  /// The revert, upon what is there. That it does not build is believed of the source alone, as then the commit is one that
  /// cannot be taken out.
  private func examined(_ revert: Sample) async throws -> Examination? {
    let found = try await bisection.examine(revert, .revert, yardstick)
    guard let found, found.seen.phase == .build, !found.isClean else { return found }
    return try await bisection.examine(revert, .revert, isClean: true, yardstick)
  }

  /// Of several failures that are hunted at once each may have come by itself, and then this is the commit of the first of
  /// them. That all are gone without it would show that they are one.
  private mutating func doubtSeveral() {
    guard yardstick.failures > 1 else { return }
    isShown = false
    reasons.append("\(yardstick.failures) failures are hunted, so it is not shown that all of them go with it")
  }
}
