import Foundation
import GRDB
public import HostSystem
import Judgement

extension ImageStore {
  /// Keeps what a run came to. Each run is a row, so that repeats count.
  ///
  /// - Parameters:
  ///   - identity: That of the image, so that a rebuilt one and its twin under another key have the verdict, too.
  ///   - question: Digest of all that decides what a verdict on that image comes to: the probe, the machine, the
  ///     deadlines. The caller makes it.
  public func remember(_ verdict: StoredVerdict, identity: String, question: String) throws(Failure) {
    try index.write { database in
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      try database.execute(
        sql: "INSERT INTO verdict (identity, question, verdict, form, body) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          identity, question, verdict.verdict.word, StoredVerdict.form,
          String(decoding: try encoder.encode(verdict), as: UTF8.self),
        ])
    }
  }

  /// What runs of that question on that image came to, in the order in which they were remembered.
  public func verdicts(identity: String, question: String) throws(Failure) -> [StoredVerdict] {
    let bodies = try index.read { database in
      try String.fetchAll(
        database, sql: "SELECT body FROM verdict WHERE identity = ? AND question = ? ORDER BY id",
        arguments: [identity, question])
    }
    do {
      return try bodies.map { try JSONDecoder().decode(StoredVerdict.self, from: Data($0.utf8)) }
    } catch {
      throw Failure(
        .badInput, "\(index.file.path) holds a verdict that cannot be read: \(error)",
        remedy: "run 'firstbad store verify'")
    }
  }
}
