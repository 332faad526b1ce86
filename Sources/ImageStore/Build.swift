public import Foundation
import HostSystem
public import KernelBuild

/// What decides what a build gives: the source, the configuration, the tools.
public struct BuildKey: Hashable, Sendable, Codable {
  /// Git's id of the source tree.
  public let tree: String
  /// Digest of the recipe.
  public let recipe: String
  /// Digest of the tool chain.
  public let toolChain: String
  /// Whether the build began with nothing but the source.
  public let isClean: Bool
  /// Fix-ups that were applied, as ``KernelBuild/FixUp/key(of:)`` writes them; empty for none.
  public let fixUps: String

  /// All fields.
  public init(tree: String, recipe: String, toolChain: String, isClean: Bool, fixUps: String = "") {
    self.fixUps = fixUps
    self.tree = tree
    self.recipe = recipe
    self.toolChain = toolChain
    self.isClean = isClean
  }
}

/// A kernel in the store.
public struct StoredImage: Sendable, Equatable {
  /// Hash over the sections of vmlinux that are loaded: two kernels with the same behave the same.
  public let identity: String
  /// SHA-256 of the image's file.
  public let sha256: String
  /// The image.
  public let image: URL
  /// How long building it took, in seconds.
  public let seconds: Double

  /// What of the source it was made of; nil when that is lost, which only costs time.
  public static func inputs(ofImageAt image: URL) -> BuildInputs? {
    let file = image.deletingLastPathComponent().appending(path: "inputs.json")
    return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(BuildInputs.self, from: $0) }
  }
}

/// What is known of a build.
public enum StoredBuild: Sendable, Equatable {
  /// A kernel, which is kept.
  case built(StoredImage)
  /// It gave no kernel, and would give none again.
  case failed(BuildFailure)
}

/// One row of ``ImageStore/list()``.
public struct StoredRow: Sendable, Equatable, Codable {
  /// Commit that it was first built of.
  public let commit: String
  /// See ``StoredImage/identity``; empty for a failed build.
  public let identity: String
  /// Size of the image in bytes.
  public let bytes: Int
  /// When it was built and when last asked for, in seconds since 1970.
  public let built: Double
  /// See ``built``.
  public let used: Double
  /// Verdicts that are known of it.
  public let verdicts: Int
  /// The first error, where it did not build.
  public let failure: String?
  /// Names of the fix-ups that were applied, between commas; empty for none.
  public let fixUps: String
}

/// The making of one kernel, taken by ``ImageStore/claim(_:whenWaiting:)`` for as long as this lives.
public final class BuildClaim: Sendable {
  private let file: URL
  private let lock: FileLock

  init?(_ file: URL) throws(Failure) {
    guard let lock = try FileLock(file) else { return nil }
    self.file = file
    self.lock = lock
  }

  // Before the lock is given up: whoever waits for it sees that the file is gone, and makes another.
  deinit { unlink(file.path) }
}
