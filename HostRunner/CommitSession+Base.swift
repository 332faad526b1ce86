import Bisection
import Foundation
import HostSystem
import KernelBuild
import KernelTree
import Reports

/// The configuration that a bisection among commits starts from: the named one, or with `--base auto` the smallest that
/// shows what is hunted.
extension CommitSession {
  /// The builder with the base of this session. What `--base auto` finds is in the ledger, so that a session that is resumed
  /// goes the same way; what is built on the way is in the store.
  func based(_ live: LiveLine) async throws -> KernelBuilder {
    let builder = plant.builder
    guard let ladder = options.ladder else { return builder }
    let probes = bench.selection.probes
    if let known = Record(ledger.entries).base {
      return builder.with(try options.recipe(for: probes, base: options.base(ofWord: known)))
    }
    let names = ladder.map { URL(filePath: $0).lastPathComponent }
    let tell: @Sendable (KernelWorkshop.Progress) -> Void = { live.tell($0) }
    let workshop = try await KernelWorkshop(
      tree, builder: builder, compilers: plant.compilers, fixUps: plant.fixUps, store: store, logs: ledger.folder,
      places: bench.places, report: tell)
    let laboratory = KernelLaboratory(
      workshop, store: store, runner: bench.runner, question: question,
      machine: Record(ledger.entries).machine, workers: workers, perBoot: perBoot, report: tell)
    guard let opening = Record(ledger.entries).opening else { return builder }
    for (number, base) in ladder.enumerated() {
      let (recipe, name) = (try options.recipe(for: probes, base: base), names[number])
      func end(_ commit: Commit) -> BaseLadder.End {
        var found: Examination?
        return { number in
          live.begin("\(commit.quoted) with base \(name)\(number > 0 ? ", run \(number + 1)" : "")")
          defer { live.clear() }
          if let found, number > 0 {
            return try await laboratory.run(.commit(commit), found, number..<number + 1).first?.seen
          }
          found = try await laboratory.examine(commit, isClean: false, as: recipe)
          return found?.seen
        }
      }
      let fit = try await BaseLadder.fit(
        opening.question, isFlaky: opening.isFlaky == true, bad: end(range.bad), good: end(range.good))
      switch fit {
      case .shows:
        try ledger.append(.based(on: BuildOptions.word(ofBase: base)))
        Terminal.note("note: base \(names[number]) shows it, and is the base of this bisection")
        return builder.with(recipe)
      case .lacks(let why):
        let further = number + 1 < ladder.count ? ", so \(names[number + 1]) is tried, a larger one" : ""
        Terminal.note("note: with base \(names[number]) \(why)\(further)")
      }
    }
    throw Failure(
      .badInput, "none of the bases that were tried shows it: \(names.joined(separator: ", "))",
      remedy: "name the configuration that does, as --base auto:FILE, or see that the ends are not swapped")
  }

  /// Where the ends were refused and a larger base may show what the minimal one has not: the same failure with that
  /// command as a remedy.
  func offer(beside error: any Error) -> Failure? {
    let record = Record(ledger.entries)
    guard let failure = error as? Failure, let opening = record.opening, options.ladder == nil,
      let next = BaseLadder.next(after: options.base),
      case .some(.some(let bad)) = record.examination(of: .commit(range.bad), isClean: false),
      BaseLadder.mayHelp(opening.question, bad: bad.seen), failure.kind == .badInput
    else { return nil }
    // Whatever way it was written, it was tiny.
    let words = opening.arguments.filter { $0 != "--base=tiny" && $0 != "--base" && $0 != "tiny" }
    let command = (["firstbad", "bisect", "--base", next] + words).joined(separator: " ")
    return Failure(
      failure.kind, failure.message,
      remedy: [
        failure.remedy,
        "or it needs more than base \(options.base) has: \(command) (with --base auto it climbs by itself)",
      ]
      .compactMap { $0 }.joined(separator: "; "))
  }
}
