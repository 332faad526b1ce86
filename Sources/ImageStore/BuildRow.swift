import Foundation
import GRDB
import Judgement

/// A file that the index names.
struct KeptFile: Equatable {
  let sha256: String
  let bytes: Int

  init(sha256: String, bytes: Int) {
    self.sha256 = sha256
    self.bytes = bytes
  }

  init(_ draft: Objects.Draft) { self.init(sha256: draft.sha256, bytes: draft.bytes) }
}

/// What the table `build` says of a kernel.
struct BuiltRow {
  let identity: String
  let file: KeptFile
  let seconds: Double
  let builtAt: Date

  func stored(in objects: Objects, config: KeptFile) -> StoredImage {
    StoredImage(
      identity: identity, sha256: file.sha256, image: objects.url(file.sha256), config: objects.url(config.sha256),
      seconds: seconds, builtAt: Date(milliseconds: builtAt.milliseconds), bytes: file.bytes)
  }
}

/// What the table `build` says of a failure.
struct FailedRow {
  let phase: Phase
  let signature: String
  let lines: [String]

  func stored(log: URL?) -> StoredFailure {
    StoredFailure(phase: phase, signature: signature, lines: lines, log: log)
  }
}

/// A row of the table `build`.
struct BuildRow {
  enum Content {
    case built(BuiltRow, config: KeptFile)
    case failed(FailedRow, log: KeptFile?)
  }

  let key: BuildKey
  let commit: String
  let content: Content
  let log: String?

  init(key: BuildKey, commit: String, content: Content, log: String?) {
    self.key = key
    self.commit = commit
    self.content = content
    self.log = log
  }

  static func fetch(_ database: Database, _ key: BuildKey) throws -> BuildRow? {
    let row = try GRDB.Row.fetchOne(
      database,
      sql: """
        SELECT build.*, i.bytes AS image_bytes, c.bytes AS config_bytes, l.bytes AS log_bytes FROM build
        LEFT JOIN object i ON i.sha256 = image
        LEFT JOIN object c ON c.sha256 = config
        LEFT JOIN object l ON l.sha256 = log
        WHERE tree = ? AND recipe = ? AND tool_chain = ?
        """, arguments: [key.tree, key.recipe, key.toolChain])
    return try row.map { try BuildRow(key, $0) }
  }

  private init(_ key: BuildKey, _ row: GRDB.Row) throws {
    self.init(key: key, commit: row["commit_id"], content: try Self.content(row), log: row["log"])
  }

  private static func content(_ row: GRDB.Row) throws -> Content {
    func file(_ name: String) -> KeptFile? {
      guard let sha256: String = row[name], let bytes: Int = row[name + "_bytes"] else { return nil }
      return KeptFile(sha256: sha256, bytes: bytes)
    }
    if let image = file("image"), let config = file("config") {
      return .built(
        BuiltRow(
          identity: row["identity"], file: image, seconds: row["seconds"], builtAt: Date(milliseconds: row["built_ms"])),
        config: config)
    }
    let word: String = row["phase"] ?? ""
    guard let phase = Phase(rawValue: word) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "'\(word)' is no phase")
    }
    let lines: String = row["lines"]
    return .failed(
      FailedRow(
        phase: phase, signature: row["signature"],
        lines: try JSONDecoder().decode([String].self, from: Data(lines.utf8))), log: file("log"))
  }

  /// Makes the row, or takes the place of the one with that key.
  func write(_ database: Database, at moment: Date) throws {
    var arguments: StatementArguments = [
      "tree": key.tree, "recipe": key.recipe, "tool_chain": key.toolChain, "commit": commit, "log": log,
      "now": moment.milliseconds,
    ]
    let columns: StatementArguments
    switch content {
    case .built(let built, let config):
      columns = [
        "identity": built.identity, "image": built.file.sha256, "config": config.sha256, "seconds": built.seconds,
        "phase": nil, "signature": nil, "lines": nil,
      ]
    case .failed(let failed, _):
      columns = [
        "identity": nil, "image": nil, "config": nil, "seconds": nil, "phase": failed.phase.rawValue,
        "signature": failed.signature, "lines": String(decoding: try JSONEncoder().encode(failed.lines), as: UTF8.self),
      ]
    }
    arguments += columns
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO build (tree, recipe, tool_chain, commit_id, identity, image, config, seconds, phase,
          signature, lines, log, built_ms, used_ms)
        VALUES (:tree, :recipe, :tool_chain, :commit, :identity, :image, :config, :seconds, :phase, :signature,
          :lines, :log, :now, :now)
        """, arguments: arguments)
  }
}
