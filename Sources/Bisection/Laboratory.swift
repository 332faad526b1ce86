public import KernelTree

/// What is to be built and judged.
public enum Sample: Hashable, Sendable, Codable {
  /// A commit as it is.
  case commit(Commit)
  /// The second commit without what the first one brought.
  case reverted(Commit, on: Commit)
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

  /// All fields.
  public init(
    tree: String, identity: String?, image: String?, seen: Seen, buildSeconds: Double?, bootMilliseconds: Int?,
    isClean: Bool
  ) {
    self.tree = tree
    self.identity = identity
    self.image = image
    self.seen = seen
    self.buildSeconds = buildSeconds
    self.bootMilliseconds = bootMilliseconds
    self.isClean = isClean
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
  /// What is to be known of a commit that is not in the range, such as a parent of its oldest ones.
  func commit(_ id: CommitID) async throws -> Commit
}
