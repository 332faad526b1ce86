public import KernelBuild
public import KernelTree

/// Which commits of a range can change the kernel at all.
///
/// One that cannot is as one of its parents: it is not tested, and not lost either. Where the search finds one commit, that is
/// proven on real commits and their real parents, so that a commit left out by mistake costs time and no verdict. A range, and
/// what is found with another change on top, have no such proof: there it is said that commits were left out.
public struct Reach: Sendable, Codable, Equatable {
  /// A commit that cannot change the kernel, and the parent that it is as.
  public struct Twin: Sendable, Codable, Equatable {
    /// The commit.
    public let commit: CommitID
    /// Its parent, which may lie before the range.
    public let parent: CommitID

    /// Both.
    public init(_ commit: CommitID, as parent: CommitID) {
      self.commit = commit
      self.parent = parent
    }
  }

  /// In the order of the range.
  public let twins: [Twin]

  /// All fields.
  public init(twins: [Twin]) { self.twins = twins }

  /// By what each commit changed. `changes` are those against the first parent, `further` gives those against
  /// another parent of a merge, `known` tells whether a path is one of either end's tree.
  ///
  /// A file that is in neither end came and went within the range, and what it did meanwhile no end can tell.
  public init(
    of commits: [Commit], ends: [BuildInputs], known: (String) -> Bool, changes: [CommitID: [String]],
    further: (Commit, CommitID) async throws -> [String]
  ) async rethrows {
    var answers: [String: Bool] = [:]
    func canMatter(_ path: String) -> Bool {
      if let answer = answers[path] { return answer }
      let answer = ends.contains { $0.canMatter(path, isThere: known) } || !known(path)
      answers[path] = answer
      return answer
    }
    var twins: [Twin] = []
    for commit in commits {
      guard let first = commit.parents.first, let changed = changes[commit.id] else { continue }
      if !changed.contains(where: canMatter) {
        twins.append(Twin(commit.id, as: first))
        continue
      }
      for parent in commit.parents.dropFirst() {
        if try await further(commit, parent).contains(where: canMatter) { continue }
        twins.append(Twin(commit.id, as: parent))
        break
      }
    }
    self.twins = twins
  }
}

extension CommitRange {
  /// Only the commits that can change the kernel, and of those only what the new end is made of; nil when that is
  /// all of them, or when nothing that reaches the new end can.
  func narrowed(to reach: Reach) -> CommitRange? {
    var parents: [CommitID: CommitID] = [:]
    for twin in reach.twins { parents[twin.commit] = twin.parent }
    let inside = Set(commits.map(\.id))
    // The commit that each is as; nil for one that is as what lies before the range.
    var likeness: [CommitID: CommitID] = [:]
    for commit in commits {
      if let parent = parents[commit.id] {
        likeness[commit.id] = likeness[parent]
      } else {
        likeness[commit.id] = commit.id
      }
    }
    guard let tip = likeness[new.id] else { return nil }
    var wanted: Set<CommitID> = [tip]
    var kept: [(commit: Commit, parents: [CommitID])] = []
    for commit in commits.reversed() where wanted.contains(commit.id) {
      let parents = commit.parents.compactMap { inside.contains($0) ? likeness[$0] : nil }
      wanted.formUnion(parents)
      kept.append((commit, parents))
    }
    guard kept.count < commits.count else { return nil }
    kept.reverse()
    let numbers = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1.commit.id, $0) })
    return CommitRange(
      stem: self, commits: kept.map(\.commit),
      history: History(parents: kept.map { $0.parents.compactMap { numbers[$0] } }))
  }
}
