extension KernelTree {
  /// Paths that each commit of a range changes against its first parent, and where it has none, all it has. A renamed
  /// file counts with both names. One call of git for all of them: 75,000 commits take it half a minute.
  public func changes(from old: CommitID, to new: CommitID) async throws -> [CommitID: [String]] {
    let output = try await git.succeed(
      [
        "log", "--no-color", "--no-show-signature", "--no-notes", "--no-decorate", "--no-ext-diff", "--no-textconv",
        "--no-renames", "--root", "--diff-merges=first-parent", "--ignore-submodules=none", "-z", "--name-only",
        "--format=\(Self.mark)%H", new.hex, "^\(old.hex)", "--",
      ], or: "the changes between \(old.short) and \(new.short) cannot be read", outputLimit: .max)
    var changes: [CommitID: [String]] = [:]
    var current: CommitID?
    // After its heading git writes an empty field or a line feed before the first name, by its version.
    for field in output.nulSeparated {
      let word = field.drop { $0 == "\n" }
      if word.hasPrefix(Self.mark) {
        let id = CommitID(String(word.dropFirst(Self.mark.count)))
        changes[id] = []
        current = id
      } else if let current, !word.isEmpty {
        changes[current, default: []].append(String(word))
      }
    }
    return changes
  }

  /// No path begins so: git refuses one that is absolute.
  private static let mark = "/commit/"

  /// Paths that differ between two commits, in git's order; a renamed file counts with both names.
  public func changedFiles(from old: CommitID, to new: CommitID) async throws -> [String] {
    try await git.succeed(
      ["diff-tree", "-r", "-z", "--name-only", "--no-commit-id", "--no-renames", old.hex, new.hex],
      or: "the changes between \(old.short) and \(new.short) cannot be read", outputLimit: .max
    ).nulSeparated
  }

  /// Paths of all files of a commit.
  public func paths(of id: CommitID) async throws -> Set<String> {
    let output = try await git.succeed(
      ["ls-tree", "-r", "-z", "--name-only", "--full-tree", id.hex], or: "the files of \(id.short) cannot be listed",
      outputLimit: .max)
    return Set(output.nulSeparated)
  }
}
