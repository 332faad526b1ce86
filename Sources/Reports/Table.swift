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

  /// The lines, without spaces at their ends.
  public var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let line = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
        .joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
