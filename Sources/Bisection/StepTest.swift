/// The last question of a search for a shifted number: whether the kernel that the search named differs from the one before
/// it, by runs of both in turns. What a busy machine, or a warm one, adds comes to both alike, so that a search which was
/// led astray by it is found out here.
public struct StepTest: Sendable {
  /// Runs of each side that are made at once, at first and at most.
  static let batch = 4
  static let fewest = 8
  static let most = 40
  /// The chance that two kernels of one kind look so far apart; the test is made up to nine times.
  static let chance = 0.001

  let shift: Shift
  /// Numbers of the side that is like the good end, and of the other.
  private(set) var good: [Double] = []
  private(set) var bad: [Double] = []
  private var rounds = 0
  private var unit = ""

  init(_ shift: Shift) { self.shift = shift }

  /// How many more runs of each side are needed.
  var wanted: Int {
    if rounds < Self.fewest { return Self.fewest - rounds }
    return isShown || rounds >= Self.most ? 0 : min(Self.batch, Self.most - rounds)
  }

  /// Takes runs of both sides that were made in turns.
  mutating func take(good: [Seen], bad: [Seen]) {
    rounds += max(1, max(good.count, bad.count))
    self.good += good.compactMap(shift.number)
    self.bad += bad.compactMap(shift.number)
    for seen in good + bad { if let numbers = seen.numbers?[shift.observation] { unit = numbers.unit } }
  }

  /// Whether they differ in the direction that is hunted.
  var isShown: Bool { shift.test(good, bad, factor: 1).chance <= Self.chance }

  /// The whole of the asked change comes here, and not in several steps.
  private var isWhole: Bool {
    let asked = shift.factor
    let seen = good.median == 0 ? asked : bad.median / good.median
    return shift.percent > 0 ? seen >= asked.squareRoot() : seen <= asked.squareRoot()
  }

  /// What was shown, in a sentence.
  var words: String {
    let chance = shift.test(good, bad, factor: 1).chance
    let compared = "run in turns: \(shift.compared(good, bad, unit)) (rank test: \(Self.words(chance)))"
    if !isShown { return "not shown: the two cannot be told apart when they are \(compared)" }
    return isWhole
      ? compared : "\(compared), which is less than half of what was asked for: the change came in several steps"
  }

  private static func words(_ chance: Double) -> String {
    chance < 0.0001 ? "by chance in less than 0.01 %" : "by chance in \((chance * 10_000).rounded() / 100) %"
  }
}
