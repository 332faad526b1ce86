import Foundation
import GRDB
public import HostSystem

extension ImageStore {
  /// How many bytes of images are kept: FIRSTBAD_STORE_LIMIT, with K, M, G or T behind it, or else 20 GiB.
  static var limit: Int {
    ProcessInfo.processInfo.environment["FIRSTBAD_STORE_LIMIT"].flatMap(bytes(of:)) ?? 20 << 30
  }

  /// `5G`, `500M`, `123`; nil for what is none of it.
  public static func bytes(of text: String) -> Int? {
    let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    guard let last = text.last else { return nil }
    let shift = shifts[Character(last.uppercased())]
    guard let number = Int(shift == nil ? text[...] : text.dropLast()), number >= 0 else { return nil }
    let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    return isTooLarge ? nil : bytes
  }

  /// All builds, the last used first.
  public func list() throws(Failure) -> [StoredRow] {
    do {
      return try index.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT build.*, image.identity, image.bytes,
              (SELECT count(*) FROM verdict WHERE verdict.identity = image.identity) AS verdicts
            FROM build LEFT JOIN image USING (sha256) ORDER BY used DESC
            """
        ).map { row in
          StoredRow(
            commit: row["commit"], identity: row["identity"] ?? "", bytes: row["bytes"] ?? 0, built: row["built"],
            used: row["used"], verdicts: row["verdicts"], failure: row["signature"],
            fixUps: String((row["fixUps"] as String).prefix { $0 != ":" }))
        }
      }
    } catch { throw Self.trouble(error, folder) }
  }

  /// Removes images, the longest unused first, until those left take at most so many bytes, and files that no
  /// row names. What was used within the last `sparing` seconds stays. Failures and verdicts are small and stay.
  /// Gives the number of images removed and the bytes they took.
  public func prune(to bytes: Int, sparing: Double = 0) throws(Failure) -> (count: Int, bytes: Int) {
    let before = Date.now.timeIntervalSince1970 - sparing
    let doomed: [(name: String, bytes: Int)]
    let named: Set<String>
    do {
      (doomed, named) = try index.write { database in
        var total = try Int.fetchOne(database, sql: "SELECT coalesce(sum(bytes), 0) FROM image") ?? 0
        var doomed: [(String, Int)] = []
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT sha256, bytes, max(used) AS last FROM image JOIN build USING (sha256) GROUP BY sha256 ORDER BY last
            """)
        for row in rows where total > bytes && (row["last"] as Double) <= before {
          doomed.append((row["sha256"], row["bytes"]))
          total -= row["bytes"] as Int
          try database.execute(sql: "DELETE FROM image WHERE sha256 = ?", arguments: [row["sha256"] as String])
        }
        return (doomed, Set(try String.fetchAll(database, sql: "SELECT sha256 FROM image")))
      }
    } catch { throw Self.trouble(error, folder) }
    for one in doomed { removeObject(one.name) }
    for name in objectNames() where !named.contains(name) && isOld(name) { removeObject(name) }
    return (doomed.count, doomed.reduce(0) { $0 + $1.bytes })
  }

  /// Files come before their row, so a young one may still get its own.
  private func isOld(_ name: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: objects.appending(path: name).path)
    return (attributes?[.modificationDate] as? Date ?? .now) < .now - 3600
  }

  /// Reads every image and says what is wrong, a sentence each. A damaged one is dropped, and built again when
  /// it is asked for.
  public func verify() throws(Failure) -> [String] {
    var problems: [String] = []
    do {
      let known = try index.read { try String.fetchAll($0, sql: "SELECT sha256 FROM image ORDER BY sha256") }
      for sha256 in known where (try? Digest.sha256(of: image(sha256))) != sha256 {
        problems.append("\(image(sha256).path) is damaged or gone; it was dropped")
        try index.write { try $0.execute(sql: "DELETE FROM image WHERE sha256 = ?", arguments: [sha256]) }
        removeObject(sha256)
      }
      for name in objectNames() where !known.contains(name) && isOld(name) {
        problems.append("\(objects.appending(path: name).path) belongs to nothing; 'firstbad store prune' removes it")
      }
      let complaint = try index.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") ?? "no answer" }
      if complaint != "ok" { problems.append("index.sqlite: \(complaint)") }
    } catch { throw Self.trouble(error, folder) }
    return problems
  }
}
