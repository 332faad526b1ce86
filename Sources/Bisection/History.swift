public import KernelTree

/// A range of commits as a graph: those that the newest has and the oldest has not, every parent before its
/// children. Commits are numbered in this order; the last is the newest.
public struct History: Sendable {
  /// Parents of each within the range; a parent outside of it is an ancestor of the old end.
  public let parents: [[Int]]
  /// Whether any has two parents in the range. Without merges everything is a row, and cheaper.
  let hasMerges: Bool

  /// A graph of its own; every parent's number is smaller than its child's.
  public init(parents: [[Int]]) {
    precondition(parents.indices.allSatisfy { child in parents[child].allSatisfy { $0 < child && $0 >= 0 } })
    self.parents = parents
    hasMerges = parents.contains { $0.count > 1 }
  }

  /// So many commits in a row.
  public init(row count: Int) { self.init(parents: (0..<count).map { $0 == 0 ? [] : [$0 - 1] }) }

  /// The graph of commits that are listed parents first, as ``KernelTree/range(from:to:)`` does.
  public init(_ commits: [Commit]) {
    var numbers: [CommitID: Int] = [:]
    for (number, commit) in commits.enumerated() { numbers[commit.id] = number }
    self.init(parents: commits.map { commit in commit.parents.compactMap { numbers[$0] } })
  }

  /// How many commits.
  public var count: Int { parents.count }

  /// The commit and all before it, as a mark for each commit of the range.
  func ancestry(of tip: Int) -> [Bool] {
    var marks = [Bool](repeating: false, count: count)
    marks[tip] = true
    for commit in stride(from: tip, through: 0, by: -1) where marks[commit] {
      for parent in parents[commit] { marks[parent] = true }
    }
    return marks
  }

  /// For each commit: how many of the `counted` ones it has among itself and its ancestors.
  func weights(counted: [Bool]) -> [Int] { hasMerges ? weightsByUnion(counted) : weightsInRows(counted) }

  /// Where nothing is merged, what a commit has is what its parent has and itself.
  private func weightsInRows(_ counted: [Bool]) -> [Int] {
    var weights = [Int](repeating: 0, count: count)
    for commit in 0..<count {
      weights[commit] = (parents[commit].first.map { weights[$0] } ?? 0) + (counted[commit] ? 1 : 0)
    }
    return weights
  }

  /// Ancestors by way of two parents must not be counted twice, so sets are needed. They are made for 64
  /// counted commits at a time: n²/64 steps, and memory for one word a commit. 75,000 commits, as between two
  /// releases of the kernel, take some tenths of a second, once.
  private func weightsByUnion(_ counted: [Bool]) -> [Int] {
    var weights = [Int](repeating: 0, count: count)
    var words = weights.map { _ in UInt64(0) }
    let columns = (0..<count).filter { counted[$0] }
    for first in stride(from: 0, to: columns.count, by: 64) {
      let block = columns[first..<min(first + 64, columns.count)]
      let start = block[block.startIndex]
      var next = block.startIndex
      // Nothing before the first of the block can have any of it.
      for commit in start..<count {
        var word: UInt64 = 0
        for parent in parents[commit] where parent >= start { word |= words[parent] }
        if next < block.endIndex, block[next] == commit {
          word |= 1 << UInt64(next - block.startIndex)
          next += 1
        }
        words[commit] = word
        weights[commit] += word.nonzeroBitCount
      }
    }
    return weights
  }
}
