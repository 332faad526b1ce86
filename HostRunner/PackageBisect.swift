import ArgumentParser
import Bisection
import Foundation
import HostSystem
import Judgement
import KernelPackages
import Reports
import VirtualMachine

/// `firstbad bisect --packages`: the first bad one of a distribution's kernels, and what its changelog says.
struct PackageBisect {
  private let packages: [KernelPackage]
  private let bench: Bench
  private let question: Question

  /// How many lines of a changelog are shown.
  private static let lines = 20

  /// The packages that match, from the good version to the bad one.
  init(_ pattern: String, good: String?, bad: String?, _ bench: Bench, _ question: Question) async throws {
    let all = try await KernelsCommand.supply.packages(matching: pattern)
    guard let good, let bad else {
      throw Failure(.usage, "no range is named", remedy: "say --good VERSION and --bad VERSION; \(Self.offer(all))")
    }
    let first = try Self.find(good, in: all)
    let last = try Self.find(bad, in: all)
    guard first.order < last.order else {
      throw Failure(
        .usage, "\(good) does not come before \(bad)", remedy: "name the older version first; \(Self.offer(all))")
    }
    packages = all.filter { first.order <= $0.order && $0.order <= last.order }
    self.bench = bench
    self.question = question
  }

  /// By the version, or by the package's name.
  private static func find(_ word: String, in all: [KernelPackage]) throws(Failure) -> KernelPackage {
    if let one = all.first(where: { $0.version == word || $0.name == word }) { return one }
    throw Failure(.usage, "no matching package has the version \(word)", remedy: offer(all))
  }

  private static func offer(_ all: [KernelPackage]) -> String {
    let versions = all.map(\.version)
    let shown = versions.count > 12 ? Array(versions.prefix(6)) + ["..."] + Array(versions.suffix(6)) : versions
    return "there are \(shown.joined(separator: ", "))"
  }

  /// Searches, and says what changed.
  func run(in tree: String?, probe words: [String]) async throws {
    let kernels = try await KernelsCommand.supply.fetch(packages, whole: false)
    guard kernels.first?.package == packages.first, kernels.last?.package == packages.last else {
      throw Failure(
        .toolFailed, "an end of the range cannot be fetched", remedy: "name another version; see the notes above")
    }
    let images = try kernels.map { try KernelImage(at: $0.image) }
    let bisection = try KernelListBisection(images, with: bench.runner, question: question) { step, open in
      Terminal.note(BisectionText.step(step, open: open))
    }
    let outcome = try await bisection.run()
    for line in BisectionText.summary(outcome, of: images, question) { try Terminal.print(line) }
    guard let first = outcome.suspects.first, let last = outcome.suspects.last, first > 0 else { return }
    let (good, bad) = (kernels[first - 1], kernels[last])
    try await showChangelog(good.package, bad.package)
    try showSource(good.package, bad.package, tree, words)
    if outcome.suspects.count > 1 {
      throw ExitCode(ExitStatus.of(.untestable(phase: .done, signature: "range")))
    }
  }

  /// The bad package's changelog covers all before it.
  private func showChangelog(_ good: KernelPackage, _ bad: KernelPackage) async throws {
    let kernel: FetchedKernel
    do {
      guard let whole = try await KernelsCommand.supply.fetch([bad], whole: true).first else { return }
      kernel = whole
    } catch let failure as Failure {
      return Terminal.note("firstbad: its changelog cannot be shown: \(failure.message)")
    }
    guard let log = try await Changelog(of: kernel) else {
      return try Terminal.print("  its package has no changelog")
    }
    let entries = log.after(good.order)
    let total = entries.reduce(0) { $0 + $1.lines.count }
    let words = bench.selection.probes.flatMap { probe in
      probe.id.description.split { $0 == "." || $0 == "-" }.map(String.init)
    }
    let shown = entries.flatMap { entry in entry.lines(about: words).map { (entry.version, $0) } }
    try Terminal.print(
      "  its changelog has \(total) lines after \(good.version); about \(words.joined(separator: ", ")): \(shown.count)"
    )
    for (version, line) in shown.prefix(Self.lines) { try Terminal.print("    \(version): \(CellText.plain(line))") }
    if shown.count > Self.lines { try Terminal.print("    and \(shown.count - Self.lines) more") }
  }

  /// On to the commits, by the tags of the stable releases that the packages are made of.
  private func showSource(_ good: KernelPackage, _ bad: KernelPackage, _ tree: String?, _ words: [String]) throws {
    guard let tree else { return }
    let probe = words.map(SuiteCommand.quoted).joined(separator: " ")
    let ends = [good, bad].map { "v\($0.version.split { $0 == "-" || $0 == "~" || $0 == "+" }.first ?? "")" }
    if ends[0] == ends[1] {
      return try Terminal.print("  both are made of \(ends[0]): the change is the distribution's own")
    }
    try Terminal.print(
      "  among its commits: firstbad bisect --tree \(tree) --good \(ends[0]) --bad \(ends[1]) \(probe)")
  }
}
