/// A table for a terminal: columns as wide as they need to be, two spaces apart.
public struct Table: Sendable {
  private var rows: [[String]]

  /// A table with these column heads.
  public init(_ heads: String...) { rows = [heads] }

  /// The same, of as many as there are.
  public init(_ heads: [String]) { rows = [heads] }

  /// Adds a row.
  public mutating func add(_ cells: String...) { rows.append(cells) }

  /// The same, of as many cells as there are.
  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// A cell that is longer makes no column wide: what would follow it in its row stands on a line of its own.
  private static let widest = 72

  /// The lines, without spaces at their ends.
  public var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.compactMap { column < $0.count ? $0[column].count : nil }.filter { $0 <= Self.widest }.max() ?? 0
    }
    return rows.flatMap { row in
      var lines = [""]
      for (column, cell) in row.enumerated() where !cell.isEmpty || column + 1 < row.count {
        let isAlone = column > 0 && row[column - 1].count > Self.widest && lines.count == 1 && !cell.isEmpty
        if isAlone { lines.append("    ") }
        let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
        lines[lines.count - 1] += cell + padding + "  "
      }
      return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }
    }
  }
}
