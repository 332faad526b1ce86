public import Bisection

/// How long the rest of a bisection will take, by what its builds took so far, or earlier ones of the same recipe.
public struct Estimate: Sendable {
  /// Builds of the same recipe that the store knows of, the latest first, in seconds.
  public struct Earlier: Sendable {
    /// Upon the objects of another commit.
    public let step: [Double]
    /// From nothing but the source.
    public let clean: [Double]

    /// Both.
    public init(step: [Double] = [], clean: [Double] = []) {
      self.step = step
      self.clean = clean
    }
  }

  /// Seconds of a build upon the objects of another commit.
  private let step: Double
  /// Seconds of a build from nothing but the source, with what the compiler's cache knows by then.
  private let clean: Double
  /// Seconds of the boots of one kernel: many, where many runs decide. The ends have more of them than a kernel between.
  private let boots: Double

  /// By the builds of a record; nil when nothing was built yet, now or earlier. `sideBySide` is how many guests run at a
  /// time.
  public init?(_ record: Record, earlier: Earlier = Earlier(), sideBySide: Int = 1) {
    let built = record.examined.compactMap(\.examination).filter { $0.buildSeconds != nil }
    func median(_ seconds: some Sequence<Double>) -> Double? {
      let seconds = seconds.sorted()
      // The lower one of two: the first build is often one of a kind.
      return seconds.isEmpty ? nil : seconds[(seconds.count - 1) / 2]
    }
    func own(_ isClean: Bool) -> Double? {
      median(built.filter { $0.isClean == isClean }.suffix(3).compactMap(\.buildSeconds))
    }
    guard
      let step = own(false) ?? median(earlier.step.prefix(5)) ?? own(true) ?? median(earlier.clean.prefix(5))
    else { return nil }
    self.step = step
    // The first build of all compiles every file; later clean ones find most of them in the cache.
    let later = built.dropFirst().filter(\.isClean).compactMap(\.buildSeconds).last
    clean = later ?? median(earlier.clean.prefix(5)) ?? 2 * step
    let booted = record.examined.compactMap { $0.examination?.bootMilliseconds }
    let all = Double(booted.reduce(0, +)) + Double(record.furtherBoots.reduce(0, +)) / Double(sideBySide)
    boots = booted.isEmpty ? 0 : all / 1000 / Double(booted.count)
  }

  /// Builds of a bisection of so many commits that can all be tested: both ends, the tests, and for the proof the revert.
  public static func builds(of all: Int) -> Int { CommitBisectionText.steps(all) + CommitBisection.extraBuilds }

  /// Those that are left after the ends when so many of them are open: the tests to come; for the proof the commit, a parent
  /// and the revert, where the tests have not made them already.
  public static func builds(open: Int, of all: Int) -> Int {
    min(CommitBisectionText.steps(open) + 3, builds(of: all) - 2)
  }

  /// Seconds that are left when so many commits are open: the tests to come, and the proof.
  public func seconds(open: Int) -> Double {
    Double(CommitBisectionText.steps(open)) * (step + boots) + proof(kernels: 3)
  }

  /// Seconds of the rest of the proof: of the commit, its parent, and the bad end without it.
  private func proof(kernels: Int) -> Double {
    Double(kernels - 1) * clean + step + Double(kernels) * boots
  }

  /// Seconds that are left when a sample is about to be examined in this role, and so many commits are open.
  public func seconds(_ role: CommitBisection.Role, open: Int) -> Double {
    switch role {
    case .goodEnd: clean + step + 2 * boots + seconds(open: open)
    case .badEnd, .mergeBase: step + boots + seconds(open: open)
    case .step: seconds(open: open)
    case .culprit: proof(kernels: 3)
    case .parent: proof(kernels: 2)
    case .revert: proof(kernels: 1)
    }
  }
}
