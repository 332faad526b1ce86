import HostSystem

extension KernelTree {
  /// A commit by its full id.
  public func commit(_ id: CommitID) async throws -> Commit {
    try requireWhole(id)
    let output = try await git.succeed(
      ["rev-list", "--no-walk"] + CommitList.format + [id.hex], or: "commit \(id.short) cannot be read")
    guard let commit = try CommitList.read(output).first, commit.id == id else {
      throw Failure(.badInput, "\(id) is no commit of \(top.path)", remedy: "resolve its name first")
    }
    return commit
  }

  /// `new` and those of its ancestors that are not ancestors of `old`, merges included, every parent before its child.
  /// The order is the same each time. `old` itself is not in it; when `new` is an ancestor of `old`, nothing is.
  public func range(from old: CommitID, to new: CommitID) async throws -> [Commit] {
    try requireWhole(old, new)
    // The whole of the kernel's history is 1.4 million commits and 300 MB here.
    let output = try await git.succeed(
      ["rev-list", "--topo-order", "--reverse"] + CommitList.format + [new.hex, "^\(old.hex)"],
      or: "the history from \(old.short) to \(new.short) cannot be read", limit: .seconds(900), outputLimit: .max)
    return try CommitList.read(output)
  }

  /// The best common ancestors of two commits (git-merge-base(1), --all), ordered by their ids: none when the histories
  /// have nothing in common, several after criss-cross merges.
  public func mergeBases(_ a: CommitID, _ b: CommitID) async throws -> [CommitID] {
    try requireWhole(a, b)
    let result = try await git.run(["merge-base", "--all", a.hex, b.hex], limit: .seconds(600))
    if result.status == 1, result.errors.isEmpty { return [] }
    guard result.status == 0 else { throw unrelated(a, b, result) }
    return result.output.split(separator: "\n").sorted().map { CommitID(String($0)) }
  }

  /// Whether `b` contains `a`. A commit is its own ancestor, as for git-merge-base(1).
  public func isAncestor(_ a: CommitID, of b: CommitID) async throws -> Bool {
    try requireWhole(a, b)
    let result = try await git.run(["merge-base", "--is-ancestor", a.hex, b.hex], limit: .seconds(600))
    guard result.status == 0 || result.status == 1 else { throw unrelated(a, b, result) }
    return result.status == 0
  }

  /// The commit with its message and the list of changed files, for a person: `git show --stat --no-color`, whatever the
  /// user's configuration does to it otherwise.
  public func account(of id: CommitID) async throws -> String {
    try requireWhole(id)
    return try await git.succeed(
      [
        "show", "--stat=80", "--no-color", "--pretty=medium", "--date=default", "--encoding=UTF-8", "--no-notes",
        "--no-decorate", "--no-show-signature", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", id.hex,
      ], or: "commit \(id.short) cannot be shown")
  }

  /// Paths that differ from the first parent, for a merge too, in git's order; a renamed file counts with both names, and
  /// of the first commit every file does. Bytes of a name that are not UTF-8 become U+FFFD.
  public func changedFiles(of id: CommitID) async throws -> [String] {
    let parents = try await commit(id).parents
    let output = try await git.succeed(
      ["diff-tree", "-r", "-z", "--name-only", "--no-commit-id", "--no-renames"]
        + (parents.first.map { [$0.hex, id.hex] } ?? ["--root", id.hex]),
      or: "the changes of \(id.short) cannot be read", outputLimit: .max)
    return output.nulSeparated
  }

  /// The tree of a commit, by its id.
  func treeID(of id: CommitID) async throws -> String { try await commit(id).tree }

  private func requireWhole(_ ids: CommitID...) throws(Failure) {
    for id in ids where !isWhole(id) {
      throw Failure(.usage, "'\(id)' is no full id of a commit", remedy: "resolve its name first")
    }
  }

  private func unrelated(_ a: CommitID, _ b: CommitID, _ result: Tool.Result) -> Failure {
    Failure(.toolFailed, "\(a.short) and \(b.short) cannot be compared: \(Git.words(of: result))")
  }
}

extension String {
  /// Parts between NULs, by bytes: a character of Swift's may hold a NUL and what stands behind it.
  var nulSeparated: [String] { utf8.split(separator: 0).map { String(Substring($0)) } }
}
