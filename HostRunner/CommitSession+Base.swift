import Bisection
import Foundation
import HostSystem
import KernelBuild
import KernelTree
import Reports
import Suite
import Synchronization

/// A bisection among commits upon the bases that it may start from.
extension CommitSession {
  /// The search, with all that it needs: what it says goes to the live line.
  func climb(_ live: LiveLine) -> BaseClimb {
    let estimates = Estimates(of: self)
    let range = range
    return BaseClimb(options.bases, range, ledger: ledger) { base in
      let recipe = try options.recipe(for: bench.selection, upon: base)
      try estimates.take(recipe)
      Terminal.note(CommitBisectionText.plan(range, estimate: estimates.now))
      return try await laboratory(plant.builder.with(recipe)) { live.tell($0) }
    } report: { event in
      let estimate = estimates.now
      if let now = CommitBisectionText.live(event, commits: range.commits.count, estimate: estimate) {
        live.begin(now.text, left: now.left)
      }
      if let line = CommitBisectionText.line(event, of: range, estimate: estimate) { live.end(line) }
    }
  }

  /// What examines kernels of this builder; it has a slot of the tree for as long as it lives.
  private func laboratory(
    _ builder: KernelBuilder, _ tell: @escaping @Sendable (KernelWorkshop.Progress) -> Void
  ) async throws -> KernelLaboratory {
    let workshop = try await KernelWorkshop(
      tree, builder: builder, compilers: plant.compilers, fixUps: plant.fixUps, store: store, logs: ledger.folder,
      places: bench.places, report: tell)
    let record = Record(ledger.entries)
    return KernelLaboratory(
      workshop, store: store, runner: bench.runner, question: record.opening?.digests["probe"] ?? "",
      machine: record.machine, workers: workers, perBoot: perBoot,
      measures: record.opening?.question.takesRuns == true, report: tell)
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

/// What is known of how long kernels take, by those of the base that is tried.
private final class Estimates: Sendable {
  private let session: CommitSession
  private let earlier = Mutex<Estimate.Earlier?>(nil)

  init(of session: CommitSession) { self.session = session }

  /// From here on by kernels of this recipe.
  func take(_ recipe: BuildRecipe) throws {
    let known = try Estimate.Earlier(session.store, recipe: recipe)
    earlier.withLock { $0 = known }
  }

  /// By all that is known now; nil before anything is.
  var now: Estimate? {
    earlier.withLock { $0 }.flatMap {
      Estimate(Record(session.ledger.entries), earlier: $0, sideBySide: session.workers)
    }
  }
}
