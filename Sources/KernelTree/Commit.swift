/// A commit's name: the full hexadecimal object id, 40 digits for SHA-1, 64 for SHA-256.
public struct CommitID: Hashable, Sendable, Codable, CustomStringConvertible {
  /// All digits.
  public let hex: String

  /// The first twelve digits, as the kernel's own documents quote commits.
  public var short: String { String(hex.prefix(12)) }

  /// The full id.
  public var description: String { hex }

  /// A commit of this full id; whether it exists is for ``KernelTree`` to say.
  public init(_ hex: String) { self.hex = hex }

  /// A plain string on the wire.
  public init(from decoder: any Decoder) throws { hex = try decoder.singleValueContainer().decode(String.self) }

  /// A plain string on the wire.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}

/// What a search needs to know of a commit.
public struct Commit: Hashable, Sendable, Codable {
  /// Its name.
  public let id: CommitID
  /// Its parents, first parent first.
  public let parents: [CommitID]
  /// Id of its tree: two commits with the same tree are the same source.
  public let tree: String
  /// First line of its message.
  public let subject: String

  /// All fields.
  public init(id: CommitID, parents: [CommitID], tree: String, subject: String) {
    self.id = id
    self.parents = parents
    self.tree = tree
    self.subject = subject
  }

  /// `0123456789ab ("subject")`, as the kernel's documents quote commits.
  public var quoted: String { "\(id.short) (\"\(subject)\")" }

  /// The same in at most so many characters, for a line of a table.
  public func quoted(upTo limit: Int) -> String {
    guard quoted.count > limit else { return quoted }
    return quoted.prefix(max(0, limit - 3)) + "…\")"
  }
}
