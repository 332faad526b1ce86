public import KernelBuild

/// The two configurations between which a search goes, and how what lies between them is made.
public struct ConfigurationEnds: Sendable, Equatable {
  /// What is looked for.
  public enum Kind: Sendable, Equatable {
    /// Between two configurations, by their texts: what makes the one bad.
    case between(good: String, bad: String)
    /// The least that is bad, of a configuration that is: the good end is the minimal one.
    case least(of: String)
  }

  /// What is looked for.
  public let kind: Kind
  /// Symbols that the probe declares; both ends have them, and all between.
  public let probeSymbols: [String]
  /// The same for symbols of the user's.
  public let symbols: [BuildRecipe.Assignment]

  /// All fields.
  public init(_ kind: Kind, probeSymbols: [String] = [], symbols: [BuildRecipe.Assignment] = []) {
    self.kind = kind
    self.probeSymbols = probeSymbols
    self.symbols = symbols
  }

  /// How the good end is configured.
  public var good: BuildRecipe {
    guard case .between(let good, let bad) = kind else { return minimal([]) }
    return file(good, differing: differing(good, bad))
  }

  /// How the bad end is configured.
  public var bad: BuildRecipe {
    switch kind {
    case .between(let good, let bad): file(bad, differing: differing(good, bad))
    case .least(let text): file(text, differing: [])
    }
  }

  /// The configuration that has some of the differences as the bad end has them. Between two files all others are spelled
  /// out as the good end has them, as a symbol that comes into sight would get its default otherwise; upon the minimal one
  /// they are off, as everything is that nobody asks for.
  public func recipe(
    _ candidate: Set<Int>, of differences: [ConfigDifference], upon goodText: String
  ) -> BuildRecipe {
    switch kind {
    case .between:
      let assignments = differences.enumerated().map { $1.assignment(candidate.contains($0)) }
      return BuildRecipe(base: .exact(contents: ConfigDifference.merged(goodText, with: assignments)))
    case .least:
      return minimal(candidate.sorted().map { differences[$0].assignment(true) })
    }
  }

  /// The answer of a search for the least, as a user will ask for it from then on: each symbol must take.
  public func least(_ members: [ConfigDifference]) -> BuildRecipe {
    BuildRecipe(probeSymbols: probeSymbols, userSymbols: symbols + members.map { $0.assignment(true) })
  }

  private func minimal(_ wishes: [BuildRecipe.Assignment]) -> BuildRecipe {
    BuildRecipe(probeSymbols: probeSymbols, userSymbols: symbols, wishes: wishes)
  }

  private func file(_ text: String, differing: Set<String>) -> BuildRecipe {
    BuildRecipe(
      base: .file(contents: text), probeSymbols: probeSymbols, userSymbols: symbols,
      wishes: ConfigDifference.ownWord(of: text, others: differing))
  }

  private func differing(_ good: String, _ bad: String) -> Set<String> {
    Set(ConfigDifference.all(good: good, bad: bad).map(\.symbol))
  }
}
