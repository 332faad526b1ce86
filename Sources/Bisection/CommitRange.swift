public import KernelTree

/// The commits between the ends of a bisection, and which end is which.
public struct CommitRange: Sendable {
  /// The end that is said to be good.
  public let good: Commit
  /// The end that is said to be bad.
  public let bad: Commit
  /// Where they part, when the old one is no ancestor of the new one.
  public let mergeBases: [Commit]
  /// The new end and all that it has and the old end has not, parents first.
  public let commits: [Commit]
  /// The same as a graph.
  public let history: History
  /// A fix is looked for: the old end is the bad one.
  public let findsFix: Bool

  /// Commits that do not build on the old end were left out.
  public private(set) var isOnPathOnly = false

  /// All fields; the commits as ``KernelTree/range(from:to:)`` gives them.
  public init(good: Commit, bad: Commit, mergeBases: [Commit], commits: [Commit], findsFix: Bool) {
    self.good = good
    self.bad = bad
    self.mergeBases = mergeBases
    self.commits = commits
    self.findsFix = findsFix
    history = History(commits)
  }

  /// Some commits of another range, and how they follow upon each other.
  init(stem: CommitRange, commits: [Commit], history: History) {
    good = stem.good
    bad = stem.bad
    mergeBases = stem.mergeBases
    self.commits = commits
    self.history = history
    findsFix = stem.findsFix
    isOnPathOnly = stem.isOnPathOnly
  }

  /// The end that has the other among its ancestors.
  public var new: Commit { findsFix ? good : bad }
  /// The other end.
  public var old: Commit { findsFix ? bad : good }
  /// What a test says of a commit that is as the old end.
  var oldAnswer: CommitSearch.Answer { findsFix ? .bad : .good }

  /// The search looks for what the new end has and the old one has not, and calls that bad.
  func towardsNew(_ answer: CommitSearch.Answer) -> CommitSearch.Answer {
    switch answer {
    case .untestable: answer
    case .good: findsFix ? .bad : .good
    case .bad: findsFix ? .good : .bad
    }
  }

  func answer(_ mark: LedgerEntry.Mark) -> CommitSearch.Answer {
    switch mark {
    case .good: towardsNew(.good)
    case .bad: towardsNew(.bad)
    case .skip: .untestable("skipped by the user")
    }
  }

  /// Only those that build on the old end, or on where the ends part. A branch that forked before that may lack what made
  /// the old end what it is, and then its commits look like the new end without having brought anything.
  func alongPath() -> CommitRange {
    var onPath = Set([old.id] + mergeBases.map(\.id))
    var kept: [Commit] = []
    for commit in commits where commit.parents.contains(where: onPath.contains) {
      onPath.insert(commit.id)
      kept.append(commit)
    }
    var path = CommitRange(good: good, bad: bad, mergeBases: [], commits: kept, findsFix: findsFix)
    path.isOnPathOnly = true
    return path
  }
}
