import Foundation
import HostSystem

extension KernelTree {
  /// Where a repository begins.
  struct Location {
    let top: URL
    let isBare: Bool
  }

  /// Finds the repository that git's folder lies in, or says why there is none.
  static func locate(_ git: Git) async throws -> Location {
    let found = try await git.run(["rev-parse", "--absolute-git-dir"])
    guard found.status == 0 else {
      // Only the owner can be what this changes; git-config(1), safe.directory.
      let trusting = ["-c", "safe.directory=*", "rev-parse"]
      let refused = try await git.run(trusting + ["--absolute-git-dir"])
      if refused.status == 0 {
        let checkout = try await git.run(trusting + ["--show-toplevel"])
        let place = (checkout.status == 0 ? checkout : refused).output.withoutLastLineFeed
        throw Failure(
          .badInput, "git refuses \(place), which another user owns: \(Git.words(of: found))",
          remedy: "if you trust its configuration: git config --global --add safe.directory '\(place)'")
      }
      throw Failure(
        .badInput, "\(git.folder) is in no git repository: \(Git.words(of: found))",
        remedy: "give the path of a clone of the kernel")
    }
    func isTrue(_ option: String) async throws -> Bool {
      try await git.succeed(["rev-parse", option], or: "\(git.folder) cannot be examined") == "true\n"
    }
    if try await isTrue("--is-inside-work-tree") {
      let top = try await git.succeed(["rev-parse", "--show-toplevel"], or: "\(git.folder) cannot be examined")
      return Location(top: URL(filePath: top.withoutLastLineFeed), isBare: false)
    }
    guard try await isTrue("--is-bare-repository") else {
      throw Failure(
        .badInput, "\(git.folder) is inside of a repository's own folder", remedy: "give the path of the checkout")
    }
    return Location(top: URL(filePath: found.output.withoutLastLineFeed), isBare: true)
  }
}
