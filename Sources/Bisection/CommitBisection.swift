import Foundation
import HostSystem
import Judgement
import KernelTree

/// Drives a search among commits from the ends to the proof, and keeps the ledger.
public struct CommitBisection {
  let range: CommitRange
  let ledger: Ledger
  private(set) var laboratory: any Laboratory
  /// Whether kernels of this configuration were asked for already since the session began: what is known of the ends and
  /// the plan have been told then.
  private(set) var isTold = false
  let report: @Sendable (Event) -> Void

  /// A bisection of this range, with what the ledger has of it already upon the base that it names last.
  public init(
    _ range: CommitRange, ledger: Ledger, laboratory: any Laboratory, report: @escaping @Sendable (Event) -> Void
  ) {
    self.range = range
    self.ledger = ledger
    self.laboratory = laboratory
    self.report = report
  }

  /// Runs it to the answer.
  public func run() async throws -> Conclusion {
    guard let opening = Record(ledger.entries).opening else {
      throw Failure(.badInput, "the ledger has no first line", remedy: "start the bisection anew")
    }
    // More runs might say something else by chance, and more tests be spent in vain; an answer that was given stays.
    if let known = Record(ledger.entries).conclusion { return known }
    var session = self
    var told: Set<[String]> = []
    while true {
      let disabled = Record(ledger.entries).disabled
      session.isTold = !told.insert(disabled).inserted
      session.laboratory = disabled.isEmpty ? laboratory : laboratory.disabling(disabled)
      guard let yardstick = try await session.verifiedEnds(opening) else { continue }
      guard let found = try await session.answer(opening, yardstick) else { continue }
      if let settled = try await session.settled(found, yardstick) { return try close(settled) }
    }
  }

  /// The answer by kernels of one configuration; nil when the ledger says to go on with another one.
  private func answer(_ opening: LedgerEntry.Opening, _ yardstick: Yardstick) async throws -> Conclusion? {
    var range = range
    let reach = try await reach()
    var field = narrowed(range, to: reach, isTold: isTold)
    // A proof that fails adds an answer which the search did not have; so each round knows more.
    for _ in 0..<Self.rounds {
      let found =
        if let rates = yardstick.rates { try await noisySearch(field, yardstick, rates) } else {
          try await search(field, yardstick)
        }
      guard let search = found else { return nil }
      var proof = Proof(range, yardstick, by: self)
      switch search.result {
      case .culprit(let number):
        switch try await proof.run(of: field.commits[number]) {
        case .holds(let conclusion): return conclusion
        case .reopen(let commit, let why):
          report(.note(why))
          // What was left out is not as it was taken to be: from now on nothing is left out.
          if !field.commits.contains(where: { $0.id == commit.id }) { field = range }
        case .divided(let sample, let why):
          report(.note(why))
          try ledger.append(.divided(sample))
          return nil
        case .leavesPath(let why):
          report(.note(why))
          range = range.alongPath()
          field = narrowed(range, to: reach)
        }
      case .range(let numbers):
        if let sample = try await division(behind: numbers, search, field, yardstick) {
          try ledger.append(.divided(sample))
          return nil
        }
        if try await disables(after: search, field, yardstick, atLeast: 1) { return nil }
        if try await isOtherwiseFromNothing(numbers.map { field.commits[$0] }, yardstick) { return nil }
        if opening.heals == true, let conclusion = try await heal(numbers, search, field, yardstick) {
          return conclusion
        }
        return Conclusion(
          claim: .range, commits: numbers.map { field.commits[$0] },
          reasons: reasons(forRange: numbers, search, field))
      case .contradiction where field.commits.count < range.commits.count: field = range
      case .contradiction, nil:
        return Conclusion(
          claim: .inconclusive, commits: [],
          reasons: ["good and bad contradict each other: no single commit brought the change"] + wordsOnMarks)
      }
    }
    return Conclusion(
      claim: .inconclusive, commits: [],
      reasons: ["clean builds kept contradicting earlier ones; see the ledger in \(ledger.folder.path)"])
  }

  /// How often a failed proof may open the search again.
  static let rounds = 8

  private func close(_ conclusion: Conclusion) throws -> Conclusion {
    let record = Record(ledger.entries)
    var conclusion = conclusion
    conclusion.confidence = record.confidence(of: conclusion)
    if record.conclusion != conclusion { try ledger.append(.closed(conclusion)) }
    return conclusion
  }

  // MARK: - One sample

  /// What is known of a sample, or else what an examination gives, written down before anybody hears of it.
  func examine(
    _ sample: Sample, _ role: Role, isClean: Bool = false, open: Int = 0, _ yardstick: Yardstick? = nil
  ) async throws -> Examination? {
    try Task.checkCancellation()
    let isDistrusting = Record(ledger.entries).distrustsObjects
    let isClean = isClean || isDistrusting
    if let yardstick, let rates = yardstick.rates { return try await decide(sample, role, isClean, yardstick, rates) }
    if var known = Record(ledger.entries).examination(of: sample, isClean: isClean) {
      known = try await lookingAgain(at: known, of: sample, yardstick)
      if !(isTold && role.isEnd) {
        report(
          .examined(sample, role, known, known.flatMap { yardstick?.answer(for: $0.seen) }, open: open, wasKnown: true))
      }
      return known
    }
    report(.examining(sample, role, open: open))
    var found = try await laboratory.examine(sample, isClean: isClean)
    try ledger.append(.examined(LedgerEntry.Examined(sample: sample, examination: found, at: .now)))
    noteDistrust(since: isDistrusting)
    found = try await lookingAgain(at: found, of: sample, yardstick)
    report(
      .examined(sample, role, found, found.flatMap { yardstick?.answer(for: $0.seen) }, open: open, wasKnown: false))
    return found
  }

  /// Where the old end is no ancestor of the new one, all rests on what they have in common.
  func verifyMergeBases(_ yardstick: Yardstick) async throws {
    let marks = Record(ledger.entries).marks
    for base in range.mergeBases {
      // The user's word stands above what the probe says.
      if let mark = marks[base.id], mark == .skip || range.answer(mark) == .good { continue }
      guard var found = try await examine(.commit(base), .mergeBase, yardstick) else { continue }
      if yardstick.answer(for: found.seen) == range.oldAnswer { continue }
      if !found.isClean, let anew = try await examine(.commit(base), .mergeBase, isClean: true, yardstick) {
        found = anew
      }
      if yardstick.answer(for: found.seen) == range.oldAnswer { continue }
      switch yardstick.answer(for: found.seen) {
      case .untestable(let why):
        report(
          .note("\(base.quoted), where the ends part, cannot be judged (\(why)); it is taken to be like the old end"))
      case .good, .bad:
        throw EndsRefused(
          failure: Failure(
            .badInput,
            "the ends are on different branches, and \(base.quoted), where they part, is already like the new end: the change was undone on the old end's branch",
            remedy: "search between \(base.id.short) and the old end, with --find-fix or without it"))
      }
    }
  }

  // MARK: - The search

  /// The search with all that a record knows: marks, and then what tests said in the order in which they were made. In another
  /// order other commits would lie within a stretch, and a search that is gone on with would not be the one that was begun.
  func known(_ range: CommitRange, _ yardstick: Yardstick, _ record: Record) -> CommitSearch {
    var search = CommitSearch(range.history)
    var open: [CommitID: Int] = [:]
    for (number, commit) in range.commits.enumerated() where commit.id != range.new.id {
      if let mark = record.marks[commit.id] {
        search.record(range.answer(mark), for: number, isMark: true)
      } else {
        open[commit.id] = number
      }
    }
    for one in record.examined {
      guard case .commit(let commit) = one.sample, let number = open[commit.id],
        case .some(.some(let known)) = record.examination(of: one.sample, isClean: record.distrustsObjects)
      else { continue }
      open[commit.id] = nil
      if record.isSettled(known, of: one.sample, yardstick) {
        search.record(range.towardsNew(yardstick.answer(for: known.seen)), for: number)
      }
    }
    return search
  }

  /// The search at its end; nil when it goes on with another configuration.
  private func search(_ range: CommitRange, _ yardstick: Yardstick) async throws -> CommitSearch? {
    var search = known(range, yardstick, Record(ledger.entries))
    while let next = search.next {
      if try await disables(after: search, range, yardstick, atLeast: Self.worthDisabling) { return nil }
      let isClean = isMadeClean(search, of: range)
      guard
        let found = try await examine(
          .commit(range.commits[next]), .step, isClean: isClean, open: search.open, yardstick)
      else { throw CancellationError() }
      search.record(range.towardsNew(yardstick.answer(for: found.seen)), for: next)
    }
    return search
  }

  /// Whether the next test's build begins with nothing but the source, so that the proof need not make it again.
  ///
  /// The last tests do, as they are likely to be what the proof rests on. The others build upon what is there, which is
  /// faster, as long as ⌈log₂ n⌉ + ``extraBuilds`` leaves room for one that is made twice; most ranges do, as not all
  /// of their commits can change the kernel. Where nothing can keep that number, as where a commit cannot be tested, it
  /// decides nothing. It takes the good end for one that began so, as the first build in a tree's objects does; where
  /// others were built there before and the good end is the culprit's parent, the proof makes that one twice.
  func isMadeClean(_ search: CommitSearch, of field: CommitRange) -> Bool {
    let suspects = search.remaining
    if suspects <= Self.decisive { return true }
    let built = Record(ledger.entries).builds
    // What the culprit's real parent is taken to be like was tested, and not itself, where commits were left out.
    let proof = field.commits.count < range.commits.count ? 2 : 1
    let ahead = CommitSearch.tests(among: suspects) + proof
    let spare = CommitSearch.tests(among: range.commits.count) + Self.extraBuilds - built - ahead
    return spare == 0 && !search.isBroken
  }

  /// Both ends, and the culprit's revert. A merge has further parents to be proven, and costs one more for each, and so does
  /// a revert that does not build.
  public static let extraBuilds = 3

  /// From so many suspects on builds begin with nothing but the source.
  static let decisive = 4
}
