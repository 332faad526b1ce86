import Foundation
import HostSystem

extension KernelTree {
  /// The commit that a name means: an id or the first digits of one, a tag (peeled, however deep), a branch, or anything
  /// else of gitrevisions(7) that is one commit.
  ///
  /// Throws a ``Failure`` when there is no such commit, when the name is a tree's or a file's, and when it could be
  /// taken in two ways. git only warns of the last, and a bisect between other commits than the meant ones is worthless.
  public func resolve(_ name: String) async throws -> CommitID {
    guard !name.isEmpty, !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      throw Failure(.usage, "'\(name)' is no name of a commit", remedy: "give an id, a tag or a branch")
    }
    guard let id = try await peel(name) else { throw try await unresolved(name) }
    try await requireOneMeaning(of: name)
    return id
  }

  /// The commit of a name that git can peel to one.
  private func peel(_ name: String) async throws -> CommitID? {
    // As `:/words` runs to the end of the name, the suffix is put behind the id there.
    for name in ["\(name)^{commit}", name] {
      guard let object = try await object(name) else { continue }
      if let id = try await self.object("\(object.hex)^{commit}") { return id }
    }
    return nil
  }

  /// The id of exactly one object. `A..B` and `^A` pass git's --verify, so the answer is looked at.
  private func object(_ name: String) async throws -> CommitID? {
    let result = try await git.run(["rev-parse", "--verify", "--quiet", "--end-of-options", name])
    let id = CommitID(result.output.withoutLastLineFeed)
    return result.status == 0 && isWhole(id) ? id : nil
  }

  private func unresolved(_ name: String) async throws -> Failure {
    if let object = try await object(name), let innermost = try await self.object("\(object.hex)^{}") {
      let kind = try await git.run(["cat-file", "-t", innermost.hex])
      let word = ["tree": "a folder's tree", "blob": "a file's content"][kind.output.withoutLastLineFeed]
      if let word {
        return Failure(.badInput, "'\(name)' names \(word), not a commit", remedy: "give an id, a tag or a branch")
      }
    }
    let meanings = try await commits(startingWith: name)
    if meanings.count > 1 {
      return Failure(
        .badInput, "'\(name)' begins the ids of \(meanings.count) commits: \(Self.listed(meanings.map(\.hex)))",
        remedy: "give more digits")
    }
    return Failure(
      .badInput, "'\(name)' is no commit of \(top.path)",
      remedy: "check the spelling, or fetch it first: git fetch --tags")
  }

  /// Commits whose ids begin like this; none when it is no beginning of an id.
  private func commits(startingWith digits: String) async throws -> [CommitID] {
    guard digits.utf8.count >= 4, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return [] }
    let listed = try await git.run(["rev-parse", "--disambiguate=\(digits)"])
    var found: Set<CommitID> = []
    for line in listed.output.split(separator: "\n") {
      if let id = try await object("\(line)^{commit}") { found.insert(id) }
    }
    return found.sorted { $0.hex < $1.hex }
  }

  /// Looks for a tag and a branch of the same name, and for a name that begins an id as well.
  private func requireOneMeaning(of name: String) async throws {
    let base = Self.base(of: name)
    guard !base.isEmpty, !isWhole(CommitID(base.lowercased())) else { return }
    // The places in which gitrevisions(7) looks, in its order.
    let places = [base, "refs/\(base)", "refs/tags/\(base)", "refs/heads/\(base)", "refs/remotes/\(base)"]
      .filter { $0.hasPrefix("refs/") }
    let listed = try await git.succeed(
      ["for-each-ref", "--format=%(refname)"] + places, or: "references cannot be read")
    // A pattern also matches what lies below it.
    let present = Set(listed.split(separator: "\n").map(String.init))
    let references = places.filter(present.contains)
    guard !references.isEmpty else { return }
    var meanings: [(name: String, id: CommitID)] = []
    for reference in references {
      if let id = try await peel(reference) { meanings.append((reference, id)) }
    }
    for id in try await commits(startingWith: base) { meanings.append((id.hex, id)) }
    guard Set(meanings.map(\.id)).count > 1 else { return }
    throw Failure(
      .badInput, "'\(base)' can mean \(Self.listed(meanings.map(\.name)))", remedy: "give the one that you mean in full"
    )
  }

  /// What stands in front of the first `^`, `~`, `:` or `@{`.
  static func base(of name: String) -> String {
    let end = name.firstIndex { "^~:".contains($0) } ?? name.endIndex
    return String(name[..<(name.range(of: "@{").map { min($0.lowerBound, end) } ?? end)])
  }

  private static func listed(_ names: [String]) -> String {
    names.count > 4 ? "\(names.prefix(4).joined(separator: ", ")) and others" : names.joined(separator: " or ")
  }
}
