import Foundation
import GRDB
public import HostSystem

extension ImageStore {
  /// What pruning came to.
  public struct Pruned: Sendable, Equatable {
    /// Images that were removed.
    public let images: Int
    /// Bytes of all files that were removed.
    public let bytes: Int
    /// Bytes of the objects that stayed. More than was wished for when the rest was used within the last hour.
    public let left: Int

    /// All fields.
    public init(images: Int, bytes: Int, left: Int) {
      self.images = images
      self.bytes = bytes
      self.left = left
    }
  }

  /// Removes images, the least recently used first, until the objects fit in; then what no row names and is older than
  /// an hour: work of processes that were killed.
  ///
  /// What was used within the last hour stays, as another session may be about to boot it. Failures and verdicts are
  /// small and stay.
  ///
  /// - Parameters:
  ///   - bytes: What the objects may take afterwards.
  ///   - keep: Identities of images that stay however old they are, such as the ends of a bisect.
  public func prune(to bytes: Int, keep: Set<String> = []) throws(Failure) -> Pruned {
    let old = now() - Self.grace
    let (images, names) = try index.write { database in
      try Self.forget(database, to: bytes, keep: keep, before: old)
    }
    // A transaction of its own: a file goes after its row is gone for good, and only when no new row names it.
    var freed = try removeUnnamed(names)
    freed += try sweep(before: old)
    return Pruned(images: images, bytes: freed, left: try total())
  }

  /// Removes rows; gives the number of images and the names of the objects that no build has any more.
  private static func forget(
    _ database: Database, to bytes: Int, keep: Set<String>, before old: Date
  ) throws -> (Int, [String]) {
    var total = try Int.fetchOne(database, sql: "SELECT coalesce(sum(bytes), 0) FROM object") ?? 0
    // Those of builds that were replaced: somebody may have been given them a moment ago, so the sweep has their files.
    _ = try removeOrphans(database, &total)
    var (images, names) = (0, [String]())
    // Builds that share an image go together, and are as old as the youngest of them.
    let oldest = try GRDB.Row.fetchAll(
      database,
      sql: """
        SELECT image, json_group_array(identity) AS identities FROM build WHERE image IS NOT NULL
        GROUP BY image HAVING max(used_ms) < ? ORDER BY max(used_ms), image
        """, arguments: [old.milliseconds])
    for row in oldest where total > bytes {
      let (image, text): (String, String) = (row["image"], row["identities"])
      let identities = try JSONDecoder().decode(Set<String>.self, from: Data(text.utf8))
      guard identities.isDisjoint(with: keep) else { continue }
      try database.execute(sql: "DELETE FROM build WHERE image = ?", arguments: [image])
      names += try removeOrphans(database, &total)
      images += 1
    }
    return (images, names)
  }

  private static func removeOrphans(_ database: Database, _ total: inout Int) throws -> [String] {
    let orphans = try GRDB.Row.fetchAll(
      database,
      sql: """
        DELETE FROM object WHERE NOT EXISTS (SELECT 1 FROM build WHERE image = object.sha256)
          AND NOT EXISTS (SELECT 1 FROM build WHERE config = object.sha256)
          AND NOT EXISTS (SELECT 1 FROM build WHERE log = object.sha256)
        RETURNING sha256, bytes
        """)
    for row in orphans { total -= row["bytes"] as Int }
    return orphans.map { $0["sha256"] }
  }

  private func sweep(before old: Date) throws(Failure) -> Int {
    let names = objects.entries().filter { $0.isPlainFile && $0.isOurs && $0.modified < old }.map(\.name)
    return try removeUnnamed(names)
  }
}
