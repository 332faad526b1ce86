/// What a row of kernels says of one probe: stretches of kernels, oldest first, that say the same.
public struct Differences: Sendable, Equatable {
  /// Kernels side by side in the row with equal measurements.
  public struct Stretch: Sendable, Equatable {
    /// Version of the oldest.
    public let first: String
    /// Version of the newest.
    public internal(set) var last: String
    /// What all of them say.
    public let text: String

    /// `6.1.170-3 .. 6.1.192-2`, or the one version.
    public var range: String { first == last ? first : "\(first) .. \(last)" }
  }

  /// The stretches.
  public let stretches: [Stretch]

  /// Joins rows of one probe, oldest kernel first.
  public init(_ rows: [Sighting]) {
    var stretches: [Stretch] = []
    for row in rows {
      if let open = stretches.last, open.text == row.text {
        stretches[stretches.count - 1].last = row.version
      } else {
        stretches.append(Stretch(first: row.version, last: row.version, text: row.text))
      }
    }
    self.stretches = stretches
  }
}
