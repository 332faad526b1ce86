public import KernelTree

/// What is to be built and judged.
public enum Sample: Hashable, Sendable, Codable {
  /// A commit as it is.
  case commit(Commit)
  /// The second commit without what the first one brought.
  case reverted(Commit, on: Commit)
  /// The same, with all that the configuration would have, where kernels of this bisection do without some of it.
  case revertedWhole(Commit, on: Commit)
  /// The first commit, which cannot be tested, with the change of the second one, which can, on top of it.
  case healed(Commit, by: Commit)
}

/// What building a sample and running the probe on it gave.
public struct Examination: Sendable, Codable, Equatable {
  /// Id of the tree that was built.
  public let tree: String
  /// Hash of the kernel's code and data; nil when nothing was built.
  public let identity: String?
  /// The kernel's image in the store.
  public let image: String?
  /// What the probe saw on it, or why there is no kernel.
  public let seen: Seen
  /// How long building took, in seconds; nil when the store had it.
  public let buildSeconds: Double?
  /// How long the probe's boot took, in milliseconds; nil when the verdict on an identical image was known.
  public let bootMilliseconds: Int?
  /// Whether the build began with nothing but the source.
  public let isClean: Bool
  /// What it was built with; nil in ledgers of before that was written down.
  public private(set) var tools: Tools?
  /// What ran it; nil in ledgers of before that was written down, and of what was not run.
  public internal(set) var machine: String?
  /// What several runs came to, where one does not tell; ``seen`` is then one that stands for the verdict.
  public private(set) var trial: Trial?

  /// All fields.
  public init(
    tree: String, identity: String?, image: String?, seen: Seen, buildSeconds: Double?, bootMilliseconds: Int?,
    isClean: Bool, tools: Tools? = nil
  ) {
    self.tools = tools
    self.tree = tree
    self.identity = identity
    self.image = image
    self.seen = seen
    self.buildSeconds = buildSeconds
    self.bootMilliseconds = bootMilliseconds
    self.isClean = isClean
  }

  /// The same kernel, after several runs.
  func decided(_ seen: Seen, _ trial: Trial) -> Examination {
    var copy = Examination(
      tree: tree, identity: identity, image: image, seen: seen, buildSeconds: buildSeconds,
      bootMilliseconds: bootMilliseconds, isClean: isClean, tools: tools)
    copy.trial = trial
    copy.machine = machine
    return copy
  }
}

/// What a kernel was built with, beside its source and its configuration.
public struct Tools: Sendable, Codable, Equatable {
  /// What the compiler says of itself.
  public let compiler: String
  /// Digest of the tool chain.
  public let toolChain: String
  /// Names of the fix-ups, in the order in which they were applied.
  public let fixUps: [String]

  /// All fields.
  public init(compiler: String, toolChain: String, fixUps: [String]) {
    self.compiler = compiler
    self.toolChain = toolChain
    self.fixUps = fixUps
  }
}

/// What several runs of one kernel came to.
public struct Trial: Sendable, Codable, Equatable {
  /// Runs with the failure that is hunted.
  public let failed: Int
  /// Runs without it.
  public let passed: Int
  /// Runs that could not tell.
  public let untold: Int
  /// How sure the verdict is by these runs, from 0.5 to 1; nil where none was asked for.
  public let confidence: Double?
  /// What they came to; nil when that is that nobody can tell, and in ledgers of before.
  public let isBad: Bool?

  /// All fields.
  public init(failed: Int, passed: Int, untold: Int, confidence: Double?, isBad: Bool? = nil) {
    self.isBad = isBad
    self.failed = failed
    self.passed = passed
    self.untold = untold
    self.confidence = confidence
  }
}

/// One further run of a kernel.
public struct Run: Sendable, Equatable {
  /// What the probe saw.
  public let seen: Seen
  /// How long the boot took, in milliseconds; nil when it was made before, and kept.
  public let milliseconds: Int?

  /// Both.
  public init(seen: Seen, milliseconds: Int?) {
    self.seen = seen
    self.milliseconds = milliseconds
  }
}

/// Builds kernels and judges them. The real one takes minutes; the one of a test knows the truth.
public protocol Laboratory: Sendable {
  /// Builds and judges a sample; nil when a revert does not apply. Throws when our own side fails, which says
  /// nothing about the sample.
  func examine(_ sample: Sample, isClean: Bool) async throws -> Examination?
  /// Which commits of the range can change the kernel, by what the kernels of its ends are made of; nil when that is
  /// not known of both.
  func reach(in range: CommitRange, ends: [Examination]) async throws -> Reach?
  /// Runs the probe again on the kernel of an examination, which was run number 0: the runs of these numbers. Where a
  /// number is hunted none of them was made before, and there may be more than were asked for.
  func run(_ sample: Sample, _ examination: Examination, _ numbers: Range<Int>) async throws -> [Run]
  /// Symbols of the configuration without any one of which the source is not compiled that a commit does not build for,
  /// the widest first; none where that is not known, or all are asked for.
  func gates(ofFailed examination: Examination, at commit: Commit) async throws -> [String]
  /// The same laboratory for kernels without these symbols.
  func disabling(_ symbols: [String]) -> Self
  /// Runs that may be made side by side.
  var workers: Int { get }
  /// What is to be known of a commit that is not in the range, such as a parent of its oldest ones.
  func commit(_ id: CommitID) async throws -> Commit
}
