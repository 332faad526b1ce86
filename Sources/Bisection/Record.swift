public import KernelTree

/// What a ledger says in the end: lines taken back are gone, later answers replace earlier ones.
public struct Record: Sendable {
  /// What was asked.
  public private(set) var opening: LedgerEntry.Opening?
  /// Examinations that count, in the order in which they were made.
  public private(set) var examined: [LedgerEntry.Examined] = []
  /// Runs of each kernel, the first one that of its examination.
  private var runs: [Kernel: [Seen]] = [:]
  /// Runs of each kernel that were made in turns with those of another commit.
  private var turns: [Kernel: [CommitID: [Seen]]] = [:]
  /// Milliseconds of each further boot that was made.
  public private(set) var furtherBoots: [Int] = []
  /// What the user said, by commit.
  public private(set) var marks: [CommitID: LedgerEntry.Mark] = [:]
  /// Which commits cannot change the kernel, once that is known.
  public private(set) var reach: Reach?
  /// Symbols without which kernels are built, as their code does not build in the range.
  public private(set) var disabled: [String] = []
  /// The same for a person, `CONFIG_NET=n, CONFIG_SOUND=n`; nil where nothing is left out.
  public var disabledText: String? {
    disabled.isEmpty ? nil : disabled.map { "\($0)=n" }.joined(separator: ", ")
  }
  /// All that kernels did without, or were to do without, at some time.
  private(set) var configurations: Set<[String]> = []
  /// All symbols that kernels were to do without at some time.
  public var tried: Set<String> { Set(configurations.joined()) }
  /// Examinations of kernels of other configurations than the last one, and of other bases, which do not count.
  public private(set) var setAside: [LedgerEntry.Examined] = []
  /// One run does not tell: see ``LedgerEntry/divided(_:)``.
  private(set) var isDivided = false
  /// The base that kernels are built upon, where it is to be found out.
  public private(set) var base: String?
  /// Whether that is the one, and not only tried.
  public private(set) var isBased = false
  /// The last verdict or mark that counts: what an undo takes back.
  public private(set) var last: LedgerEntry?
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
  public init(_ entries: [LedgerEntry], disabling asked: [String]? = nil) {
    var counting: [Line] = []
    var reaches: [Configuration: Reach] = [:]
    for entry in entries {
      let now = counting.last?.configuration ?? Configuration()
      switch entry {
      case .opened(let opening): self.opening = opening
      case .narrowed(let reach): reaches[now] = reach
      case .trying(let base), .based(let base):
        // Before there was a word for trying, the base alone was written down that was found.
        counting.append(Line(entry, base == now.base ? now : Configuration(base: base)))
        conclusion = nil
      case .disabled(let next):
        counting.append(Line(entry, Configuration(base: now.base, disabled: next)))
        conclusion = nil
      case .examined, .marked, .ran, .decided, .divided:
        counting.append(Line(entry, now))
        conclusion = nil
      case .undone:
        // Further runs go with the examination that they belong to, or that came before them; and a change of the
        // configuration, or that one run does not tell, with what it followed from. The first base followed from nothing.
        let first = counting.first.flatMap { $0.isBase ? $0 : nil }
        while let last = counting.popLast() { if !last.isNoVerdict { break } }
        if counting.isEmpty, let first { counting.append(first) }
        conclusion = nil
      case .closed(let conclusion): self.conclusion = conclusion
      }
    }
    last = counting.last { !$0.isNoVerdict }?.entry
    let now = counting.last?.configuration ?? Configuration()
    (base, disabled) = (now.base, asked ?? now.disabled)
    isBased = counting.contains { $0.entry == .based(on: now.base ?? "") }
    let configuration = Configuration(base: base, disabled: disabled)
    configurations = Set(counting.map(\.configuration).filter { $0.base == base }.map(\.disabled))
    reach = reaches[configuration]
    for line in counting { take(line, isSetAside: line.configuration != configuration) }
  }

  /// How kernels are configured.
  private struct Configuration: Hashable {
    var base: String?
    var disabled: [String] = []
  }

  /// A line that counts, and how kernels were configured by then.
  private struct Line {
    let entry: LedgerEntry
    let configuration: Configuration

    init(_ entry: LedgerEntry, _ configuration: Configuration) {
      self.entry = entry
      self.configuration = configuration
    }

    var isBase: Bool {
      switch entry {
      case .trying, .based: true
      default: false
      }
    }

    var isNoVerdict: Bool {
      switch entry {
      case .ran, .decided, .disabled, .divided, .trying, .based: true
      case .opened, .examined, .marked, .narrowed, .undone, .closed: false
      }
    }
  }

  private mutating func take(_ line: Line, isSetAside: Bool) {
    switch line.entry {
    // What the user said of a commit holds whatever its kernel is made of.
    case .marked(let commit, let mark): marks[commit] = mark
    case .examined(let examined) where isSetAside: setAside.append(examined)
    case .examined(let examined):
      self.examined.append(examined)
      if let found = examined.examination {
        let kernel = Kernel(examined.sample, found.isClean)
        (runs[kernel], turns[kernel]) = ([found.seen], nil)
      }
    case .ran(let ran):
      let kernel = Kernel(ran.sample, ran.isClean)
      if !isSetAside, let other = ran.inTurnsWith {
        turns[kernel, default: [:]][other, default: []].append(ran.seen)
      } else if !isSetAside {
        runs[kernel, default: []].append(ran.seen)
      }
      if let milliseconds = ran.milliseconds { furtherBoots.append(milliseconds) }
    case .decided(let decided): if !isSetAside { take(decided) }
    case .divided: isDivided = true
    case .opened, .narrowed, .disabled, .trying, .based, .undone, .closed: break
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

  /// The machine that its kernels were run on; nil before one was.
  public var machine: String? {
    (examined + setAside).lazy.compactMap { $0.examination?.machine }.first
  }

  /// How many kernels of this configuration were built; what the store had is none of them.
  public var builds: Int { examined.count { $0.examination?.buildSeconds != nil } }

  /// Whether a kernel that was built upon other objects was seen to be another one than that of the same source from nothing, and
  /// to behave otherwise: a rule of this tree does not say what it reads, and no such kernel is to be trusted.
  var distrustsObjects: Bool {
    var clean: [Sample: Examination] = [:]
    for one in examined { if let found = one.examination, found.isClean { clean[one.sample] = found } }
    return examined.contains { one in
      guard let found = one.examination, !found.isClean, let other = clean[one.sample] else { return false }
      guard found.identity != other.identity else { return false }
      // Where many runs decide, one is as any other, and a number another one in each; a session that was killed may not have
      // made all of them.
      if let own = found.trial?.isBad, let clean = other.trial?.isBad { return own != clean }
      if found.trial?.isBad != nil, other.trial == nil, other.identity != nil, isByManyRuns { return false }
      return (found.seen.word, found.seen.signature, found.seen.observations)
        != (other.seen.word, other.seen.signature, other.seen.observations)
    }
  }

  /// Whether the ends were decided by more runs than are made of a kernel where one tells.
  private var isByManyRuns: Bool {
    examined.contains { one in
      guard let trial = one.examination?.trial else { return false }
      return trial.failed + trial.passed + trial.untold > Proof.runs + Telling.spare
    }
  }

  /// All runs of a sample's kernel, in their order, but for those in turns.
  func runs(of sample: Sample, isClean: Bool) -> [Seen] { runs[Kernel(sample, isClean)] ?? [] }

  /// Its runs in turns with those of another commit.
  func turns(of sample: Sample, isClean: Bool, with other: CommitID) -> [Seen] {
    turns[Kernel(sample, isClean)]?[other] ?? []
  }

  /// What is known of a sample. A clean build counts for more than one upon older objects, and a later one for
  /// more than an earlier one; the inner nil says that a revert does not apply.
  public func examination(of sample: Sample, isClean: Bool) -> Examination?? {
    let found = examined.filter { $0.sample == sample && (!isClean || $0.examination?.isClean ?? true) }
    return found.last { $0.examination?.isClean ?? true }.map(\.examination) ?? found.last.map(\.examination)
  }
}
