public import Foundation
import GRDB
public import HostSystem

extension ImageStore {
  /// A build, for `firstbad store ls`.
  public struct Row: Sendable, Equatable, Encodable {
    /// What it was built from.
    public let key: BuildKey
    /// The commit for which it was built first.
    public let commit: String
    /// Identity of its code; nil when the build failed.
    public let identity: String?
    /// SHA-256 of the image file.
    public let sha256: String?
    /// Signature of the failed build.
    public let failure: String?
    /// Bytes of image, configuration and log; other builds may share them.
    public let bytes: Int
    /// What building it took.
    public let seconds: Double?
    /// When it was built.
    public let builtAt: Date
    /// When it was used last.
    public let usedAt: Date
    /// How many verdicts on its identity are kept.
    public let verdicts: Int

    private enum Key: String, CodingKey {
      case tree, recipe, commit, identity, sha256, failure, bytes, seconds, verdicts
      case toolChain = "tool_chain"
      case builtAt = "built_ms"
      case usedAt = "used_ms"
    }

    /// Every key is always there; what is not known is null. Documentation/ImageStore.md lists them.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: Key.self)
      try values.encode(key.tree, forKey: .tree)
      try values.encode(key.recipe, forKey: .recipe)
      try values.encode(key.toolChain, forKey: .toolChain)
      try values.encode(commit, forKey: .commit)
      try values.encode(identity, forKey: .identity)
      try values.encode(sha256, forKey: .sha256)
      try values.encode(failure, forKey: .failure)
      try values.encode(bytes, forKey: .bytes)
      try values.encode(seconds, forKey: .seconds)
      try values.encode(builtAt.milliseconds, forKey: .builtAt)
      try values.encode(usedAt.milliseconds, forKey: .usedAt)
      try values.encode(verdicts, forKey: .verdicts)
    }
  }

  /// All builds, used last comes last.
  public func list() throws(Failure) -> [Row] {
    try index.read { database in
      let rows = try GRDB.Row.fetchAll(
        database,
        sql: """
          SELECT build.*,
            (SELECT coalesce(sum(bytes), 0) FROM object WHERE sha256 IN (image, config, log)) AS bytes,
            (SELECT count(*) FROM verdict WHERE verdict.identity = build.identity) AS verdicts
          FROM build ORDER BY used_ms, built_ms, commit_id
          """)
      return rows.map { row in
        Row(
          key: BuildKey(tree: row["tree"], recipe: row["recipe"], toolChain: row["tool_chain"]),
          commit: row["commit_id"], identity: row["identity"], sha256: row["image"], failure: row["signature"],
          bytes: row["bytes"], seconds: row["seconds"], builtAt: Date(milliseconds: row["built_ms"]),
          usedAt: Date(milliseconds: row["used_ms"]), verdicts: row["verdicts"])
      }
    }
  }

  /// Bytes of all objects that the index names.
  public func bytes() throws(Failure) -> Int { try total() }
}
