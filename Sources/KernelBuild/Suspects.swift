/// Files that did not compile in earlier builds of a folder, and are compiled before all others.
///
/// Most commits of a stretch that does not build fail by the same error. A build that fails is run to the end of what can be
/// built (``Compile``), which takes minutes; to see the same error again, its file is enough. A file that compiles by
/// then was not compiled in vain, as the whole build finds it done.
struct Suspects: Codable, Equatable {
  /// One of them.
  struct Suspect: Codable, Equatable {
    /// As make calls it: `kernel/fork.o`.
    let target: String
    /// Its first error, as ``ErrorReport`` has it.
    let signature: String
    /// Builds in a row in which it compiled, or failed by another error.
    var misses = 0
  }

  /// Where make passes by what is done already, a try costs seconds, so few are kept, and not for ever.
  static let (most, patience) = (3, 4)

  /// The last to fail is the first.
  private(set) var list: [Suspect] = []

  /// None.
  init() {}

  /// What is left of them after a build in which all were tried and that failed by this error, if it did.
  func after(failure report: ErrorReport?) -> Suspects {
    var next = Suspects()
    for var one in list where one.target != report?.target {
      one.misses += 1
      if one.misses < Self.patience { next.list.append(one) }
    }
    if let report, Self.showsAlone(report) {
      next.list.insert(Suspect(target: report.target, signature: report.signature), at: 0)
    }
    next.list = Array(next.list.prefix(Self.most))
    return next
  }

  /// Whether it fails alone, too, if it fails in the whole build, and only then. Kbuild makes single objects of its own
  /// folders. A file that is missing might be made by the whole build, in a folder that comes before.
  private static func showsAlone(_ report: ErrorReport) -> Bool {
    report.target.hasSuffix(".o") && report.target.contains("/") && !report.target.hasPrefix("/")
      && !report.signature.contains("No such file or directory")
  }
}
