import ArgumentParser
import Bisection
import Foundation
import GuestImage
import HostSystem
import ImageStore
import Judgement
import KernelBuild
import KernelTree
import Reports
import Suite
import VirtualMachine

/// One `firstbad bisect` among commits: what the command line asks for, put together and run.
struct CommitSession {
  let range: CommitRange
  let tree: KernelTree
  let bench: Bench
  let options: BuildOptions
  let plant: Plant
  let store: ImageStore
  let ledger: Ledger
  let workers: Int
  let perBoot: Int

  /// From the command line, or from the ledger of the session that is resumed. The words are those to resume by.
  init(_ command: BisectCommand.Search, words: [String] = CommandLine.arguments) async throws {
    let places = Places()
    tree = try await KernelTree(at: command.ends.tree)
    var command = command
    var resumed: SessionFolder?
    if command.ends.resume {
      guard command.ends.good == nil, command.ends.bad == nil, command.probe.isEmpty else {
        throw Failure(.usage, "--resume goes on with what was asked before", remedy: "leave the other words out")
      }
      if let word = Self.furtherWord(in: words) {
        throw Failure(
          .usage, "--resume goes on with all that was asked before, and takes no \(word)",
          remedy: "leave it out, or start anew; kernels and verdicts in the store are used again")
      }
      let folder = try SessionFolder.latest(of: tree, in: places)
      command = try folder.command()
      resumed = folder
    }
    guard let goodName = command.ends.good, let badName = command.ends.bad else {
      throw Failure(
        .usage, "no range is named",
        remedy: "say --good COMMIT and --bad COMMIT in a kernel tree, or --kernels FILE... for ready-made ones")
    }
    bench = try await Bench(command.probe, command.guest, only: command.only.map { [$0] } ?? [])
    try bench.requireOneProbe()
    options = command.build
    plant = try await options.plant(for: bench.selection.probes, in: tree, base: options.ladder?[0])
    store = try ImageStore(in: places)
    workers = bench.workers(command.build.jobs)
    perBoot = command.repetition.number
    let opening = resumed?.opening
    let good = if let opening { opening.good } else { try await tree.resolve(goodName) }
    let bad = if let opening { opening.bad } else { try await tree.resolve(badName) }
    range = try await Self.range(in: tree, good: good, bad: bad, findsFix: command.ends.findFix)
    try Self.requireSpace(for: tree, in: places)

    let digests = [
      "probe": bench.question(command.guest, perBoot: command.repetition.number),
      "configuration": plant.builder.recipe.digest,
      "tool chain": plant.compilers.digest, "set of fix-ups": plant.fixUps.digest,
    ]
    if let resumed {
      for (what, digest) in digests.sorted(by: { $0.key < $1.key }) where resumed.opening.digests[what] != digest {
        throw Failure(
          .badInput, "the \(what) is not what it was when this bisection began, so its verdicts cannot be mixed",
          remedy: "put it back, or start anew; kernels in the store are used again")
      }
      ledger = try Ledger(in: resumed.url)
    } else {
      let session = try SessionFolder.make(for: tree, good, bad, in: places)
      ledger = try Ledger(in: session)
      let kept = try SessionFolder.Kept(words, of: command, in: session)
      try ledger.append(
        .opened(
          LedgerEntry.Opening(
            tree: tree.top.path, goodName: goodName, good: good, badName: badName, bad: bad,
            question: command.question, arguments: kept.arguments, probe: kept.probe, digests: digests,
            isFlaky: command.flaky ? true : nil, heals: command.heal ? true : nil,
            findsFix: command.ends.findFix ? true : nil)))
    }
  }

  /// A word beside `--resume` and where the tree is.
  static func furtherWord(in words: [String]) -> String? {
    var rest = words.drop { $0 != "bisect" }.dropFirst()
    if rest.first == "search" { rest = rest.dropFirst() }
    while let word = rest.popFirst() {
      if word == "--tree" {
        rest = rest.dropFirst()
      } else if word != "--resume", !word.hasPrefix("--tree=") {
        return word
      }
    }
    return nil
  }

  private static func range(
    in tree: KernelTree, good: CommitID, bad: CommitID, findsFix: Bool
  ) async throws -> CommitRange {
    let (old, new) = findsFix ? (bad, good) : (good, bad)
    if old == new {
      throw Failure(.usage, "the good and the bad commit are the same, \(old.short)", remedy: "name two that differ")
    }
    let commits = try await tree.range(from: old, to: new)
    let oldWord = findsFix ? "bad" : "good"
    if commits.isEmpty {
      throw Failure(
        .usage, "the \(findsFix ? "good" : "bad") commit is an ancestor of the \(oldWord) one",
        remedy: findsFix
          ? "leave --find-fix out, or swap the two" : "swap them, or add --find-fix to find what fixed it")
    }
    var bases: [Commit] = []
    if !(try await tree.isAncestor(old, of: new)) {
      for base in try await tree.mergeBases(old, new) { bases.append(try await tree.commit(base)) }
      if bases.isEmpty {
        throw Failure(.usage, "the two commits have nothing in common", remedy: "name two of one history")
      }
    }
    return CommitRange(
      good: try await tree.commit(good), bad: try await tree.commit(bad), mergeBases: bases, commits: commits,
      findsFix: findsFix)
  }

  /// A worktree takes 1.4 GB and the objects of a minimal kernel 0.3 GB (Linux 6.1).
  static func requireSpace(for tree: KernelTree, in places: Places) throws(Failure) {
    try Places.make(places.cache)
    let free = try? places.cache.resourceValues(forKeys: [.volumeAvailableCapacityKey]).volumeAvailableCapacity
    let isThere = FileManager.default.fileExists(atPath: tree.slotFolder(0, in: places).source.path)
    let needed = (isThere ? 1 : 3) << 30
    guard let free, free < needed else { return }
    throw Failure(
      .cannotWrite, "\(places.cache.path) has \(free >> 20) MiB free, and building takes about \(needed >> 20)",
      remedy: "free some space there, point XDG_CACHE_HOME elsewhere, or say firstbad store prune --to 1G")
  }

  /// Runs it and prints the answer.
  func run() async throws {
    let live = LiveLine()
    if ledger.entries.count == 1, let hint = try options.hint(for: bench.selection) {
      Terminal.note("note: \(hint)")
    }
    let conclusion: Conclusion
    do {
      conclusion = try await climb(live).run()
    } catch {
      live.clear()
      if let offer = offer(beside: error) { throw offer }
      Terminal.note("to go on from here: firstbad bisect --resume --tree \(tree.top.path)")
      throw error
    }
    live.clear()
    var account: String?
    if conclusion.commits.count == 1 { account = try await tree.account(of: conclusion.commits[0].id) }
    let record = Record(ledger.entries)
    for line in CommitBisectionText.summary(conclusion, record, account: account, range: range, folder: ledger.folder) {
      try Terminal.print(line)
    }
    switch conclusion.claim {
    case .confirmed, .likely: return
    case .range: throw ExitCode(ExitStatus.of(.untestable(phase: .done, signature: "range")))
    case .inconclusive: throw ExitCode(ExitStatus.failure)
    }
  }
}

extension Estimate.Earlier {
  /// What the store knows of builds of this recipe.
  init(_ store: ImageStore, recipe: BuildRecipe) throws(Failure) {
    self.init(
      step: try store.lastSeconds(recipe: recipe.digest, isClean: false),
      clean: try store.lastSeconds(recipe: recipe.digest, isClean: true))
  }
}

extension Bench {
  /// A digest of all that a verdict depends on beside the kernel and the machine that runs it: the init with the probe in it,
  /// what it is given, and the judge.
  func question(_ guest: GuestOptions, perBoot: Int = 1) -> String {
    let options = guest.runOptions
    var words = selection.probes.map(\.id.description) + options.append
    words += options.deadlines.map { "\($0.name)=\($0.seconds)" }
    words += ["\(options.accelerator)", "\(options.failOn)", "judge \(Judge.version)"]
    // By what is in it, where it is a file.
    words += options.modules.map { module in (try? Digest.sha256(of: URL(filePath: module))) ?? module }
    if perBoot > 1 { words.append("repeat=\(perBoot)") }
    words += BootShortcut.words(forSymbols: selection.probes.flatMap { $0.configs.map(\.description) })
    return Digest.sha256(ofText: selection.image.program.base64EncodedString() + words.joined(separator: "\u{0}"))
  }
}
