public import ImageStore
public import KernelBuild

extension KernelWorkshop {
  /// What it is at, for a person who waits.
  public enum Progress: Sendable {
    case checkingOut
    case building(BuildProgress)
    case booting
    case note(String)
  }

  /// What came of a commit.
  public struct Product: Sendable {
    /// Id of the tree that was built.
    public let tree: String
    /// The kernel, or why there is none.
    public let build: StoredBuild
    /// How long building took; nil when the store had it.
    public let seconds: Double?
    /// Whether the build began with nothing but the source.
    public let isClean: Bool
    /// What it was built with.
    public let tools: Tools
    /// Fix-ups that are off and might help where there is no kernel.
    public internal(set) var hints: [FixUp] = []
  }
}
