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

  /// The words of a command line as they can be used again: files that they name are copied into the session, as the
  /// originals may have changed or be gone by then.
  struct Kept {
    /// The words.
    let arguments: [String]
    /// The probe among them.
    let probe: String?

    init(_ arguments: [String], of command: BisectCommand.Search, in folder: URL) throws(Failure) {
      var words = Array(arguments.drop { $0 != "bisect" }.dropFirst())
      if words.first == "search" { words.removeFirst() }
      var probe = command.probe.first
      let files = command.probe + [command.build.base] + command.build.config.filter { $0.hasPrefix("@") }
      for (number, word) in files.enumerated() {
        let mark = ["@", "auto:"].first(where: word.hasPrefix) ?? ""
        let name = String(word.dropFirst(mark.count))
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue,
          let content = FileManager.default.contents(atPath: name)
        else { continue }
        let file = URL(filePath: name).lastPathComponent
        let copy = folder.appending(path: number == 0 ? file : "\(number)-\(file)")
        try Places.write(content, to: copy)
        words = words.map { Self.replacing(word, by: mark + copy.path, in: $0) }
        if probe == word { probe = copy.path }
      }
      self.arguments = words
      self.probe = probe
    }

    /// `--base=FILE` is one word, `--base FILE` are two.
    private static func replacing(_ value: String, by other: String, in word: String) -> String {
      if word == value { return other }
      return word.hasPrefix("--") && word.hasSuffix("=\(value)") ? word.dropLast(value.count) + other : word
    }
  }

  /// The command that the ledger was opened with.
  func command() throws -> BisectCommand.Search {
    var command = try BisectCommand.Search.parse(opening.arguments)
    command.ends.tree = opening.tree
    return command
  }
}
