public import Bisection
public import KernelBuild
public import KernelTree

/// Configures, builds and judges one commit in many configurations. The real one takes minutes; the one of a test knows
/// the truth.
public protocol ConfigurationLaboratory: Sendable {
  /// What kconfig makes of a recipe: it drops what does not go together and adds what is selected.
  func configure(_ recipe: BuildRecipe) async throws -> ConfigureOutcome
  /// Builds and judges.
  func examine(_ recipe: BuildRecipe, isClean: Bool) async throws -> Examination
  /// Runs the probe again on the kernel of an examination, which was run number 0: the runs of these numbers.
  func run(_ examination: Examination, _ numbers: Range<Int>) async throws -> [Run]
  /// Where Kconfig declares a symbol and how it asks for it, for a person: `net/ipv4/Kconfig:263, "IP: TCP syncookie
  /// support"`. Nil when it is not found.
  func place(of symbol: String) async -> String?
}

/// The real one: a commit in the workshop of a ``Bisection/KernelLaboratory``.
public struct KernelConfigurations: ConfigurationLaboratory {
  private let commit: Commit
  private let laboratory: KernelLaboratory

  /// Of this commit.
  public init(_ commit: Commit, in laboratory: KernelLaboratory) {
    self.commit = commit
    self.laboratory = laboratory
  }

  /// See ``ConfigurationLaboratory``.
  public func configure(_ recipe: BuildRecipe) async throws -> ConfigureOutcome {
    try await laboratory.configure(commit, as: recipe)
  }

  /// See ``ConfigurationLaboratory``.
  public func examine(_ recipe: BuildRecipe, isClean: Bool) async throws -> Examination {
    try await laboratory.examine(commit, isClean: isClean, as: recipe)
  }

  /// See ``ConfigurationLaboratory``.
  public func run(_ examination: Examination, _ numbers: Range<Int>) async throws -> [Run] {
    try await laboratory.run(.commit(commit), examination, numbers)
  }

  /// See ``ConfigurationLaboratory``.
  public func place(of symbol: String) async -> String? { await laboratory.place(of: symbol) }
}
