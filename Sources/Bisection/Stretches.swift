/// Where commits are taken for untestable: between two that are so for the same reason.
///
/// Commits are looked at by their place, the number of commits they have. In a row that is their order; where
/// branches run side by side, commits of the same place are at the same distance from the old end.
struct Stretches {
  /// A run of commits that are not known to be untestable, by rank in the list asked for, and how long the
  /// stretches on either side of it are known to be, in commits.
  struct Gap {
    var ranks: Range<Int>
    var below: Int?
    var above: Int?
  }

  /// One for each reason.
  private var spans: [ClosedRange<Int>] = []
  /// Places that were tested and could not tell, with the length of their stretch, in order.
  private var walls: [(position: Int, length: Int)] = []

  /// None.
  init() {}

  /// Those of the untestable commits, among the places of all suspects.
  init(_ broken: [(position: Int, signature: String)], among suspects: [Int]) {
    var bounds: [String: ClosedRange<Int>] = [:]
    for one in broken {
      let span = bounds[one.signature] ?? one.position...one.position
      bounds[one.signature] = min(span.lowerBound, one.position)...max(span.upperBound, one.position)
    }
    let lengths = bounds.mapValues { span in suspects.count { span.contains($0) } }
    spans = Array(bounds.values)
    walls = broken.map { ($0.position, lengths[$0.signature] ?? 1) }.sorted { $0.position < $1.position }
  }

  /// Whether a commit of this place lies within a stretch.
  func isInside(_ position: Int) -> Bool { spans.contains { $0.contains(position) } }

  /// The gaps between the walls, for places in ascending order; a place that is a wall's own lies behind it.
  func gaps(of positions: [Int]) -> [Gap] {
    var gaps: [Gap] = []
    var start = 0
    var below: Int?
    for wall in walls {
      let end = positions[start...].firstIndex { $0 >= wall.position } ?? positions.count
      if end > start { gaps.append(Gap(ranks: start..<end, below: below, above: wall.length)) }
      start = end
      below = wall.length
    }
    if start < positions.count { gaps.append(Gap(ranks: start..<positions.count, below: below, above: nil)) }
    return gaps
  }
}
