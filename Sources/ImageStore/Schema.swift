import GRDB

/// The tables of the index. Documentation/ImageStore.md describes them.
enum Schema {
  /// Marks a SQLite file as ours (`PRAGMA application_id`): "FBIS".
  static let application = 0x4642_4953

  /// What leads from each version to the next; `PRAGMA user_version` counts those that were done. A row that was
  /// released is never changed again.
  static let steps = [
    """
    CREATE TABLE object (
      sha256 TEXT PRIMARY KEY NOT NULL,
      bytes INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE build (
      tree TEXT NOT NULL,
      recipe TEXT NOT NULL,
      tool_chain TEXT NOT NULL,
      commit_id TEXT NOT NULL,
      identity TEXT,
      image TEXT REFERENCES object (sha256) ON DELETE CASCADE,
      config TEXT REFERENCES object (sha256) ON DELETE CASCADE,
      seconds REAL,
      phase TEXT,
      signature TEXT,
      lines TEXT,
      log TEXT REFERENCES object (sha256) ON DELETE SET NULL,
      built_ms INTEGER NOT NULL,
      used_ms INTEGER NOT NULL,
      PRIMARY KEY (tree, recipe, tool_chain),
      CHECK (
        CASE WHEN image IS NULL
        THEN config IS NULL AND identity IS NULL AND phase IS NOT NULL AND signature IS NOT NULL AND lines IS NOT NULL
        ELSE config IS NOT NULL AND identity IS NOT NULL AND seconds IS NOT NULL AND phase IS NULL
        END)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX build_identity ON build (identity);
    CREATE INDEX build_recipe ON build (recipe, built_ms);
    CREATE INDEX build_image ON build (image, used_ms);
    CREATE INDEX build_config ON build (config);
    CREATE INDEX build_log ON build (log);

    CREATE TABLE verdict (
      id INTEGER PRIMARY KEY,
      identity TEXT NOT NULL,
      question TEXT NOT NULL,
      verdict TEXT NOT NULL,
      form INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX verdict_identity ON verdict (identity, question);
    """
  ]

  /// What an index can be, as far as its head tells.
  enum State: Equatable {
    case current
    /// It lacks the steps from this one on.
    case older(Int)
    case newer(Int)
    case foreign
  }

  static func state(_ database: Database) throws -> State {
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if application == 0 && version == 0 {
      let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
      return isEmpty ? .older(0) : .foreign
    }
    guard application == Self.application, version > 0 else { return .foreign }
    if version == steps.count { return .current }
    return version < steps.count ? .older(version) : .newer(version)
  }

  /// Takes the steps that are missing, in the transaction that the caller has open.
  static func advance(_ database: Database, from version: Int) throws {
    for step in steps[version...] { try database.execute(sql: step) }
    try database.execute(sql: "PRAGMA application_id = \(application)")
    try database.execute(sql: "PRAGMA user_version = \(steps.count)")
  }
}
