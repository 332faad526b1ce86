public import Foundation
public import KernelTree

/// One line of a ledger. What is on the disk is the session: resuming reads nothing else.
public enum LedgerEntry: Codable, Sendable, Equatable {
  /// Always the first.
  case opened(Opening)
  /// A sample was examined.
  case examined(Examined)
  /// The kernel of the last examination of a sample was run once more.
  case ran(Ran)
  /// The runs of a sample were enough for a verdict.
  case decided(Decided)
  /// The runs of a kernel that the answer was to rest on did not say the same: from here on each commit is run until it is
  /// decided.
  case divided(Sample)
  /// The user judged a commit.
  case marked(commit: CommitID, as: Mark)
  /// From here on kernels are built upon this base, to see whether it shows what is hunted (`--base auto`); what was seen of
  /// kernels of another one counts no more.
  case trying(base: String)
  /// This base shows it, and is that of the bisection.
  case based(on: String)
  /// It was found out which commits cannot change the kernel.
  case narrowed(Reach)
  /// From here on kernels are built without these symbols; what was seen of kernels of another configuration counts no more,
  /// until that one is taken up again.
  case disabled([String])
  /// The last examination or mark that still counts is taken back.
  case undone
  /// An answer was found.
  case closed(Conclusion)

  /// What was asked.
  public struct Opening: Codable, Sendable, Equatable {
    /// Version of the ledger's form.
    public var version = 1
    /// Top of the kernel tree.
    public var tree: String
    /// The end that is said to be good, as it was named and as a commit.
    public var goodName: String
    /// See `goodName`.
    public var good: CommitID
    /// The end that is said to be bad, as it was named and as a commit.
    public var badName: String
    /// See `badName`.
    public var bad: CommitID
    /// What makes a kernel bad.
    public var question: Question
    /// The words of the command line, for resuming.
    public var arguments: [String]
    /// The probe among them.
    public var probe: String?
    /// The failure is said to show only sometimes.
    public var isFlaky: Bool?
    /// Commits that cannot be tested are tried with what mended them.
    public var heals: Bool?
    /// The commit that mended something is looked for: the bad end is the older one.
    public var findsFix: Bool?
    /// Digests of what verdicts depend on beside the commit: probe and machine, configuration, tool chain.
    public var digests: [String: String]

    /// All fields.
    public init(
      tree: String, goodName: String, good: CommitID, badName: String, bad: CommitID, question: Question,
      arguments: [String], probe: String? = nil, digests: [String: String], isFlaky: Bool? = nil,
      heals: Bool? = nil, findsFix: Bool? = nil
    ) {
      self.findsFix = findsFix
      self.heals = heals
      self.isFlaky = isFlaky
      self.tree = tree
      self.goodName = goodName
      self.good = good
      self.badName = badName
      self.bad = bad
      self.question = question
      self.arguments = arguments
      self.probe = probe
      self.digests = digests
    }
  }

  /// A sample and what came of it.
  public struct Examined: Codable, Sendable, Equatable {
    /// What was examined.
    public let sample: Sample
    /// What came of it; nil for a revert that does not apply.
    public let examination: Examination?
    /// When.
    public let at: Date
  }

  /// A further run.
  public struct Ran: Codable, Sendable, Equatable {
    /// What was run.
    public let sample: Sample
    /// Which of its kernels: the one that was built from nothing but the source, or the other.
    public let isClean: Bool
    /// What the probe saw.
    public let seen: Seen
    /// See ``Run``.
    public let milliseconds: Int?
    /// When.
    public let at: Date
    /// It was made in turns with runs of this commit, and counts only beside those; nil for all other runs.
    public var inTurnsWith: CommitID?
  }

  /// A verdict that rests on several runs.
  public struct Decided: Codable, Sendable, Equatable {
    /// Of what.
    public let sample: Sample
    /// See ``Ran``.
    public let isClean: Bool
    /// One run that stands for the verdict.
    public let seen: Seen
    /// What the runs came to.
    public let trial: Trial
  }

  /// What a user may say of a commit.
  public enum Mark: String, Codable, Sendable, CaseIterable {
    case good, bad, skip
  }
}

/// The answer of a bisection, and how far it is proven.
public struct Conclusion: Codable, Sendable, Equatable {
  /// How much is shown, the most first.
  public enum Claim: String, Codable, Sendable {
    /// The commit has the change, its parents have not, both from clean builds of differing kernels; and without
    /// it the new end has it no longer, where it can be taken out. (It must be, where several failures are hunted at once.)
    case confirmed
    /// It is the commit by the search, and something that would prove it failed or could not be shown.
    case likely
    /// It is one of several, all but one of which cannot be tested, or of which tests enough were made.
    case range
    /// The answers fit no single commit.
    case inconclusive
  }

  /// How much is shown.
  public let claim: Claim
  /// The commit, or the commits that it may be, oldest first.
  public let commits: [Commit]
  /// What was shown and what was not, a sentence each.
  public let reasons: [String]
  /// How sure the verdicts are that it rests on, all together, where the failure shows only sometimes.
  public internal(set) var confidence: Double?

  /// All fields.
  public init(claim: Claim, commits: [Commit], reasons: [String]) {
    self.claim = claim
    self.commits = commits
    self.reasons = reasons
  }
}
