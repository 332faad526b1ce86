public import Foundation
import HostSystem

/// The user's git repository of the kernel, read and never written: checkout, index, HEAD, references, bisect state,
/// stash and objects stay as they are.
///
/// Everything is asked of git's plumbing commands. What git says to people is never taken apart; when a command fails,
/// its words become part of the ``Failure``.
public struct KernelTree: Sendable {
  /// Top of the checkout, or the repository itself when it is bare.
  public let top: URL
  /// Whether there is a repository only, and no checkout.
  public let isBare: Bool

  /// The repository proper, which all its worktrees share; with symbolic links resolved.
  let commonFolder: URL
  /// Where its objects are.
  let objects: URL
  /// `sha1` or `sha256`.
  let objectFormat: String
  /// Whether some objects were left at the server (`git clone --filter`).
  let isPartial: Bool
  /// BISECT_HEAD of this very worktree, by its full name; a branch may have the short one.
  private let bisectHead: String
  let git: Git

  /// The kernel tree that a path lies in.
  ///
  /// Throws a ``Failure`` when git is not installed, the path is in no repository or in one that git refuses because
  /// somebody else owns it, HEAD holds no kernel (Kconfig, Makefile, arch), or the repository is a shallow clone.
  public init(at path: String) async throws {
    try await self.init(at: path, program: Git.find())
  }

  init(at path: String, program: Tool, environment: [String: String] = ProcessInfo.processInfo.environment) async throws
  {
    let git = Git(in: path, program: program, environment: environment)
    let location = try await Self.locate(git)
    top = location.top
    isBare = location.isBare
    self.git = git.moved(to: top.path)
    let ask = self.git
    func answer(_ question: String...) async throws -> String {
      let question = ["rev-parse", "--path-format=absolute"] + question
      return try await ask.succeed(question, or: "\(ask.folder) cannot be examined").withoutLastLineFeed
    }
    func place(_ path: String) -> URL { URL(filePath: path).resolvingSymlinksInPath() }
    commonFolder = place(try await answer("--git-common-dir"))
    objects = place(try await answer("--git-path", "objects"))
    objectFormat = try await answer("--show-object-format")
    let own = place(try await answer("--git-dir"))
    // gitrevisions(7) and git-worktree(1), "REFS": each worktree's own references have a name of their own.
    bisectHead =
      own.path == commonFolder.path ? "main-worktree/BISECT_HEAD" : "worktrees/\(own.lastPathComponent)/BISECT_HEAD"
    isPartial =
      try await ask.run(
        ["config", "--get-regexp", #"^(extensions\.partialclone|remote\..*\.promisor)$"#]
      ).status == 0
    try await requireWholeKernel()
  }

  private func requireWholeKernel() async throws {
    let isShallow = try await git.succeed(
      ["rev-parse", "--is-shallow-repository"], or: "\(top.path) cannot be examined")
    guard isShallow.withoutLastLineFeed == "false" else {
      throw Failure(
        .badInput, "\(top.path) is a shallow clone, whose history ends somewhere",
        remedy: "fetch the rest: git -C '\(top.path)' fetch --unshallow")
    }
    let listed = try await git.run([
      "ls-tree", "-z", "--full-tree", "--name-only", "HEAD", "Kconfig", "Makefile", "arch",
    ])
    guard listed.status == 0 else {
      throw Failure(
        .badInput, "HEAD of \(top.path) cannot be read: \(Git.words(of: listed))",
        remedy: "let HEAD be a branch or a commit of the kernel")
    }
    let missing = Set(["Kconfig", "Makefile", "arch"]).subtracting(
      listed.output.split(separator: "\0").map(String.init))
    guard missing.isEmpty else {
      throw Failure(
        .badInput, "\(top.path) is no kernel tree: HEAD has no \(missing.sorted().joined(separator: ", no "))",
        remedy: "give the path of a clone of the kernel")
    }
  }

  /// The commit that the user is at: BISECT_HEAD in the middle of a `git bisect start --no-checkout`, else HEAD.
  public func current() async throws -> CommitID {
    let bisected = try await git.run(["rev-parse", "--verify", "--quiet", "\(bisectHead)^{commit}"])
    let id = CommitID(bisected.output.withoutLastLineFeed)
    return bisected.status == 0 && isWhole(id) ? id : try await resolve("HEAD")
  }

  /// Whether tracked files, or the index, differ from HEAD. False in a bare repository.
  public func isDirty() async throws -> Bool {
    if isBare { return false }
    // Without optional locks this refreshes the index in memory only; diff-index would take a touched file for a
    // changed one.
    let changes = try await git.succeed(
      ["status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=none"],
      or: "\(top.path) cannot be examined", limit: .seconds(600))
    return !changes.isEmpty
  }

  /// Whether this looks like an id of the repository; nothing else may come near a command line.
  func isWhole(_ id: CommitID) -> Bool {
    id.hex.utf8.count == (objectFormat == "sha256" ? 64 : 40)
      && id.hex.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
