import Judgement
import VerdictStream

/// The parts of a test that says more than its exit status: KTAP result lines among what a program printed
/// (Documentation/dev-tools/ktap.rst).
enum SubResults {
  /// Name and result of each line, in order: `ok`, `not ok`, or the word of its directive in small letters (`skip`, `xfail`, `todo` ...).
  static func find(in output: Text) -> [(name: String, result: String)] {
    var found: [(name: String, result: String)] = []
    var counts: [String: Int] = [:]
    for part in withoutProcess(output.description.split(separator: "\n").compactMap(parse)) {
      var name = part.0
      counts[name, default: 0] += 1
      // The same name again, as a nested test or a loop gives it, is another part.
      if let count = counts[name], count > 1 { name += " (\(count))" }
      found.append((name, part.1))
    }
    return found
  }

  /// `ok 3 - name # SKIP why`. Some tests put a comment sign or spaces before it.
  private static func parse(_ line: Substring) -> (String, String)? {
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
    return (name.isEmpty ? "part \(number)" : name, result)
  }

  /// Some tests begin what they say with the number of their process, `[1234] `, which is another in every boot: no two
  /// boots would have a part in common. Where there are several numbers they are no process's.
  private static func withoutProcess(_ parts: [(String, String)]) -> [(String, String)] {
    func number(_ name: String) -> Substring? { name.prefixMatch(of: /\[(\d+)\]\s*/)?.1 }
    guard Set(parts.compactMap { number($0.0) }).count == 1 else { return parts }
    return parts.map { ($0.0.replacing(/^\[\d+\]\s*/, with: ""), $0.1) }
  }
}
