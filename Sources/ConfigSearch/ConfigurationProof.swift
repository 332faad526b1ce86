import Bisection
import HostSystem
import KernelBuild

/// What is shown of an answer beyond the search: clean builds, and the other direction.
extension ConfigurationSearch {
  mutating func prove(_ outcome: DeltaSearch.Outcome, _ yardstick: Yardstick) async throws {
    let members = Set(outcome.members)
    var isProven = !outcome.isCutShort
    if outcome.isCutShort {
      answer.reasons.append(
        "the search was cut short after \(answer.configured) configurations; some may not be needed")
    }
    for (member, what) in outcome.without.sorted(by: { $0.key < $1.key }) {
      isProven = try describe(member, what, members) && isProven
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
  ) throws -> Bool {
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
    answer.reasons.insert(
      "with \(them) the good configuration is bad, without \(them) it is good, both from clean builds", at: 0)
    let rest = Set(differences.indices).subtracting(members)
    let other = try await judge(rest, yardstick, left: 0, isClean: true)
    let staying = kept(of: members, with: rest)
    switch other {
    case .good:
      answer.reasons.insert("without \(them) the bad configuration is good, from a clean build", at: 1)
      return true
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
    answer.reasons.insert(
      answer.members.isEmpty
        ? "the minimal configuration shows it by itself, from a clean build"
        : "with \(answer.members.count == 1 ? "it" : "them") the minimal configuration is bad, from a clean build\(isNeeded ? "; \(Self.needed(answer.members.count))" : "")",
      at: 0)
    return true
  }

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
