import Foundation
import HostSystem

/// The steps of a checkout. Together they lead from any state of the worktree to the wanted one, and touch only files
/// that differ from it.
extension TreeSlot {
  /// Writes the tree into the worktree, removes all that is not of it, and looks whether it came out right.
  func write(_ tree: String, _ name: String) async throws {
    let purpose = "\(name) cannot be checked out"
    // git looks at nothing below a .git.
    try? FileManager.default.removeItem(at: source.appending(path: ".git"))
    let steps = [
      // The index only; what is known of unchanged files stays known.
      ["read-tree", "--reset", tree],
      // Compares the content of files whose times or sizes changed.
      ["update-index", "-q", "--really-refresh"],
      // Twice -f: other repositories, too.
      ["clean", "-x", "-d", "-f", "-f", "-q"],
      ["checkout-index", "--all", "--force", "--index", "--quiet"],
    ]
    for step in steps { try await repository.succeed(step, or: purpose) }
    try await verify(tree, purpose)
  }

  private func verify(_ tree: String, _ purpose: String) async throws {
    let written = try await repository.succeed(["write-tree"], or: purpose)
    let changed = try await repository.succeed(["diff-files", "--name-only", "-z"], or: purpose)
    let stray = try await repository.succeed(["ls-files", "--others", "-z"], or: purpose)
    guard written == tree, changed.isEmpty, stray.isEmpty else {
      let file = (changed + stray).nulSeparated.first.map { ", \($0) among them" } ?? ""
      throw Failure(
        .toolFailed, "\(purpose): \(source.path) has other files than it should afterwards\(file)",
        remedy: "see who else writes there")
    }
  }

  /// The tree that comes of taking the step from `before` to `after` back in `tip`, or nil when they conflict. A missing
  /// `before` is an empty tree.
  ///
  /// git-merge-tree(1) merges commits only, and before git 2.40 finds the base by itself; so three commits that nobody
  /// will see are made for it. They have our name and the same date each time, thus also the same ids.
  func revert(_ after: String, to before: String?, in tip: String) async throws -> String? {
    let purpose = "the change cannot be tried"
    var target = before
    // Standard input is empty.
    if target == nil { target = try await repository.succeed(["mktree"], or: purpose) }
    guard let target else { return nil }
    let base = try await repository.succeed(["commit-tree", "-m", "base", after], or: purpose)
    var sides: [String] = []
    for tree in [tip, target] {
      sides.append(try await repository.succeed(["commit-tree", "-m", "side", "-p", base, tree], or: purpose))
    }
    let merged = try await repository.run(["merge-tree", "--write-tree", "--no-messages"] + sides)
    switch merged.status {
    case 0: return merged.output.withoutLastLineFeed
    case 1: return nil
    default:
      throw Failure(.toolFailed, "\(purpose): \(Git.words(of: merged))", remedy: "this needs git 2.38 or later")
    }
  }
}
