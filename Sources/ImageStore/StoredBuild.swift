public import Foundation
public import Judgement

/// All that decides what a build comes to: with equal keys, equal kernels.
public struct BuildKey: Hashable, Sendable, Codable {
  /// The id of git's tree object, not of the commit: commits with the same files share their builds.
  public let tree: String
  /// Digest of the configuration wished for, the arguments of make, and the fix-ups.
  public let recipe: String
  /// Digest of the compiler and the binutils.
  public let toolChain: String

  /// All three.
  public init(tree: String, recipe: String, toolChain: String) {
    self.tree = tree
    self.recipe = recipe
    self.toolChain = toolChain
  }
}

/// A kernel that was built, and is there.
public struct StoredImage: Sendable, Equatable {
  /// Digest over the sections of vmlinux that get into memory. Kernels with the same identity run the same code.
  public let identity: String
  /// SHA-256 of the image file, in hexadecimal.
  public let sha256: String
  /// The bzImage.
  public let image: URL
  /// The configuration that it was built with, complete.
  public let config: URL
  /// What building it took.
  public let seconds: Double
  /// When it was built, to the millisecond.
  public let builtAt: Date
  /// Size of the image file.
  public let bytes: Int

  /// All fields.
  public init(
    identity: String, sha256: String, image: URL, config: URL, seconds: Double, builtAt: Date, bytes: Int
  ) {
    self.identity = identity
    self.sha256 = sha256
    self.image = image
    self.config = config
    self.seconds = seconds
    self.builtAt = builtAt
    self.bytes = bytes
  }
}

/// A build that failed, and would fail again.
public struct StoredFailure: Sendable, Equatable {
  /// How far it came: `configure` or `build`.
  public let phase: Phase
  /// How it went wrong, in a form that stays the same from commit to commit.
  public let signature: String
  /// The lines of the log that say it.
  public let lines: [String]
  /// The whole log; nil when it is no longer there.
  public let log: URL?

  /// All fields.
  public init(phase: Phase, signature: String, lines: [String], log: URL?) {
    self.phase = phase
    self.signature = signature
    self.lines = lines
    self.log = log
  }
}

/// What the store knows of a build.
public enum StoredBuild: Sendable, Equatable {
  /// There is an image.
  case built(StoredImage)
  /// There will be none.
  case failed(StoredFailure)
}

extension Date {
  /// Milliseconds since 1970 UTC: what the index keeps.
  var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }

  init(milliseconds: Int) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
