import Foundation

/// The rank test of Mann, Whitney and Wilcoxon: whether the numbers of one row are larger than those of another. It takes
/// nothing for granted about how they scatter, and one wild number counts for no more than a large one.
public struct RankTest: Equatable, Sendable {
  /// The chance to see so much or more when both rows are of one kind.
  public let chance: Double

  /// Whether `upper` is larger than `lower`; with no numbers on one side nothing is shown.
  public init(_ lower: [Double], below upper: [Double]) {
    guard !lower.isEmpty, !upper.isEmpty else {
      chance = 1
      return
    }
    let all = (lower + upper).sorted()
    var groups: [(value: Double, count: Int)] = []
    for value in all {
      if let last = groups.last, last.value == value {
        groups[groups.count - 1].count += 1
      } else {
        groups.append((value, 1))
      }
    }
    // Equal numbers share the middle of their ranks. Twice that is whole.
    var ranks: [(value: Double, count: Int, twice: Int)] = []
    var before = 0
    for group in groups {
      ranks.append((group.value, group.count, 2 * before + group.count + 1))
      before += group.count
    }
    let of = Dictionary(ranks.map { ($0.value, $0.twice) }, uniquingKeysWith: { first, _ in first })
    let sum = upper.reduce(0) { $0 + (of[$1] ?? 0) }
    let sizes = ranks.map { (count: $0.count, twice: $0.twice) }
    chance =
      all.count <= Self.exactUpTo
      ? Self.exact(sum, of: upper.count, among: sizes) : Self.normal(sum, upper.count, lower.count, sizes)
  }

  /// So many numbers in both rows are counted out; beyond it the normal distribution is close, and errs towards no
  /// difference.
  static let exactUpTo = 30

  /// Counts all ways to deal the ranks out: those with a sum as large, of all.
  private static func exact(_ sum: Int, of count: Int, among ranks: [(count: Int, twice: Int)]) -> Double {
    let most = ranks.reduce(0) { $0 + $1.count * $1.twice }
    var ways = [[Double]](repeating: [], count: count + 1)
    ways[0] = [Double](repeating: 0, count: most + 1)
    ways[0][0] = 1
    for chosen in 1...count { ways[chosen] = [Double](repeating: 0, count: most + 1) }
    for rank in ranks {
      // From the top, so that each group is dealt out once.
      for chosen in stride(from: count, through: 1, by: -1) {
        var choices = 1.0
        for taken in 1...min(rank.count, chosen) {
          choices *= Double(rank.count - taken + 1) / Double(taken)
          let shift = taken * rank.twice
          if shift > most { break }
          for total in shift...most {
            let before = ways[chosen - taken][total - shift]
            if before > 0 { ways[chosen][total] += choices * before }
          }
        }
      }
    }
    let all = ways[count].reduce(0, +)
    return ways[count][min(sum, most)...].reduce(0, +) / all
  }

  private static func normal(
    _ sum: Int, _ upper: Int, _ lower: Int, _ ranks: [(count: Int, twice: Int)]
  ) -> Double {
    let (m, n) = (Double(upper), Double(lower))
    let all = m + n
    let ties = ranks.reduce(0.0) { $0 + pow(Double($1.count), 3) - Double($1.count) }
    let variance = m * n / 12 * (all + 1 - ties / (all * (all - 1)))
    guard variance > 0 else { return 1 }
    let distance = (Double(sum) / 2 - m * (all + 1) / 2 - 0.5) / variance.squareRoot()
    return 0.5 * erfc(distance / 2.0.squareRoot())
  }
}

extension [Double] {
  /// The middle one, or the middle of the two; of none 0.
  var median: Double {
    let sorted = sorted()
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
