import Judgement
import VerdictStream

/// The parts of a test that says more than its exit status: KTAP result lines among what a program printed
/// (Documentation/dev-tools/ktap.rst).
enum SubResults {
  private struct Part {
    /// How many blanks it stands behind; nil behind a comment sign, where it is nobody's child or parent.
    var depth: Int?
    var name: String
    let result: String
  }

  /// Name and result of each line, in order: `ok`, `not ok`, or the word of its directive in small letters (`skip`, `xfail`, `todo` ...).
  /// A nested one has the name of the part that it belongs to before its own, `parent/child`. Of an output that was `cut` the
  /// last line does not count, as it may be half of one.
  static func find(in output: Text, isCut: Bool = false) -> [(name: String, result: String)] {
    // A carriage return and the newline behind it are one character.
    var lines = output.description.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    if isCut { lines.removeLast() }
    var parts = withoutProcess(lines.compactMap(parse))
    // The result of a part comes after those that are nested in it, which stand behind more blanks.
    for (number, parent) in parts.enumerated() {
      guard let depth = parent.depth else { continue }
      for child in parts[..<number].indices.reversed() {
        guard let own = parts[child].depth else { continue }
        guard own > depth else { break }
        parts[child].name = "\(parent.name)/\(parts[child].name)"
        // From then on it belongs with its parent to what that is nested in.
        parts[child].depth = depth
      }
    }
    var counts: [String: Int] = [:]
    return parts.map { part in
      counts[part.name, default: 0] += 1
      // The same name again, as a loop gives it, is another part.
      let count = counts[part.name] ?? 1
      return (count > 1 ? "\(part.name) (\(count))" : part.name, part.result)
    }
  }

  /// `ok 3 - name # SKIP why`. Some tests put a comment sign or spaces before it.
  private static func parse(_ line: Substring) -> Part? {
    let depth = line.first { $0 != " " && $0 != "\t" } == "#" ? nil : line.prefix { $0 == " " || $0 == "\t" }.count
    var rest = line.drop { $0 == " " || $0 == "\t" || $0 == "#" }
    var result = "ok"
    if rest.hasPrefix("not ok ") {
      result = "not ok"
      rest = rest.dropFirst(7)
    } else if rest.hasPrefix("ok ") {
      rest = rest.dropFirst(3)
    } else {
      return nil
    }
    rest = rest.drop { $0 == " " }
    let number = rest.prefix { $0.isASCII && $0.isNumber }
    guard !number.isEmpty else { return nil }
    rest = rest.dropFirst(number.count)
    guard rest.isEmpty || rest.first == " " || rest.first == "\r" else { return nil }
    rest = rest.drop { $0 == " " }
    if rest.hasPrefix("- ") { rest = rest.dropFirst(2) }
    if let mark = rest.firstIndex(of: "#") {
      let words = rest[rest.index(after: mark)...].split(separator: " ")
      let directive = words.first?.uppercased() ?? ""
      if ["SKIP", "XFAIL", "XPASS", "TODO", "TIMEOUT", "ERROR"].contains(directive) {
        result = directive.lowercased()
        rest = rest[..<mark]
      }
    }
    let name = rest.filter { $0 != "\r" }.split(separator: " ").joined(separator: " ")
    return Part(depth: depth, name: name.isEmpty ? "part \(number)" : name, result: result)
  }

  /// Some tests begin what they say with the number of their process, `[1234] `, which is another in every boot: no two
  /// boots would have a part in common. Where there are several numbers they are no process's.
  private static func withoutProcess(_ parts: [Part]) -> [Part] {
    func number(_ name: String) -> Substring? { name.prefixMatch(of: /\[(\d+)\]\s*/)?.1 }
    guard Set(parts.compactMap { number($0.name) }).count == 1 else { return parts }
    return parts.map { part in
      Part(depth: part.depth, name: part.name.replacing(/^\[\d+\]\s*/, with: ""), result: part.result)
    }
  }
}
