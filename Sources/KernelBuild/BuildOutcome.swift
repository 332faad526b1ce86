public import Foundation
public import Judgement

/// How far a build is.
public struct BuildProgress: Sendable, Equatable {
  /// ``Phase/configure`` or ``Phase/build``.
  public let phase: Phase
  /// Files that make has made so far.
  public let filesDone: Int
  /// Files that the last build in these objects made that succeeded; nil when there was none.
  public let filesExpected: Int?
  /// The file that make spoke of last, or empty.
  public let current: String

  /// All fields.
  public init(phase: Phase, filesDone: Int, filesExpected: Int?, current: String) {
    self.phase = phase
    self.filesDone = filesDone
    self.filesExpected = filesExpected
    self.current = current
  }
}

/// What came of a tree. What our own side failed at is thrown and is none of these.
public enum BuildOutcome: Sendable, Equatable {
  /// A kernel.
  case built(BuiltKernel)
  /// This tree gives none with this recipe and tool chain.
  case failed(BuildFailure)
}

/// A kernel, in the folder of objects it was built in; the next build there removes it.
public struct BuiltKernel: Sendable, Equatable {
  /// The bootable image (bzImage).
  public let image: URL
  /// Its configuration.
  public let config: URL
  /// The kernel as an ELF file with its symbols.
  public let vmlinux: URL
  /// SHA-256 over the sections of vmlinux that are loaded, notes excepted: name, flags, address and content. Two
  /// commits with the same identity are the same kernel.
  public let identity: String
  /// Its build id in hexadecimal, which a kernel with sysfs tells of itself; nil when it was linked without.
  public let build: String?
  /// What of the source it was made of, a ``BuildInputs`` as JSON.
  public let inputs: URL
  /// Whether the build began with nothing but the source.
  public let isClean: Bool
  /// How long it took, configuration included.
  public let seconds: Double
  /// What a report should say of this build, as sentences without a full stop; often none.
  public internal(set) var notes: [String]

  /// All fields.
  public init(
    image: URL, config: URL, vmlinux: URL, identity: String, build: String?, inputs: URL, isClean: Bool,
    seconds: Double,
    notes: [String]
  ) {
    self.image = image
    self.config = config
    self.vmlinux = vmlinux
    self.identity = identity
    self.build = build
    self.inputs = inputs
    self.isClean = isClean
    self.seconds = seconds
    self.notes = notes
  }
}

/// What came of configuring alone.
public enum ConfigureOutcome: Sendable, Equatable {
  /// The text of the `.config`.
  case configured(String)
  /// Something that was required did not take, or kconfig failed.
  case failed(BuildFailure)
}

/// Why a tree gives no kernel.
public struct BuildFailure: Sendable, Equatable {
  /// ``Phase/configure`` or ``Phase/build``.
  public let phase: Phase
  /// The same for the same tree, recipe and tool chain, and for the same fault from commit to commit:
  /// `net/ipv4/tcp.c: error: 'struct sock' has no member named 'sk_foo'`.
  public let signature: String
  /// The compiler's own words: the error, what stands above and below it; or all symbols that did not take.
  public let lines: [String]
  /// Whether it is an error of a compiler or linker in code of the kernel, which tree, recipe and tool chain decide. Anything
  /// else may be another one after a program was installed, and is not kept beyond a session.
  public let isOfCode: Bool

  /// All fields.
  public init(phase: Phase, signature: String, lines: [String], isOfCode: Bool = false) {
    self.phase = phase
    self.signature = signature
    self.lines = lines
    self.isOfCode = isOfCode
  }
}
