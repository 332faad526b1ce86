public import HostSystem

/// A symbol that two configurations have differently.
public struct ConfigDifference: Sendable, Codable, Equatable {
  /// The symbol with its prefix, `CONFIG_NET`.
  public let symbol: String
  /// The value in the one configuration, `n` where it is not set.
  public let good: String
  /// The value in the other one.
  public let bad: String

  /// All fields.
  public init(_ symbol: String, good: String, bad: String) {
    self.symbol = symbol
    self.good = good
    self.bad = bad
  }

  /// The assignment of either value.
  public func assignment(_ isBad: Bool) -> BuildRecipe.Assignment {
    BuildRecipe.Assignment(symbol, isBad ? bad : good)
  }

  /// All of them, in the order in which Kconfig asks, which is that of the texts: what a symbol depends on stands before it
  /// more often than not. The drivers are last: they are most of a distribution's configuration, take longest to build,
  /// and bring a behaviour of the core seldom.
  public static func all(good: String, bad: String) -> [ConfigDifference] {
    let (one, other) = (ConfigText(good), ConfigText(bad))
    let places = places(bad, beside: good)
    let symbols = Set(one.symbols.keys).union(other.symbols.keys).filter { one[$0] != other[$0] }
    return symbols.sorted { left, right in
      let (one, other) = (places[left] ?? Place(), places[right] ?? Place())
      return (one.isDriver ? 1 : 0, one.number, left) < (other.isDriver ? 1 : 0, other.number, right)
    }.map { ConfigDifference($0, good: one[$0], bad: other[$0]) }
  }

  /// A whole configuration with these symbols in place of its own.
  public static func merged(_ text: String, with assignments: [BuildRecipe.Assignment]) -> String {
    ConfigText.merge(text, with: assignments)
  }

  /// The lines of a fragment.
  public static func fragment(_ assignments: [BuildRecipe.Assignment]) -> String {
    assignments.map { $0.line + "\n" }.joined()
  }

  /// Reads a configuration that a person names, as ``BuildRecipe/Base/init(argument:)`` does.
  public static func read(_ path: String) throws(Failure) -> String {
    guard case .file(let contents) = try BuildRecipe.Base(argument: path.contains("/") ? path : "./" + path) else {
      throw Failure(.badInput, "\(path) is no kernel configuration", remedy: "name a .config")
    }
    return contents
  }

  private struct Place {
    var isDriver = false
    var number = Int.max
  }

  /// Where each symbol stands: in the first text, or else behind what stands before it in the other one.
  private static func places(_ text: String, beside other: String) -> [String: Place] {
    var places = placed(text)
    var last = Place(number: 0)
    for (symbol, place) in placed(other).sorted(by: { $0.value.number < $1.value.number }) {
      if let known = places[symbol] {
        last = known
      } else {
        places[symbol] = Place(isDriver: place.isDriver, number: last.number)
      }
    }
    return places
  }

  private static func placed(_ text: String) -> [String: Place] {
    var places: [String: Place] = [:]
    var isDriver = false
    for (number, line) in text.split(separator: "\n").enumerated() {
      if let symbol = ConfigText.unset(in: line).map(String.init) ?? ConfigText.pair(in: line)?.symbol {
        places[symbol] = Place(isDriver: isDriver, number: number)
      } else if line == "# Device Drivers" {
        isDriver = true
      } else if line == "# end of Device Drivers" || line == "# File systems" {
        isDriver = false
      }
    }
    return places
  }
}
