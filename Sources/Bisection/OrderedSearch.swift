/// Which test to make next, and what follows from those made, among things in a row of which the first is
/// good and the last is bad. Pure.
public struct OrderedSearch: Sendable, Equatable {
  /// What a test of one of them said.
  public enum Answer: Sendable, Equatable {
    /// As the first.
    case good
    /// As the last.
    case bad
    /// It cannot tell.
    case untestable
  }

  /// What is known in the end.
  public enum Result: Sendable, Equatable {
    /// The change came with this one; the one before it was tested and is good.
    case first(Int)
    /// The change came with one of these: all but the last cannot be tested.
    case among(ClosedRange<Int>)
  }

  /// Known answers, by position.
  public private(set) var answers: [Int: Answer]
  private let count: Int

  /// A search among so many; the ends are taken as verified.
  public init(count: Int) {
    precondition(count >= 2, "a search has two ends")
    self.count = count
    answers = [0: .good, count - 1: .bad]
  }

  /// Takes the answer for one position.
  public mutating func record(_ answer: Answer, at index: Int) { answers[index] = answer }

  private var lastGood: Int { answers.filter { $0.value == .good }.keys.max() ?? 0 }

  /// The first bad one behind the last good one. Where good and bad alternate the search follows the change
  /// that is nearest to the good end's side, as git bisect does.
  private var firstBad: Int {
    answers.filter { $0.value == .bad && $0.key > lastGood }.keys.min() ?? count - 1
  }

  /// What to test next: the untested one nearest to the middle of what is open; nil when nothing is.
  public var next: Int? {
    let open = (lastGood + 1..<firstBad).filter { answers[$0] == nil }
    let middle = (lastGood + firstBad) / 2
    return open.min { (abs($0 - middle), $0) < (abs($1 - middle), $1) }
  }

  /// How many are still open.
  public var remaining: Int { (lastGood + 1..<firstBad).count { answers[$0] == nil } }

  /// The result, once ``next`` is nil.
  public var result: Result? {
    guard next == nil else { return nil }
    return firstBad == lastGood + 1 ? .first(firstBad) : .among(lastGood + 1...firstBad)
  }
}
