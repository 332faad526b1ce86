public import KernelTree

/// What a ledger says in the end: lines taken back are gone, later answers replace earlier ones.
public struct Record: Sendable {
  /// What was asked.
  public private(set) var opening: LedgerEntry.Opening?
  /// Examinations that count, in the order in which they were made.
  public private(set) var examined: [LedgerEntry.Examined] = []
  /// What the user said, by commit.
  public private(set) var marks: [CommitID: LedgerEntry.Mark] = [:]
  /// Which commits cannot change the kernel, once that is known.
  public private(set) var reach: Reach?
  /// The answer, unless something was changed after it.
  public private(set) var conclusion: Conclusion?

  /// Of these lines.
  public init(_ entries: [LedgerEntry]) {
    var counting: [LedgerEntry] = []
    for entry in entries {
      switch entry {
      case .opened(let opening): self.opening = opening
      case .narrowed(let reach): self.reach = reach
      case .examined, .marked:
        counting.append(entry)
        conclusion = nil
      case .undone:
        _ = counting.popLast()
        conclusion = nil
      case .closed(let conclusion): self.conclusion = conclusion
      }
    }
    for entry in counting {
      switch entry {
      case .examined(let examined): self.examined.append(examined)
      case .marked(let commit, let mark): marks[commit] = mark
      case .opened, .narrowed, .undone, .closed: break
      }
    }
  }

  /// What is known of a sample. A clean build counts for more than one upon older objects, and a later one for
  /// more than an earlier one; the inner nil says that a revert does not apply.
  public func examination(of sample: Sample, isClean: Bool) -> Examination?? {
    let found = examined.filter { $0.sample == sample && (!isClean || $0.examination?.isClean ?? true) }
    return found.last { $0.examination?.isClean ?? true }.map(\.examination) ?? found.last.map(\.examination)
  }
}
