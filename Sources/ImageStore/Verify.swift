public import Foundation
import GRDB
public import HostSystem

extension ImageStore {
  /// Something in the store that is not as it should be.
  public struct Problem: Sendable, Equatable {
    /// What kind of problem.
    public enum Kind: String, Sendable {
      /// A row names a file that is not there. The row was dropped.
      case missing
      /// A file is not what its row says: its content, its size, or that it is a file. Both were dropped.
      case changed
      /// A file that no row names, older than an hour; `prune` removes it.
      case unnamed
      /// Something that firstbad did not put there. It is left alone.
      case foreign
      /// The index contradicts itself.
      case index
    }

    /// What kind of problem.
    public let kind: Kind
    /// The file, or the index.
    public let file: URL
    /// The commits whose builds have to be made again.
    public let commits: [String]

    /// All fields.
    public init(kind: Kind, file: URL, commits: [String]) {
      self.kind = kind
      self.file = file
      self.commits = commits
    }

    /// One line for a person.
    public var text: String {
      let what =
        switch kind {
        case .missing: "is not there"
        case .changed: "is not what was stored"
        case .unnamed: "belongs to no build; 'firstbad store prune' removes it"
        case .foreign: "was not put there by firstbad; it is left alone"
        case .index: "contradicts itself"
        }
      return "\(file.path) \(what)" + (commits.isEmpty ? "" : "; to be built again: \(commits.joined(separator: " "))")
    }
  }

  /// Reads every object and compares it with its row, and looks for files without rows. What is wrong is dropped from
  /// the index, so that it is built again. In a read-only store it is only reported.
  ///
  /// Other processes may use the store meanwhile.
  public func verify() throws(Failure) -> [Problem] {
    var problems = try checkIndex()
    let files = try index.read { database in
      try GRDB.Row.fetchAll(database, sql: "SELECT sha256, bytes FROM object ORDER BY sha256")
        .map { KeptFile(sha256: $0["sha256"], bytes: $0["bytes"]) }
    }
    for file in files where !objects.holds(file.sha256, bytes: file.bytes) {
      let kind: Problem.Kind = objects.isThere(file.sha256) ? .changed : .missing
      let commits = try commits(of: file)
      // Nil when somebody pruned or renewed it in the meantime.
      let isStill = try isWritable ? !drop([file]).isEmpty : true
      if isStill { problems.append(Problem(kind: kind, file: objects.url(file.sha256), commits: commits)) }
    }
    return problems + (try strangers())
  }

  private func checkIndex() throws(Failure) -> [Problem] {
    let findings = try index.read { database in
      let structure = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      return structure.count + (try GRDB.Row.fetchAll(database, sql: "PRAGMA foreign_key_check").count)
    }
    return findings == 0 ? [] : [Problem(kind: .index, file: index.file, commits: [])]
  }

  private func commits(of file: KeptFile) throws(Failure) -> [String] {
    try index.read { database in
      try String.fetchAll(
        database, sql: "SELECT DISTINCT commit_id FROM build WHERE ? IN (image, config) ORDER BY commit_id",
        arguments: [file.sha256])
    }
  }

  private func strangers() throws(Failure) -> [Problem] {
    let named = try index.read { Set(try String.fetchAll($0, sql: "SELECT sha256 FROM object")) }
    let old = now() - Self.grace
    return objects.entries().compactMap { entry in
      if named.contains(entry.name) { return nil }
      let isOurs = entry.isPlainFile && entry.isOurs
      // A young one belongs to somebody who is about to add its row.
      if isOurs && entry.modified >= old { return nil }
      return Problem(kind: isOurs ? .unnamed : .foreign, file: objects.url(entry.name), commits: [])
    }
  }
}
