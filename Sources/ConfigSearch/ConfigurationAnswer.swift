public import Bisection
public import KernelBuild

/// What a search among configurations found, and how far it is proven.
public struct ConfigurationAnswer: Sendable, Equatable {
  /// How much is shown; a ``Bisection/Conclusion/Claim/range`` is never one of them.
  public var claim: Conclusion.Claim
  /// The symbols whose values make it bad, only together where they are several, in Kconfig's order.
  public var members: [ConfigDifference]
  /// Where Kconfig declares them, by symbol.
  public var places: [String: String] = [:]
  /// What was shown and what was not, a sentence each.
  public var reasons: [String]
  /// In how many symbols the ends differ.
  public var differences: Int
  /// Configurations that were made; most of them come to one that was judged already, or need no build.
  public var configured = 0
  /// What was built or judged, with its name, in order.
  public var examined: [Examined] = []
  /// Milliseconds of each further boot of a kernel.
  public var furtherBoots: [Int] = []

  /// One configuration that was judged.
  public struct Examined: Sendable, Equatable {
    /// For a person: `the good configuration`, `5 of 12 differences`.
    public let name: String
    /// What came of it.
    public let examination: Examination
    /// What that means.
    public let answer: DeltaSearch.Answer?
    /// It was built or booted for this; else the store had it.
    var isNew: Bool { examination.buildSeconds != nil || examination.bootMilliseconds != nil }
  }

  /// Kernels that were built.
  public var builds: Int { examined.count { $0.examination.buildSeconds != nil } }
  /// Boots that were made.
  public var boots: Int { examined.count { $0.examination.bootMilliseconds != nil } + furtherBoots.count }
  /// Seconds of both.
  public var seconds: Double {
    examined.reduce(0) {
      $0 + ($1.examination.buildSeconds ?? 0) + Double($1.examination.bootMilliseconds ?? 0) / 1000
    } + Double(furtherBoots.reduce(0, +)) / 1000
  }
}
