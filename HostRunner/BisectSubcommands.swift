public import ArgumentParser
public import Bisection
import Foundation
import HostSystem
import ImageStore
import KernelTree
import Reports

/// `firstbad bisect log`: what was done.
struct BisectLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show what the last bisection of this tree found.",
    discussion: "With --git as a log that 'git bisect replay' takes.")

  @Flag(help: "As 'git bisect log' writes it.")
  var git = false

  @Option(help: ArgumentHelp("The kernel tree.", valueName: "dir"))
  var tree = "."

  func run() async throws {
    let folder = try SessionFolder.latest(of: try await KernelTree(at: tree), in: Places())
    let record = Record(try Ledger.entries(in: folder.url))
    for line in git ? try GitBisectLog.lines(record) : CommitBisectionText.steps(record) { try Terminal.print(line) }
    if git { return }
    if let base = record.base { try Terminal.print("kernels: base \(base)") }
    if let text = record.disabledText { try Terminal.print("kernels were built with \(text)") }
    for (commit, mark) in record.marks.sorted(by: { $0.key.hex < $1.key.hex }) {
      try Terminal.print("\(commit.short) was marked \(mark.rawValue)")
    }
    if let conclusion = record.conclusion {
      let names = conclusion.commits.map(\.quoted).joined(separator: ", ")
      try Terminal.print("\(conclusion.claim.rawValue): \(names.isEmpty ? "no commit" : names)")
    } else {
      try Terminal.print("not at its end: firstbad bisect --resume")
    }
  }
}

/// `firstbad bisect mark good|bad|skip COMMIT`: the user's own verdict.
struct BisectMarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mark", abstract: "Judge a commit by hand: good, bad or skip. Then: firstbad bisect --resume.")

  @Argument(help: "good, bad or skip.")
  var verdict: LedgerEntry.Mark

  @Argument(help: "The commit.")
  var commit: String

  @Option(help: ArgumentHelp("The kernel tree.", valueName: "dir"))
  var tree = "."

  func run() async throws {
    let kernelTree = try await KernelTree(at: tree)
    let folder = try SessionFolder.latest(of: kernelTree, in: Places())
    let id = try await kernelTree.resolve(commit)
    if id == folder.opening.good || id == folder.opening.bad {
      throw Failure(.usage, "\(id.short) is an end of the range", remedy: "start anew with other ends")
    }
    try await Self.require(id, inRangeOf: folder.opening, kernelTree)
    try Ledger(in: folder.url).append(.marked(commit: id, as: verdict))
    Terminal.note("firstbad: \(id.short) is marked \(verdict.rawValue); go on with firstbad bisect --resume")
  }

  /// A commit that is never asked for: its mark would be a word about nothing. Those where the ends part are.
  private static func require(
    _ id: CommitID, inRangeOf opening: LedgerEntry.Opening, _ tree: KernelTree
  ) async throws {
    let isFix = opening.findsFix == true
    let (old, new) = isFix ? (opening.bad, opening.good) : (opening.good, opening.bad)
    if try await tree.isAncestor(id, of: new) {
      if !(try await tree.isAncestor(id, of: old)) { return }
      if !(try await tree.isAncestor(old, of: new)), try await tree.mergeBases(old, new).contains(id) { return }
    }
    let range = isFix ? "\(opening.badName)..\(opening.goodName)" : "\(opening.goodName)..\(opening.badName)"
    throw Failure(
      .usage, "\(id.short) is no commit of the range \(range), so a mark on it changes nothing",
      remedy: "name one that 'git rev-list \(range)' lists, or start anew with other ends")
  }
}

/// `firstbad bisect undo`: takes the last verdict back.
struct BisectUndoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take the last verdict or mark back.",
    discussion: "Its kernel stays in the store, and is booted again; what was seen of it is forgotten.")

  @Option(help: ArgumentHelp("The kernel tree.", valueName: "dir"))
  var tree = "."

  func run() async throws {
    let folder = try SessionFolder.latest(of: try await KernelTree(at: tree), in: Places())
    let ledger = try Ledger(in: folder.url)
    let what: String
    switch Record(ledger.entries).last {
    case .examined(let one):
      what = "what was seen of \(CommitBisectionText.name(one.sample))"
      // Else the store would answer at once, with the very run that is taken back.
      if let identity = one.examination?.identity, let question = folder.opening.digests["probe"] {
        try ImageStore(in: Places()).forget(identity: identity, question: question)
      }
    case .marked(let commit, let mark): what = "that \(commit.short) is \(mark.rawValue), by your mark"
    default: throw Failure(.usage, "there is nothing to take back", remedy: "see 'firstbad bisect log'")
    }
    try ledger.append(.undone)
    Terminal.note("firstbad: taken back: \(what); go on with firstbad bisect --resume")
  }
}

extension LedgerEntry.Mark: ExpressibleByArgument {}
