public import Bisection

/// How long the rest of a bisection will take, by what its builds took so far.
public struct Estimate: Sendable {
  /// Seconds of a build upon the objects of another commit.
  private let step: Double
  /// Seconds of a build from nothing but the source, with what the compiler's cache knows by then.
  private let clean: Double

  /// By the builds of a record; nil when nothing was built yet. A build of this recipe that the store knows of may
  /// stand in for them.
  public init?(_ record: Record, secondsPerBuild: Double? = nil) {
    let built = record.examined.compactMap(\.examination).filter { $0.buildSeconds != nil }
    func median(_ isClean: Bool) -> Double? {
      let seconds = built.filter { $0.isClean == isClean }.suffix(3).compactMap(\.buildSeconds).sorted()
      // The lower one of two: the first build is often one of a kind.
      return seconds.isEmpty ? nil : seconds[(seconds.count - 1) / 2]
    }
    guard let step = median(false) ?? median(true) ?? secondsPerBuild else { return nil }
    self.step = step
    // The first build of all compiles every file; later clean ones find most of them in the cache.
    let later = built.dropFirst().filter(\.isClean).compactMap(\.buildSeconds).last
    clean = later ?? 2 * step
  }

  /// Seconds that are left when so many commits are open: the tests to come, and the proof.
  public func seconds(open: Int) -> Double {
    Double(CommitBisectionText.steps(open)) * step + 2 * clean + step
  }
}
