import ArgumentParser
import Bisection
import Foundation
import HostSystem
import Judgement
import KernelPackages
import KernelTree
import Reports
import VirtualMachine

/// `firstbad bisect --packages`: the first bad one of a distribution's kernels, and what its changelog says.
struct PackageBisect {
  private let packages: [KernelPackage]
  private let bench: Bench
  private let question: Question
  private let findsFix: Bool
  private let isFlaky: Bool
  private let workers: Int
  private let perBoot: Int

  /// How many lines of a changelog are shown.
  private static let lines = 20

  /// The packages that match, from the good version to the bad one, or with --find-fix the other way round.
  init(
    _ pattern: String, _ ends: EndOptions, _ bench: Bench, _ question: Question, isFlaky: Bool,
    workers: Int, perBoot: Int
  ) async throws {
    let all = try await KernelsCommand.supply.packages(matching: pattern)
    guard let good = ends.good, let bad = ends.bad else {
      throw Failure(.usage, "no range is named", remedy: "say --good VERSION and --bad VERSION; \(Self.offer(all))")
    }
    let (older, newer) = ends.findFix ? (bad, good) : (good, bad)
    let first = try Self.find(older, in: all)
    let last = try Self.find(newer, in: all)
    guard first.order < last.order else {
      let other = ends.findFix ? "leave --find-fix out to find what broke it" : "add --find-fix to find what mended it"
      throw Failure(
        .usage, "\(older) does not come before \(newer)",
        remedy: "see that the two are not swapped, or \(other); \(Self.offer(all))")
    }
    packages = all.filter { first.order <= $0.order && $0.order <= last.order }
    self.bench = bench
    self.question = question
    findsFix = ends.findFix
    self.isFlaky = isFlaky
    self.workers = workers
    self.perBoot = perBoot
    try Self.requireOneFlavour(packages, pattern)
    try Self.requireOrder(packages)
  }

  /// By the version, or by the package's name.
  private static func find(_ word: String, in all: [KernelPackage]) throws(Failure) -> KernelPackage {
    if let one = all.first(where: { $0.version == word || $0.name == word }) { return one }
    throw Failure(.usage, "no matching package has the version \(word)", remedy: offer(all))
  }

  /// Kernels of one version differ where they are built for different things, and that would be found in place of a change.
  private static func requireOneFlavour(_ packages: [KernelPackage], _ pattern: String) throws(Failure) {
    let flavours = Set(packages.map { $0.flavour.isEmpty ? "one without a name" : $0.flavour }).sorted()
    guard flavours.count > 1 else { return }
    throw Failure(
      .usage, "'\(pattern)' matches kernels of several flavours: \(flavours.joined(separator: ", "))",
      remedy:
        "name those of one, as 'linux-image-6.1.0-*-cloud-amd64' does, or the files in their order: --kernels FILE...")
  }

  /// Images that the user added have the release that they call themselves, and nothing orders two of one release.
  private static func requireOrder(_ packages: [KernelPackage]) throws(Failure) {
    for (one, next) in zip(packages, packages.dropFirst()) where one.name == next.name {
      let ends = [one, next].map { $0.version.split(separator: "-").last ?? "" }
      guard ends.allSatisfy({ $0.count == 12 && $0.allSatisfy(\.isHexDigit) }) else { continue }
      throw Failure(
        .usage, "\(one.version) and \(next.version) are images of one release, and nothing tells which is the older",
        remedy: "name the files in their order: --kernels FILE...")
    }
  }

  private static func offer(_ all: [KernelPackage]) -> String {
    let versions = all.map(\.version)
    let shown = versions.count > 12 ? Array(versions.prefix(6)) + ["..."] + Array(versions.suffix(6)) : versions
    return "there are \(shown.joined(separator: ", "))"
  }

  /// Searches, says what changed, and with a source tree goes on among its commits.
  func run(in source: String?) async throws {
    // A folder that is no kernel tree is better refused before anything is fetched and booted.
    let tree: KernelTree? = if let source { try await KernelTree(at: source) } else { nil }
    let row = try await KernelsCommand.supply.fetch(packages, whole: false)
    let kernels = row.kernels
    guard kernels.first?.package == packages.first, kernels.last?.package == packages.last else {
      throw Failure(
        .toolFailed, "an end of the range cannot be fetched", remedy: "name another version; see the notes above")
    }
    let images = try kernels.map { try KernelsCommand.held($0.image) }
    let bisection = try KernelListBisection(
      images, with: bench.runner, question: question, findsFix: findsFix, isFlaky: isFlaky, workers: workers,
      perBoot: perBoot,
      note: { Terminal.note("firstbad: note: \($0)") }
    ) { step, open in
      Terminal.note(BisectionText.step(step, open: open))
    }
    let outcome = try await bisection.run()
    for line in BisectionText.summary(outcome, of: images, question) { try Terminal.print(line) }
    guard let first = outcome.suspects.first, let last = outcome.suspects.last, first > 0 else { return }
    let (older, newer) = (kernels[first - 1], kernels[last])
    // What could not be fetched in between may as well be the first.
    let unknown = row.missing(between: older.package, and: newer.package)
    if !unknown.isEmpty {
      try Terminal.print(
        "  or one of these, which cannot be fetched: \(unknown.map(\.version).joined(separator: ", "))")
    }
    try await showChangelog(older.package, newer.package)
    var isUntold = false
    if let tree {
      switch try await way(older.package, newer.package, in: tree) {
      case .commits(let older, let newer):
        let (good, bad) = findsFix ? (newer, older) : (older, newer)
        return try await search(in: tree, good: good, bad: bad)
      case .distribution(let tag):
        try Terminal.print("  both are made of \(tag): the change is the distribution's own")
      case .unknown(let why):
        isUntold = true
        try Terminal.print("  whether the change is the distribution's own cannot be told: \(why)")
      }
    }
    if outcome.suspects.count > 1 || outcome.isDoubtful || !unknown.isEmpty || isUntold {
      throw ExitCode(ExitStatus.of(.untestable(phase: .done, signature: "range")))
    }
  }

  /// On among the commits between two tags.
  private func search(in tree: KernelTree, good: String, bad: String) async throws {
    let words = Self.words(CommandLine.arguments, in: tree.top.path, good: good, bad: bad)
    let command = Array(words.drop { $0 != "bisect" }.dropFirst())
    try Terminal.print(
      "  among its commits: firstbad bisect \(command.map(SuiteCommand.quoted).joined(separator: " "))")
    let search = try BisectCommand.Search.parse(command.first == "search" ? Array(command.dropFirst()) : command)
    try await CommitSession(search, words: words).run()
  }

  /// The newer package's changelog covers all before it.
  private func showChangelog(_ older: KernelPackage, _ newer: KernelPackage) async throws {
    let kernel: FetchedKernel
    do {
      guard let whole = try await KernelsCommand.supply.fetch([newer], whole: true).kernels.first else { return }
      kernel = whole
    } catch let failure as Failure {
      return Terminal.note("firstbad: its changelog cannot be shown: \(failure.message)")
    }
    guard older.order != newer.order else {
      return try Terminal.print("  both are of version \(newer.version), so no changelog tells them apart")
    }
    guard let log = try await Changelog(of: kernel) else {
      return try Terminal.print("  its package has no changelog")
    }
    let entries = log.after(older.order)
    let total = entries.reduce(0) { $0 + $1.lines.count }
    let words = bench.selection.probes.flatMap { probe in
      probe.id.description.split { $0 == "." || $0 == "-" }.map(String.init)
    }
    let shown = entries.flatMap { entry in entry.lines(about: words).map { (entry.version, $0) } }
    try Terminal.print(
      "  its changelog has \(total) lines after \(older.version); about \(words.joined(separator: ", ")): \(shown.count)"
    )
    for (version, line) in shown.prefix(Self.lines) { try Terminal.print("    \(version): \(CellText.plain(line))") }
    if shown.count > Self.lines { try Terminal.print("    and \(shown.count - Self.lines) more") }
  }

  /// Where it goes on from two packages.
  private enum Way {
    case commits(older: String, newer: String)
    case distribution(String)
    case unknown(String)
  }

  /// On to the commits, by the tags of the releases that the packages are made of.
  private func way(_ older: KernelPackage, _ newer: KernelPackage, in tree: KernelTree) async throws -> Way {
    guard let from = UpstreamRelease(of: older), let upTo = UpstreamRelease(of: newer) else {
      return .unknown("\(older.version) and \(newer.version) do not both begin with a release of Linux")
    }
    let tags = (older: await Self.tag(of: from, in: tree), newer: await Self.tag(of: upTo, in: tree))
    guard tags.older == tags.newer else { return .commits(older: tags.older, newer: tags.newer) }
    guard from.isCertain, upTo.isCertain else {
      return .unknown(
        "\(older.version) and \(newer.version) begin alike, and do not say what of later releases is in them")
    }
    return .distribution(tags.older)
  }

  /// The one that the tree has; where it has none, the search says so.
  private static func tag(of release: UpstreamRelease, in tree: KernelTree) async -> String {
    for tag in release.tags where (try? await tree.resolve(tag)) != nil { return tag }
    return release.tags[0]
  }

  /// The same question among the commits: the words of this command line, with other ends.
  static func words(_ arguments: [String], in tree: String, good: String, bad: String) -> [String] {
    let replaced = ["--packages", "--then-source", "--good", "--bad", "--tree"]
    var words: [String] = []
    var skipsNext = false
    for word in arguments {
      defer { skipsNext = replaced.contains(word) }
      if skipsNext || replaced.contains(where: { word == $0 || word.hasPrefix("\($0)=") }) { continue }
      words.append(word)
    }
    let place = (words.firstIndex(of: "bisect") ?? -1) + 1
    words.insert(
      contentsOf: ["--tree", tree, "--good", good, "--bad", bad],
      at: words[place...].first == "search" ? place + 1 : place)
    return words
  }
}
