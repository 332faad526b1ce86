public import Bisection

/// Which differences between two configurations to try next, and what follows from those tried. Pure.
///
/// A candidate is a set of differences, by number: those that have the value of the bad end, all others that of the good
/// one. Wanted is a set that is bad and of which nothing can be left out. Where more of the bad end never makes a
/// candidate good again, k differences that only together make it bad are found by k (⌈log₂ n⌉ + 1) tests and k more that
/// show that none can be left out. Where that does not hold, or a candidate cannot be tested, the answer is a bad set
/// all the same, and it is said of each of its members what is known without it.
public struct DeltaSearch: Sendable {
  /// What a test said.
  public typealias Answer = CommitSearch.Answer

  /// What to do next.
  public enum Step: Equatable, Sendable {
    /// Test this; so many tests are left, about.
    case test(Set<Int>, left: Int)
    /// Nothing more is to be tested.
    case done(Outcome)
  }

  /// What is known in the end.
  public struct Outcome: Equatable, Sendable {
    /// A set that is bad, in the order of the differences.
    public let members: [Int]
    /// What was said of the set without each of its members; never bad, unless tests ran out.
    public let without: [Int: Answer]
    /// The tests ran out before all was tried, so some of the members may not be needed.
    public let isCutShort: Bool

    /// All fields.
    public init(members: [Int], without: [Int: Answer], isCutShort: Bool) {
      self.members = members
      self.without = without
      self.isCutShort = isCutShort
    }

    /// Members that are needed for sure: the set is good without them.
    public var needed: [Int] { members.filter { without[$0] == .good } }
  }

  /// How many differences there are.
  public let count: Int
  /// Tests at most that cost something.
  public let limit: Int
  /// Tests at most, whatever they cost: configuring takes seconds, too.
  public let most: Int
  /// Those that cost something: a candidate that comes to a configuration which is known takes no build and no boot.
  public private(set) var spent = 0
  /// Answers so far.
  public var answers: [Set<Int>: Answer] {
    Dictionary(uniqueKeysWithValues: known.map { (Set($0.members), $1) })
  }
  private var known: [Bits: Answer] = [:]

  /// Places that are tried within what is open before it is taken to be inseparable.
  static let patience = 7

  /// A search among so many differences. The ends, none and all of them, are known: `good` is what was said of none,
  /// which need not be good, and all are bad.
  public init(count: Int, good: Answer = .good, limit: Int = 200, most: Int = 2000) {
    self.count = count
    self.most = most
    self.limit = limit
    known[Bits(count)] = good
    known[Bits(count, 0..<count)] = .bad
  }

  /// Takes what a test said, and whether it was one that had to be built or booted.
  public mutating func record(_ answer: Answer, for candidate: Set<Int>, isSpent: Bool = true) {
    known[Bits(count, candidate)] = answer
    if isSpent { spent += 1 }
  }

  /// What to do next. The whole search is walked again from the start, by the answers that are there: so it goes the same
  /// way whenever it is taken up, and what is on the disk of an earlier one is all that it needs.
  public var step: Step {
    do {
      let members = try reduced(try isolated())
      return .done(Outcome(members: members.members, without: try without(members), isCutShort: false))
    } catch {
      guard spent < limit, known.count < most + 2 else { return .done(leastSoFar) }
      return .test(Set(error.candidate.members), left: error.left)
    }
  }

  /// The smallest set that was seen to be bad.
  private var leastSoFar: Outcome {
    let bad = known.filter { $0.value == .bad }.map(\.key.members)
    let least = bad.min { ($0.count, $0.description) < ($1.count, $1.description) } ?? []
    let without = least.compactMap { member in
      known[Bits(count, least.filter { $0 != member })].map { (member, $0) }
    }
    return Outcome(members: least, without: Dictionary(uniqueKeysWithValues: without), isCutShort: true)
  }

  /// A set of differences. The walk asks for many that are known, so looking one up must be cheap.
  private struct Bits: Hashable {
    private var words: [UInt64]

    init(_ count: Int, _ members: some Sequence<Int> = []) {
      words = Array(repeating: 0, count: (count + 63) / 64)
      for member in members { words[member >> 6] |= 1 << (member & 63) }
    }

    /// In order.
    var members: [Int] {
      words.enumerated().flatMap { number, word in (0..<64).filter { word >> $0 & 1 == 1 }.map { number << 6 + $0 } }
    }

    func adding(_ others: some Sequence<Int>) -> Bits {
      var copy = self
      for member in others { copy.words[member >> 6] |= 1 << (member & 63) }
      return copy
    }

    func leaving(_ others: some Sequence<Int>) -> Bits {
      var copy = self
      for member in others { copy.words[member >> 6] &= ~(1 << (member & 63)) }
      return copy
    }
  }

  /// The walk came to what nobody has tested.
  private struct Unknown: Error {
    let candidate: Bits
    let left: Int
  }

  private func ask(_ candidate: Bits, left: Int) throws(Unknown) -> Answer {
    guard let answer = known[candidate] else { throw Unknown(candidate: candidate, left: left) }
    return answer
  }

  // MARK: - Halving

  /// A bad set by halving: the shortest row of first differences that is bad ends with one that is needed, and with it in
  /// place the row before is searched again. What cannot be separated stays together.
  private func isolated() throws(Unknown) -> (members: Bits, hasBlocks: Bool) {
    var members = Bits(count)
    var pool = Array(0..<count)
    var hasBlocks = false
    while !pool.isEmpty {
      if try ask(members, left: Self.halvings(pool.count) + 2) == .bad { break }
      var (low, high) = (0, pool.count)
      while let (place, isBad) = try place(between: low, high, of: pool, members) {
        if isBad { high = place } else { low = place }
      }
      hasBlocks = hasBlocks || high - low > 1
      members = members.adding(pool[low..<high])
      pool.removeSubrange(low...)
    }
    return (members, hasBlocks)
  }

  /// A place between two that can be tested, the middle if it can; nil when none can, or there is none.
  private func place(
    between low: Int, _ high: Int, of pool: [Int], _ members: Bits
  ) throws(Unknown) -> (Int, isBad: Bool)? {
    for place in Self.places(between: low, high) {
      switch try ask(members.adding(pool[..<place]), left: Self.halvings(high - low) + 2) {
      case .good: return (place, false)
      case .bad: return (place, true)
      case .untestable: continue
      }
    }
    return nil
  }

  /// The middle, the quarters, the eighths.
  static func places(between low: Int, _ high: Int) -> [Int] {
    var places: [Int] = []
    for (part, whole) in [(1, 2), (1, 4), (3, 4), (1, 8), (7, 8), (3, 8), (5, 8)].prefix(patience) {
      let place = low + (high - low) * part / whole
      if place > low, place < high, !places.contains(place) { places.append(place) }
    }
    return places
  }

  /// ⌈log₂ n⌉.
  static func halvings(_ count: Int) -> Int { count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }

  // MARK: - Leaving out

  /// Zeller's and Hildebrandt's ddmin without its first half, which the halving did: chunks are left out, smaller
  /// and smaller, until no single member can be.
  private func reduced(_ found: (members: Bits, hasBlocks: Bool)) throws(Unknown) -> Bits {
    var members = found.members
    var size = found.hasBlocks ? max(1, members.members.count / 2) : 1
    while true {
      var hasChanged = false
      var rest = members.members[...]
      let whole = rest.count
      while !rest.isEmpty {
        let chunk = rest.prefix(size)
        rest = rest.dropFirst(size)
        if chunk.count == whole, whole > 1 { continue }
        if try ask(members.leaving(chunk), left: (rest.count + size) / size) == .bad {
          members = members.leaving(chunk)
          hasChanged = true
        }
      }
      if !hasChanged {
        if size == 1 { return members }
        size = size / 2
      }
    }
  }

  private func without(_ members: Bits) throws(Unknown) -> [Int: Answer] {
    var answers: [Int: Answer] = [:]
    for member in members.members { answers[member] = try ask(members.leaving([member]), left: 1) }
    return answers
  }
}
