/// A source as git knows it, for what the times of its files do not tell.
public struct SourceTree: Sendable {
  /// What differs between two trees, by paths.
  public struct Changes: Sendable, Equatable {
    /// Files that were not there, and symbolic links that lead elsewhere.
    public let new: [String]
    /// All that differs, files that are gone among them.
    public let all: [String]

    /// Both.
    public init(new: [String], all: [String]) {
      self.new = new
      self.all = all
    }
  }

  /// Name of the tree.
  public let id: String
  /// Whether a kernel that is built upon other objects must be what one built from nothing is, as nobody builds it again.
  let isFinal: Bool
  /// What changed since the tree of that name; nil where that one is not known any more.
  let changes: @Sendable (_ since: String) async throws -> Changes?
  /// What its includes may mean; nil where that is not known.
  let names: @Sendable () async throws -> IncludeNames?

  /// All fields.
  public init(
    _ id: String, isFinal: Bool = false, names: @escaping @Sendable () async throws -> IncludeNames? = { nil },
    changes: @escaping @Sendable (_ since: String) async throws -> Changes?
  ) {
    self.id = id
    self.isFinal = isFinal
    self.changes = changes
    self.names = names
  }
}

extension BuildInputs {
  /// The first of these that a rule may read without make knowing: scripts, tables and blobs, which a rule need not name. Sources
  /// and headers are in the compiler's own lists, makefiles and Kconfig are read each time.
  func unseen(of changed: [String]) -> String? {
    changed.first { path in
      let name = path.split(separator: "/").last ?? ""
      let isKnown =
        [".c", ".h", ".S"].contains(where: name.hasSuffix)
        || ["Kconfig", "Makefile", "Kbuild"].contains(where: name.hasPrefix)
      return !isKnown && canMatter(path)
    }
  }
}
