/// An observed number with its unit: one that is exact, or a measurement, which is another one in each run.
public struct Quantity: Equatable, Hashable, Sendable {
  /// The exact number; of a measurement its median.
  public var value: Int
  /// What it counts: `ns`, `us`, `ms`, `s`, or any other word; empty for a plain number.
  public var unit: Text
  /// What was measured, smallest first, at most ``RecordLimits/samples``; empty for an exact number.
  public var samples: [Int]
  /// How many times it was measured. More than there are samples: they are then evenly chosen from the sorted row.
  public var count: Int

  /// An exact number.
  public init(_ value: Int, unit: Text) {
    self.value = value
    self.unit = unit
    samples = []
    count = 1
  }

  /// A measurement; nil when there is no sample, or more of them than were measured.
  public init?(samples: [Int], count: Int, unit: Text) {
    guard !samples.isEmpty, samples.count <= RecordLimits.samples, count >= samples.count else { return nil }
    self.samples = Self.sorted(samples)
    self.unit = unit
    self.count = count
    value = 0
    value = percentile(50)
  }

  /// By insertion: there are few, often sorted already, and the library's own sort is 3 KB of the guest.
  private static func sorted(_ samples: [Int]) -> [Int] {
    var row = samples
    for end in row.indices {
      var place = end
      while place > 0, row[place - 1] > row[place] {
        row.swapAt(place - 1, place)
        place -= 1
      }
    }
    return row
  }

  /// Whether it is another number in each run.
  public var isMeasured: Bool { !samples.isEmpty }

  /// The sample that so many percent of all do not exceed; of an exact number itself. 0 is the smallest, 100 the largest.
  public func percentile(_ percent: Int) -> Int {
    guard !samples.isEmpty else { return value }
    let rank = (samples.count * max(0, min(100, percent)) + 99) / 100
    return samples[max(0, min(samples.count, rank) - 1)]
  }

  /// `1.25ms(p99=3.4ms,n=200)`; a single sample and an exact number without what is in brackets.
  public var words: Text {
    let own = Self.words(value, unit)
    guard count > 1 else { return own }
    return own + "(p99=" + Self.words(percentile(99), unit) + ",n=" + Text(decimal: count) + ")"
  }

  /// A number with its unit, times in the unit in which a person would say them: `1.25ms` for 1,250,000 ns.
  public static func words(_ value: Int, _ unit: Text) -> Text {
    let scale: [(unit: Text, nanoseconds: Int)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1)]
    guard let own = scale.first(where: { $0.unit == unit }) else { return Text(decimal: value) + unit }
    let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: own.nanoseconds)
    guard !overflow, nanoseconds > 0 else { return Text(decimal: value) + unit }
    for step in scale where nanoseconds >= step.nanoseconds {
      return Self.decimal(nanoseconds, step.nanoseconds) + step.unit
    }
    return Text(decimal: value) + unit
  }

  /// Three significant digits, but no digit before the point is left out.
  private static func decimal(_ number: Int, _ unit: Int) -> Text {
    var places = number / unit >= 100 ? 0 : number / unit >= 10 ? 1 : 2
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    // Where one unit is one nanosecond there is nothing behind the point.
    while places > 0, unit < scale {
      scale /= 10
      places -= 1
    }
    let step = unit / scale
    let rounded = number / step + (number % step * 2 >= step && step > 1 ? 1 : 0)
    var text = Text(decimal: rounded / scale)
    var rest = rounded % scale
    guard rest > 0 else { return text }
    text.append(".")
    while rest > 0 {
      scale /= 10
      text.append(Text(decimal: rest / scale))
      rest %= scale
    }
    return text
  }
}
