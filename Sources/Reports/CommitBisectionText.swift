public import Bisection
public import Foundation
import KernelBuild
import KernelTree

/// A bisection among commits, for a person.
public enum CommitBisectionText {
  /// What is about to be done, before anything is built: commits, and what they will take when all can be tested.
  public static func plan(_ range: CommitRange, estimate: Estimate?) -> String {
    let count = range.commits.count
    let merges = range.commits.count { $0.parents.count > 1 }
    var line =
      "\(number(count)) commits\(merges > 0 ? ", \(number(merges)) of them merges" : "") between \(range.old.quoted) and \(range.new.quoted)"
    line += ": about \(Estimate.builds(of: count)) builds"
    if let estimate { line += ", \(about(estimate.seconds(.goodEnd, open: count)))" }
    return line
  }

  /// Tests that a search among so many commits takes, when all can be tested.
  static func steps(_ count: Int) -> Int { count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }

  /// One line for an event, or nil for what only a live line shows.
  public static func line(
    _ event: CommitBisection.Event, of range: CommitRange, estimate: Estimate? = nil
  ) -> String? {
    switch event {
    case .note(let text): return "note: \(text)"
    case .narrowed(let left, let all):
      let which = left == all ? "" : ", \(number(left)) can reach this kernel"
      let builds = Estimate.builds(open: left, of: all)
      return "\(number(all)) commits\(which), about \(builds) builds\(ahead(estimate, left))"
    case .examining: return nil
    case .examined(let sample, let role, let examination, let answer, let open, let wasKnown):
      let left = role == .step ? "  [\(open) left]" : ""
      return
        "\(pad(role.rawValue)) \(name(sample)): \(word(examination, answer))\(cost(examination, wasKnown))\(left)"
    }
  }

  /// What is being done at this moment, and the seconds that are left with it, of a range of so many commits.
  public static func live(
    _ event: CommitBisection.Event, commits: Int, estimate: Estimate? = nil
  ) -> (text: String, left: Double?)? {
    guard case .examining(let sample, let role, let open) = event else { return nil }
    // Before the search nobody knows how many of them matter.
    let left = estimate?.seconds(role, open: role == .step ? open : commits)
    return ("\(role.rawValue) \(name(sample))\(role == .step ? ", \(number(open)) left" : "")", left)
  }

  private static func ahead(_ estimate: Estimate?, _ open: Int) -> String {
    estimate.map { ", \(about($0.seconds(open: open)))" } ?? ""
  }

  /// `about 40 s`, `about 25 min`, `about 3.5 h`: as rough as an estimate is.
  public static func about(_ seconds: Double) -> String {
    if seconds < 90 { return "about \(max(10, Int((seconds / 10).rounded()) * 10)) s" }
    if seconds < 5400 { return "about \(Int((seconds / 60).rounded())) min" }
    return "about \((seconds / 360).rounded() / 10) h"
  }

  /// `1,132`.
  static func number(_ value: Int) -> String {
    var digits = String(value)
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
      place -= 3
    }
    return digits
  }

  /// How far the laboratory is with a sample; the seconds are those that a build took of late.
  public static func phase(_ progress: KernelWorkshop.Progress) -> String {
    switch progress {
    case .checkingOut: return "checking out"
    case .booting: return "booting"
    case .note(let text): return text
    case .building(let build):
      if build.phase == .configure { return "configuring" }
      let all = build.filesExpected.map { " of about \(max($0, build.filesDone))" } ?? ""
      return "building, file \(build.filesDone)\(all)"
    }
  }

  /// The answer: the commit as git shows it, how far it is proven, the steps, and where things are.
  public static func summary(
    _ conclusion: Conclusion, _ record: Record, account: String?, range: CommitRange, folder: URL
  ) -> [String] {
    var lines = [""]
    let what = range.findsFix ? "first fixed commit" : "first bad commit"
    switch conclusion.claim {
    case .confirmed, .likely:
      lines.append("\(what), \(conclusion.claim.rawValue): \(conclusion.commits[0].quoted)")
    case .range:
      lines.append("the \(what) is one of these \(conclusion.commits.count), which tests do not tell apart:")
      lines += conclusion.commits.map { "  \($0.quoted)" }
    case .inconclusive: lines.append("no commit can be named")
    }
    if let confidence = conclusion.confidence {
      lines.append("  - by the runs of the kernels that it rests on, it is \(percent(confidence)) sure")
    }
    lines += conclusion.reasons.map { "  - \($0)" }
    if let account { lines += ["", account.trimmingCharacters(in: .newlines)] }
    lines += [""] + steps(record) + tools(record.examined.compactMap(\.examination))
    if let base = record.base { lines.append("kernels: base \(base)") }
    lines.append(effort(record, commits: range.commits.count))
    lines += again(conclusion, record) + healing(conclusion, record)
    lines.append("ledger and logs: \(folder.path)")
    return lines
  }

  /// What it took, kernels of other configurations included.
  private static func effort(_ record: Record, commits: Int) -> String {
    let all = (record.setAside + record.examined).map(\.examination)
    let builds = all.count { $0?.buildSeconds != nil }
    let boots = all.count { $0?.bootMilliseconds != nil } + record.furtherBoots.count
    let seconds =
      all.reduce(0) { $0 + ($1?.buildSeconds ?? 0) + Double($1?.bootMilliseconds ?? 0) / 1000 }
      + Double(record.furtherBoots.reduce(0, +)) / 1000
    let given = record.setAside.count { $0.examination?.buildSeconds != nil }
    return "\(builds) builds\(given > 0 ? " (\(given) with another configuration)" : ""), \(boots) boots, "
      + "\(duration(seconds)) for \(commits) commits"
  }

  /// The steps as a table.
  public static func steps(_ record: Record) -> [String] {
    var table = Table("COMMIT", "VERDICT", "BUILD", "BOOT", "WHAT WAS SEEN")
    for one in record.examined {
      guard let found = one.examination else {
        table.add(name(one.sample), "-", "-", "-", "does not apply cleanly")
        continue
      }
      table.add(
        name(one.sample), word(of: one, found, record),
        found.buildSeconds.map { duration($0) + (found.isClean ? " clean" : "") } ?? "stored",
        found.bootMilliseconds.map { duration(Double($0) / 1000) } ?? (found.identity == nil ? "-" : "known"),
        (found.trial.map { runs($0) + "  " } ?? "") + seen(found.seen))
    }
    return table.lines
  }

  /// Fix-ups that were applied, each with the number of kernels, and compilers where there were several.
  static func tools(_ examinations: [Examination]) -> [String] {
    let all = examinations.compactMap(\.tools)
    func counted(_ words: [String]) -> String {
      Dictionary(grouping: words) { $0 }.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.count))" }
        .joined(separator: ", ")
    }
    let fixUps = counted(all.flatMap(\.fixUps))
    let compilers = all.map(\.compiler)
    return (fixUps.isEmpty ? [] : ["fix-ups applied, and to how many kernels: \(fixUps)"])
      + (Set(compilers).count < 2 ? [] : ["compilers, and of how many kernels: \(counted(compilers))"])
  }

  /// Commands that boot the kernels which the answer rests on again.
  private static func again(_ conclusion: Conclusion, _ record: Record) -> [String] {
    guard conclusion.commits.count == 1, let commit = conclusion.commits.first else { return [] }
    func image(_ id: CommitID) -> String? {
      record.examined.last { examined in
        if case .commit(let commit) = examined.sample { return commit.id == id && examined.examination?.image != nil }
        return false
      }?.examination?.image
    }
    let kernels = (commit.parents.prefix(1) + [commit.id]).compactMap(image)
    guard kernels.count == 2, let probe = record.opening?.probe else { return [] }
    return ["see it again: firstbad run --kernels \(kernels.joined(separator: " ")) \(probe)"]
  }

  /// Where the answer is a range of commits that do not build, the command that may narrow it.
  private static func healing(_ conclusion: Conclusion, _ record: Record) -> [String] {
    let isBroken = conclusion.commits.contains { commit in
      (record.examination(of: .commit(commit), isClean: false) ?? nil)?.seen.phase == .build
    }
    guard conclusion.claim == .range, isBroken, let opening = record.opening, opening.heals != true else { return [] }
    return [
      "to try these with the change that mended them: firstbad bisect --heal \(opening.arguments.joined(separator: " "))"
    ]
  }

  /// What a kernel is in this search: what the user said, or what the question makes of what was seen. Where many runs
  /// decide, how many failed is told beside it.
  private static func word(of one: LedgerEntry.Examined, _ found: Examination, _ record: Record) -> String {
    let seen = found.seen
    if case .commit(let commit) = one.sample, let mark = record.marks[commit.id] { return mark.rawValue }
    if let trial = found.trial { return trial.isBad.map { $0 ? "bad" : "good" } ?? seen.word }
    guard let answer = record.answer(to: seen) else { return seen.word }
    switch answer {
    case .good: return "good"
    case .bad: return "bad"
    case .untestable: return "untestable"
    }
  }

  private static func word(_ examination: Examination?, _ answer: CommitSearch.Answer?) -> String {
    guard let examination else { return "does not apply cleanly" }
    switch answer {
    case .good?: return "good\(trial(examination))\(observed(examination.seen))"
    case .bad?: return "bad\(trial(examination))\(observed(examination.seen))"
    case .untestable(let why)?: return "cannot tell (\(why))"
    // Before both ends are known it is not said what good and bad mean.
    case nil: return seen(examination.seen)
    }
  }

  static func cost(_ examination: Examination?, _ wasKnown: Bool) -> String {
    guard let examination else { return "" }
    if wasKnown { return "  (known)" }
    let build =
      examination.buildSeconds.map { "built \(examination.isClean ? "clean " : "")in \(duration($0))" }
      ?? "in the store"
    let fixUps =
      (examination.tools?.fixUps ?? []).isEmpty
      ? "" : ", with \(examination.tools?.fixUps.joined(separator: ", ") ?? "")"
    let boot = examination.bootMilliseconds.map { ", booted in \(duration(Double($0) / 1000))" } ?? ""
    return "  (\(build)\(examination.identity != nil && boot.isEmpty ? ", same kernel as one judged" : boot)\(fixUps))"
  }

  private static func observed(_ seen: Seen) -> String {
    seen.observations.isEmpty ? "" : "  " + values(seen).joined(separator: " ")
  }

  /// `name=value` for each observation, by name.
  static func values(_ seen: Seen) -> [String] {
    seen.observations.sorted { $0.key < $1.key }.map { CellText.observed($0.key, $0.value) }
  }

  private static func seen(_ seen: Seen) -> String {
    seen.word == "good" || !seen.observations.isEmpty
      ? (seen.observations.isEmpty ? seen.reason : observed(seen).trimmingCharacters(in: .whitespaces)) : seen.signature
  }

  /// What was built, for a person.
  public static func name(_ sample: Sample) -> String {
    switch sample {
    case .commit(let commit): commit.quoted(upTo: 70)
    case .healed(let commit, let fix): "\(commit.quoted(upTo: 50)) with \(fix.id.short)"
    case .reverted(let culprit, let tip): "\(tip.id.short) without \(culprit.id.short)"
    case .revertedWhole(let culprit, let tip): "\(tip.id.short) without \(culprit.id.short), nothing left out"
    }
  }

  private static func trial(_ examination: Examination) -> String { examination.trial.map { "  " + runs($0) } ?? "" }

  /// `bad in 7 of 20, 99.2 %`.
  static func runs(_ trial: Trial) -> String {
    let told = trial.failed + trial.passed
    return "bad in \(trial.failed) of \(told)\(trial.confidence.map { ", \(percent($0))" } ?? "")"
  }

  /// Never more than it is: 99.96 is not 100.
  static func percent(_ share: Double) -> String { "\((share * 1000).rounded(.down) / 10) %" }

  private static func pad(_ text: String) -> String { text + String(repeating: " ", count: max(0, 18 - text.count)) }

  /// `0.8 s`, `12 s`, `4 min 10 s`.
  public static func duration(_ seconds: Double) -> String {
    if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(seconds.rounded())
    return whole < 120 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
