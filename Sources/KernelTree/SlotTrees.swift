public import Foundation
public import HostSystem

/// Trees that are no commit's: a commit's with something on top. They are objects of the slot's own repository, and
/// making one leaves the worktree alone.
extension TreeSlot {
  /// Lays out exactly this tree, one of a commit's or of those made here; see ``checkOut(_:)``.
  public func checkOut(tree: String, called name: String) async throws {
    try await alone { try await self.insisting { try await self.write(tree, name) } }
  }

  /// What a file of a tree holds, as text; nil when there is none.
  public func content(of path: String, in tree: String) async throws -> String? {
    let result = try await repository.run(["cat-file", "blob", "\(tree):\(path)"])
    if result.status == 0 { return result.output }
    // A tree that cannot be read is another matter than a file that it lacks.
    if try await repository.run(["cat-file", "-e", "\(tree)^{tree}"]).status == 0 { return nil }
    // Somebody may have removed the slot's folder.
    try await prepare()
    try await repository.succeed(["cat-file", "-e", "\(tree)^{tree}"], or: "\(tree.prefix(12)) cannot be read")
    let again = try await repository.run(["cat-file", "blob", "\(tree):\(path)"])
    return again.status == 0 ? again.output : nil
  }

  /// What differs between two trees: paths of files that are new in the first, with symbolic links that lead elsewhere, and of
  /// all that differs; nil when the other one is not known here. A renamed file is new.
  public func changes(in tree: String, since old: String) async throws -> (new: [String], all: [String])? {
    guard try await repository.run(["cat-file", "-e", "\(old)^{tree}"]).status == 0 else { return nil }
    let fields = try await repository.succeed(
      ["diff-tree", "-r", "-z", "--raw", "--no-renames", old, tree], or: "\(tree.prefix(12)) cannot be read"
    ).nulSeparated
    // Of each file `:MODE MODE BLOB BLOB STATUS` and the path.
    var (new, all): ([String], [String]) = ([], [])
    for index in stride(from: 0, to: fields.count - 1, by: 2) {
      let words = fields[index].split(separator: " ")
      all.append(fields[index + 1])
      let isNew = words.count == 5 && words[4] != "D" && (words[4] == "A" || words[1] == "120000")
      if isNew { new.append(fields[index + 1]) }
    }
    return (new, all)
  }

  /// All files of a tree, in git's order, with mode and name of the content as git writes them.
  public func files(in tree: String) async throws -> [(mode: String, id: String, path: String)] {
    try await repository.succeed(
      ["ls-tree", "-r", "-z", "--full-tree", tree], or: "the files of \(tree.prefix(12)) cannot be listed"
    ).nulSeparated.compactMap { entry in
      // `MODE TYPE ID`, a tabulator, and the path.
      guard let tab = entry.firstIndex(of: "\t") else { return nil }
      let words = entry[..<tab].split(separator: " ")
      return words.count == 3 ? (String(words[0]), String(words[2]), String(entry[entry.index(after: tab)...])) : nil
    }
  }

  /// Lines of a tree's makefiles that an extended regular expression matches, in git's order.
  public func makefileLines(in tree: String, matching expression: String) async throws -> String {
    let plain = ["-h", "--no-color", "--no-line-number", "--no-column", "--no-textconv", "--text"]
    let result = try await repository.run(
      ["grep"] + plain + ["-E", "-e", expression, tree, "--", "*Makefile*", "*Kbuild*"])
    // 1 is git's word for no line.
    guard result.status < 2 else {
      throw Failure(.toolFailed, "the makefiles of \(tree.prefix(12)) cannot be read: \(Git.words(of: result))")
    }
    return result.output
  }

  /// Names in a folder of a tree, in git's order; none when there is no such folder.
  public func names(in folder: String, of tree: String) async throws -> [String] {
    let listed = try await repository.succeed(
      ["ls-tree", "-z", "--name-only", tree, "\(folder)/"], or: "\(tree.prefix(12)) cannot be read")
    return listed.nulSeparated.compactMap { $0.split(separator: "/").last.map(String.init) }
  }

  /// The tree with what a commit changed (a merge: what it brought to its first parent) on top of it, as by
  /// git-cherry-pick(1); the same tree when it has that already, and nil when the two do not go together.
  public func tree(_ tree: String, with fix: CommitID) async throws -> String? {
    guard let parent = try await self.tree.commit(fix).parents.first else { return nil }
    let (before, after) = (try await self.tree.treeID(of: parent), try await self.tree.treeID(of: fix))
    return try await alone {
      // To take the way from the parent to the fix is to revert the way back.
      try await self.revert(before, to: after, in: tree)
    }
  }

  /// The tree with a copy of one of its files under a further path; nil when there is nothing to copy.
  public func tree(_ tree: String, copying file: String, to path: String) async throws -> String? {
    let purpose = "\(path) cannot be put into the tree"
    let found = try await repository.run(["rev-parse", "--verify", "--quiet", "\(tree):\(file)"])
    guard found.status == 0 else { return nil }
    let blob = found.output.withoutLastLineFeed
    return try await alone {
      // An index of its own: the slot's says what the worktree holds.
      let index = self.repository.folder.url.appending(path: "index.fix-up")
      defer { try? FileManager.default.removeItem(at: index) }
      let environment = ["GIT_INDEX_FILE": index.path]
      try await self.repository.succeed(["read-tree", tree], or: purpose, environment: environment)
      try await self.repository.succeed(
        ["update-index", "--add", "--cacheinfo", "100644,\(blob),\(path)"], or: purpose, environment: environment)
      return try await self.repository.succeed(["write-tree"], or: purpose, environment: environment)
    }
  }

  /// Where to build with a tool chain: objects of one never meet those of another, and each finds its own again when a
  /// session goes back and forth between them. The longest unused beyond a few are removed.
  public func objects(for toolChain: String) throws(Failure) -> URL {
    let own = objects.appending(path: String(toolChain.prefix(12)))
    try Places.make(own)
    let manager = FileManager.default
    func age(_ url: URL) -> Date {
      (try? manager.attributesOfItem(atPath: url.path)[.modificationDate] as? Date) ?? .distantPast
    }
    try? manager.setAttributes([.modificationDate: Date.now], ofItemAtPath: own.path)
    let names = (try? manager.contentsOfDirectory(atPath: objects.path)) ?? []
    let folders = names.map { objects.appending(path: $0) }.sorted { age($0) > age($1) }
    // What lies here beside such folders was built before there were any.
    let others = folders.filter { $0.lastPathComponent.count != 12 || !$0.lastPathComponent.allSatisfy(\.isHexDigit) }
    let surplus = folders.filter { !others.contains($0) }.dropFirst(Self.toolChains)
    for folder in others + surplus { try? manager.removeItem(at: folder) }
    return own
  }

  /// How many tool chains' objects a slot keeps; those of a minimal kernel take 0.3 GB.
  private static let toolChains = 4
}

extension KernelTree {
  /// Whether the history of a commit has one with this id, or one with this title.
  ///
  /// A title is looked for in the whole history, which takes seconds with the kernel's.
  public func history(of id: CommitID, has other: String, title: String) async throws -> Bool {
    if let found = try await known(other), try await isAncestor(found, of: id) { return true }
    return try await commit(titled: title, in: [id.hex]) != nil
  }

  /// The commit of this id, or else the one with this title on any branch or tag; nil where there is neither.
  public func commit(known id: String, title: String) async throws -> CommitID? {
    if let found = try await known(id) { return found }
    return try await commit(titled: title, in: ["--all"])
  }

  private func known(_ id: String) async throws -> CommitID? {
    let result = try await git.run(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(id)^{commit}"])
    let found = CommitID(result.output.withoutLastLineFeed)
    return result.status == 0 && isWhole(found) ? found : nil
  }

  private func commit(titled title: String, in where: [String]) async throws -> CommitID? {
    // A body may quote the title of what it reverts or mends, so the titles are compared.
    let output = try await git.succeed(
      [
        "log", "--no-color", "--no-show-signature", "--no-notes", "--no-decorate", "--fixed-strings", "--grep=\(title)",
        "--format=%H %s",
      ] + `where` + ["--"],
      or: "the history cannot be searched", limit: .seconds(600))
    let line = output.split(separator: "\n").first {
      $0.split(separator: " ", maxSplits: 1).last.map(String.init) == title
    }
    return line.map { CommitID(String($0.prefix { $0 != " " })) }
  }
}
