import Foundation

/// What a decoder does not mind in the text of a baseline, and what makes it say another thing than it seems to. A merge of two
/// branches leaves such things behind.
enum BaselineText {
  /// Which members each object may have.
  private static let members: [String: Set<String>] = [
    "baseline": ["firstbad-baseline", "kernels"],
    "kernel": ["kernel", "probes"],
    "entry": ["standing", "signature", "phase", "observations"],
  ]

  /// What is wrong with it in a few words; nil where nothing is. It is JSON of a baseline's shape already.
  static func flaw(in data: Data) -> String? {
    guard let top = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      return "it is no JSON object"
    }
    let kernels = top["kernels"] as? [[String: Any]] ?? []
    let entries = kernels.flatMap { ($0["probes"] as? [String: [String: Any]] ?? [:]).values }
    for (kind, objects) in [("baseline", [top]), ("kernel", kernels), ("entry", entries)] {
      let unknown = Set(objects.flatMap(\.keys)).subtracting(members[kind] ?? []).sorted()
      if let name = unknown.first { return "a member called '\(name)' means nothing in it" }
    }
    var titles: Set<String> = []
    for case let title as String in kernels.map({ $0["kernel"] }) where !titles.insert(title).inserted {
      return "it has \(title) twice"
    }
    // Which of two members of one name counts is the reader's whim.
    return members(in: data) == count(top) ? nil : "a name stands twice in one object"
  }

  /// Names in the text: each has a colon behind it, and no other colon stands outside of strings.
  private static func members(in data: Data) -> Int {
    var (count, isString, isEscaped) = (0, false, false)
    for byte in data {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = isString
      } else if byte == UInt8(ascii: "\"") {
        isString.toggle()
      } else if byte == UInt8(ascii: ":"), !isString {
        count += 1
      }
    }
    return count
  }

  /// Names that a reader keeps.
  private static func count(_ value: Any) -> Int {
    switch value {
    case let object as [String: Any]: object.count + object.values.reduce(0) { $0 + count($1) }
    case let list as [Any]: list.reduce(0) { $0 + count($1) }
    default: 0
    }
  }
}
