public import KernelTree

/// What a ledger says in the end: lines taken back are gone, later answers replace earlier ones.
public struct Record: Sendable {
  /// What was asked.
  public private(set) var opening: LedgerEntry.Opening?
  /// Examinations that count, in the order in which they were made.
  public private(set) var examined: [LedgerEntry.Examined] = []
  /// Runs of each kernel, the first one that of its examination.
  private var runs: [Kernel: [Seen]] = [:]
  /// Milliseconds of each further boot that was made.
  public private(set) var furtherBoots: [Int] = []
  /// What the user said, by commit.
  public private(set) var marks: [CommitID: LedgerEntry.Mark] = [:]
  /// Which commits cannot change the kernel, once that is known.
  public private(set) var reach: Reach?
  /// Symbols without which kernels are built, as their code does not build in the range.
  public private(set) var disabled: [String] = []
  /// All sets of symbols that kernels were to do without, in their order.
  public private(set) var tried: [[String]] = []
  /// Examinations of kernels of other configurations than the last one, which do not count.
  public private(set) var setAside: [LedgerEntry.Examined] = []
  /// The base that was chosen where it was to be found out.
  public private(set) var base: String?
  /// The answer, unless something was changed after it.
  public private(set) var conclusion: Conclusion?

  /// What the question makes of one run, held against the two ends; nil as long as these are not known, or where one run
  /// never tells.
  public func answer(to seen: Seen) -> CommitSearch.Answer? {
    guard let opening, !opening.question.takesRuns, let good = self.seen(of: opening.good),
      let bad = self.seen(of: opening.bad),
      let yardstick = try? Yardstick(opening.question, good: good, called: "good", bad: bad, called: "bad")
    else { return nil }
    return yardstick.answer(for: seen)
  }

  /// What the last examination of a commit saw.
  func seen(of id: CommitID) -> Seen? {
    for one in examined.reversed() {
      if case .commit(let commit) = one.sample, commit.id == id, let found = one.examination { return found.seen }
    }
    return nil
  }

  /// Of these lines. What was seen of kernels is that of one configuration: the last one, or the one without these symbols.
  public init(_ entries: [LedgerEntry], disabling symbols: [String]? = nil) {
    var sheets: [[String]: Sheet] = [:]
    var marking: [LedgerEntry] = []
    for entry in entries {
      switch entry {
      case .opened(let opening): self.opening = opening
      case .based(let base): self.base = base
      case .narrowed(let reach): sheets[disabled, default: Sheet()].reach = reach
      case .disabled(let symbols):
        // What the user said of a commit holds whatever its kernel is made of.
        marking = sheets[disabled]?.counting.filter { if case .marked = $0 { true } else { false } } ?? []
        disabled = symbols
        if !symbols.isEmpty { tried.append(symbols) }
        var sheet = sheets[symbols] ?? Sheet()
        sheet.counting = marking + sheet.counting.filter { if case .marked = $0 { false } else { true } }
        sheets[symbols] = sheet
        conclusion = nil
      case .examined, .marked, .ran, .decided:
        sheets[disabled, default: Sheet()].counting.append(entry)
        conclusion = nil
      case .undone:
        sheets[disabled]?.undo()
        conclusion = nil
      case .closed(let conclusion): self.conclusion = conclusion
      }
    }
    if let symbols, symbols != disabled {
      disabled = symbols
      conclusion = nil
    }
    let sheet = sheets.removeValue(forKey: disabled) ?? Sheet()
    reach = sheet.reach
    take(sheet.counting)
    for other in sheets.values {
      for entry in other.counting {
        if case .examined(let examined) = entry { setAside.append(examined) }
        if case .ran(let ran) = entry, let milliseconds = ran.milliseconds { furtherBoots.append(milliseconds) }
      }
    }
  }

  /// What was seen of the kernels of one configuration.
  private struct Sheet {
    var counting: [LedgerEntry] = []
    var reach: Reach?

    /// Takes the last examination or mark back. Further runs go with the examination that they belong to, or that came
    /// before them.
    mutating func undo() {
      while let last = counting.popLast() {
        switch last {
        case .ran, .decided: continue
        case .opened, .examined, .marked, .narrowed, .disabled, .based, .undone, .closed: return
        }
      }
    }
  }

  private mutating func take(_ counting: [LedgerEntry]) {
    for entry in counting {
      switch entry {
      case .examined(let examined):
        self.examined.append(examined)
        if let found = examined.examination { runs[Kernel(examined.sample, found.isClean)] = [found.seen] }
      case .ran(let ran):
        runs[Kernel(ran.sample, ran.isClean), default: []].append(ran.seen)
        if let milliseconds = ran.milliseconds { furtherBoots.append(milliseconds) }
      case .decided(let decided): take(decided)
      case .marked(let commit, let mark): marks[commit] = mark
      case .opened, .narrowed, .disabled, .based, .undone, .closed: break
      }
    }
  }

  /// Which of a sample's kernels.
  private struct Kernel: Hashable {
    let sample: Sample
    let isClean: Bool
    init(_ sample: Sample, _ isClean: Bool) {
      self.sample = sample
      self.isClean = isClean
    }
  }

  private mutating func take(_ decided: LedgerEntry.Decided) {
    let place = examined.lastIndex { one in
      one.sample == decided.sample && one.examination?.isClean == decided.isClean
    }
    guard let place, let found = examined[place].examination else { return }
    examined[place] = LedgerEntry.Examined(
      sample: decided.sample, examination: found.decided(decided.seen, decided.trial), at: examined[place].at)
  }

  /// How many kernels of this configuration were built; what the store had is none of them.
  public var builds: Int { examined.count { $0.examination?.buildSeconds != nil } }

  /// All runs of a sample's kernel, in their order.
  func runs(of sample: Sample, isClean: Bool) -> [Seen] { runs[Kernel(sample, isClean)] ?? [] }

  /// What is known of a sample. A clean build counts for more than one upon older objects, and a later one for
  /// more than an earlier one; the inner nil says that a revert does not apply.
  public func examination(of sample: Sample, isClean: Bool) -> Examination?? {
    let found = examined.filter { $0.sample == sample && (!isClean || $0.examination?.isClean ?? true) }
    return found.last { $0.examination?.isClean ?? true }.map(\.examination) ?? found.last.map(\.examination)
  }
}
