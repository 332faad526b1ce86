import ArgumentParser
import Bisection
import Foundation
import HostSystem
import KernelTree

/// Where a bisection among commits keeps its ledger, its probe and its logs.
struct SessionFolder {
  let url: URL
  let opening: LedgerEntry.Opening

  private static func all(in places: Places) -> URL { places.state.appending(path: "bisects") }

  /// A new one; names sort by time.
  static func make(for tree: KernelTree, _ good: CommitID, _ bad: CommitID, in places: Places) throws(Failure) -> URL {
    let time = Date.now.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    let parent = all(in: places)
    for attempt in 0... {
      let name = "\(time)-\(good.short)-\(bad.short)\(attempt == 0 ? "" : "-\(attempt)")"
      let url = parent.appending(path: name)
      if !FileManager.default.fileExists(atPath: url.path) {
        try Places.make(url)
        return url
      }
    }
    return parent
  }

  /// The last one of this tree.
  static func latest(of tree: KernelTree, in places: Places) throws(Failure) -> SessionFolder {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: all(in: places).path)) ?? []
    for name in names.sorted(by: >) {
      let url = all(in: places).appending(path: name)
      guard let entries = try? Ledger.entries(in: url), let opening = Record(entries).opening else { continue }
      if opening.tree == tree.top.path { return SessionFolder(url: url, opening: opening) }
    }
    throw Failure(
      .usage, "there is no bisection of \(tree.top.path) yet",
      remedy: "start one: firstbad bisect --good A --bad B PROBE")
  }

  /// The words of the command line as they can be used again: probes that are files are copied, as the original may
  /// have changed by then.
  static func kept(_ arguments: [String], probes: [String], in folder: URL) throws(Failure) -> [String] {
    var words = Array(arguments.drop { $0 != "bisect" }.dropFirst())
    if words.first == "search" { words.removeFirst() }
    for probe in probes {
      guard probe.hasSuffix(".c"), let content = FileManager.default.contents(atPath: probe) else { continue }
      let copy = folder.appending(path: URL(filePath: probe).lastPathComponent)
      try Places.write(content, to: copy)
      words = words.map { $0 == probe ? copy.path : $0 }
    }
    return words
  }

  /// The command that the ledger was opened with.
  func command() throws -> BisectCommand.Search {
    var command = try BisectCommand.Search.parse(opening.arguments)
    command.ends.tree = opening.tree
    return command
  }
}
