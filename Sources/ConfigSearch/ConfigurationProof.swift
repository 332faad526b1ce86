import Bisection
import HostSystem
import KernelBuild

/// What is shown of an answer beyond the search: clean builds, and the other direction.
extension ConfigurationSearch {
  /// `goesOn`: a search that was cut short goes on when it is asked for again, as what it spent is in the store.
  mutating func prove(_ outcome: DeltaSearch.Outcome, _ yardstick: Yardstick, goesOn: Bool) async throws {
    let members = Set(outcome.members)
    var isProven = !outcome.isCutShort
    if outcome.isCutShort {
      answer.reasons.append(
        "the search was cut short after \(answer.configured) configurations; some may not be needed"
          + (goesOn ? "; the same command again goes on from there" : ""))
    }
    for (member, what) in outcome.without.sorted(by: { $0.key < $1.key }) {
      if what == .good {
        let others = members.subtracting([member])
        isProven = try await stays(.good, texts[others], name(others), yardstick, isClean: false) && isProven
      }
      isProven = describe(member, what, members) && isProven
    }
    let isShown =
      switch ends.kind {
      case .between: try await proveBetween(members, yardstick)
      case .least: try await proveLeast(yardstick, isNeeded: isProven)
      }
    isProven = hasSameFixUps() && isProven
    switch isShown {
    case nil: answer.claim = .inconclusive
    case let shown?: answer.claim = shown && isProven ? .confirmed : .likely
    }
  }

  /// Two kernels with different fix-ups differ by these, too. Whether all that were judged have the same.
  private mutating func hasSameFixUps() -> Bool {
    let all = Set(answer.examined.map(\.examination).filter { $0.identity != nil }.map { $0.tools?.fixUps ?? [] })
    guard all.count > 1 else { return true }
    let names = Set(all.joined()).filter { name in !all.allSatisfy { $0.contains(name) } }
    answer.reasons.append(
      "but not all kernels were built with the same fix-ups (\(names.sorted().joined(separator: ", "))): they may be what made the difference"
    )
    return false
  }

  /// What is known of the set without one of its members; whether that shows it to be needed.
  private mutating func describe(
    _ member: Int, _ what: DeltaSearch.Answer, _ members: Set<Int>
  ) -> Bool {
    let symbol = differences[member].assignment(true).text
    switch what {
    case .good:
      guard members.count > 1 else { return true }
      let others = members.subtracting([member])
      let kept = kept(of: others, with: others)
      let lost = others.sorted().map { differences[$0].symbol }.filter { !kept.contains($0) }
      answer.reasons.append(
        lost.isEmpty
          ? "without \(symbol) it is good"
          : "without \(symbol) it is good: \(lost.joined(separator: ", ")) does not take then")
      return true
    case .bad: return false
    case .untestable(let why):
      answer.reasons.append("without \(symbol) it cannot tell (\(why)), so that one may be needed only for this")
      return false
    }
  }

  /// Of some differences the symbols that have the bad end's value in what a candidate came to.
  private func kept(of members: Set<Int>, with candidate: Set<Int>) -> [String] {
    guard let text = texts[candidate] else { return [] }
    let got = ConfigDifference.all(good: goodText, bad: text).map { "\($0.symbol)=\($0.bad)" }
    return members.sorted().map { differences[$0] }.filter { got.contains("\($0.symbol)=\($0.bad)") }.map(\.symbol)
  }

  /// Both directions between two configurations, from clean builds; nil when they contradict the search.
  private mutating func proveBetween(_ members: Set<Int>, _ yardstick: Yardstick) async throws -> Bool? {
    let them = members.count == 1 ? "it" : "them"
    let good = try await judge(goodText, "\(names.good), clean", yardstick, isClean: true)
    let bad = try await judge(members, yardstick, left: 1, isClean: true)
    guard good == .good, bad == .bad else {
      answer.reasons.append(
        "clean builds contradict the search: the good configuration is \(Self.plain(good)), with \(them) \(Self.plain(bad))"
      )
      return nil
    }
    var isShown = try await stays(.good, goodText, names.good, yardstick, isClean: true)
    isShown = try await stays(.bad, texts[members], name(members), yardstick, isClean: true) && isShown
    answer.reasons.insert(
      "with \(them) the good configuration is bad, without \(them) it is good, both from clean builds", at: 0)
    let rest = Set(differences.indices).subtracting(members)
    let other = try await judge(rest, yardstick, left: 0, isClean: true)
    let staying = kept(of: members, with: rest)
    switch other {
    case .good:
      answer.reasons.insert("without \(them) the bad configuration is good, from a clean build", at: 1)
      return try await isGoodAlways(rest, without: them, yardstick) && isShown
    case .bad where !staying.isEmpty:
      answer.reasons.insert(
        "\(staying.joined(separator: ", ")) cannot be taken out of the bad configuration: something there selects \(them)",
        at: 1)
    case .bad:
      answer.reasons.insert(
        "without \(them) the bad configuration is still bad: something else makes it bad, too", at: 1)
    case .untestable(let why):
      answer.reasons.insert("the bad configuration without \(them) cannot tell: \(why)", at: 1)
    }
    return false
  }

  /// What is found stands where the bad configuration without it fails in some runs: it is not all.
  private mutating func isGoodAlways(
    _ rest: Set<Int>, without them: String, _ yardstick: Yardstick
  ) async throws -> Bool {
    let name = "the bad configuration without \(them)"
    let constancy = try await runs(of: texts[rest], .good, yardstick, isClean: true)
    guard case .divided = constancy else { return try require(constancy, .good, name) }
    answer.reasons.append("but \(name) is bad in some runs: something else makes it bad, too")
    return false
  }

  /// The least, configured as the user will do it, from a clean build; nil when that is not bad.
  private mutating func proveLeast(_ yardstick: Yardstick, isNeeded: Bool) async throws -> Bool? {
    let name = "the answer, clean"
    report(.examining(name, left: 0, seconds: secondsPerBuild))
    let found = try await laboratory.examine(ends.least(answer.members), isClean: true)
    let last = yardstick.answer(for: found.seen)
    note(name, found, last)
    guard last == .bad else {
      answer.reasons.append("a clean build of it contradicts the search: \(Self.word(last))")
      return nil
    }
    let isShown = try require(try await runs(of: found, .bad, yardstick), .bad, name)
    answer.reasons.insert(
      answer.members.isEmpty
        ? "the minimal configuration shows it by itself, from a clean build"
        : "with \(answer.members.count == 1 ? "it" : "them") the minimal configuration is bad, from a clean build\(isNeeded ? "; \(Self.needed(answer.members.count))" : "")",
      at: 0)
    return isShown
  }

  // MARK: - Runs

  /// What several runs of one kernel say.
  private enum Constancy {
    case same
    /// One of them says this.
    case divided(DeltaSearch.Answer)
    /// One of them cannot tell.
    case untold(String)
  }

  /// Whether a kernel that the answer rests on says the same in each of ``Bisection/Yardstick/proofRuns`` runs; where it does
  /// not, that is an error, as it is at the ends. False where a run cannot tell.
  private mutating func stays(
    _ expected: DeltaSearch.Answer, _ text: String?, _ name: String, _ yardstick: Yardstick, isClean: Bool
  ) async throws -> Bool {
    try require(try await runs(of: text, expected, yardstick, isClean: isClean), expected, name)
  }

  private mutating func require(
    _ constancy: Constancy, _ expected: DeltaSearch.Answer, _ name: String
  ) throws -> Bool {
    switch constancy {
    case .same: return true
    case .divided(let other): throw Self.isDivided(name, Self.plain(expected), Self.plain(other))
    case .untold(let why):
      answer.reasons.append("but of \(Yardstick.proofRuns) runs of \(name) one cannot tell (\(why))")
      return false
    }
  }

  /// Of what a configuration came to. The store has its kernel, or it is built again where that had to make room.
  private mutating func runs(
    of text: String?, _ expected: DeltaSearch.Answer, _ yardstick: Yardstick, isClean: Bool
  ) async throws -> Constancy {
    guard let text else { return .untold("it was not configured") }
    let found = try await laboratory.examine(BuildRecipe(base: .exact(contents: text)), isClean: isClean)
    return try await runs(of: found, expected, yardstick)
  }

  /// The search goes by one run of each kernel, a clean build is the same kernel, and the store gives that very run again.
  private mutating func runs(
    of found: Examination, _ expected: DeltaSearch.Answer, _ yardstick: Yardstick
  ) async throws -> Constancy {
    var untold: String?
    for number in 0..<(found.identity == nil ? 1 : Yardstick.proofRuns) {
      guard let seen = number == 0 ? found.seen : try await runAgain(found, number)?.seen else { continue }
      switch yardstick.answer(for: seen) {
      case expected: continue
      case .untestable(let why): untold = why
      case let other: return .divided(other)
      }
    }
    return untold.map(Constancy.untold) ?? .same
  }

  // MARK: - Words

  private static func needed(_ count: Int) -> String {
    count == 1 ? "without it it is not" : "without any one of them it is not"
  }

  private static func plain(_ answer: DeltaSearch.Answer) -> String {
    switch answer {
    case .good: "good"
    case .bad: "bad"
    case .untestable(let why): "untestable (\(why))"
    }
  }
}
