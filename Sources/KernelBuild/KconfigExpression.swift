/// An expression of Kconfig (Documentation/kbuild/kconfig-language.rst, "Menu dependencies"), read against a
/// configuration. `m` counts as true: who wants to know is asked why a symbol could not be had at all.
struct KconfigExpression {
  private let tokens: [Substring]
  private let config: ConfigText
  private var next = 0

  /// Whether it holds; nil for what is no expression.
  static func holds(_ text: String, in config: ConfigText) -> Bool? {
    var reader = KconfigExpression(tokens: tokens(of: text), config: config)
    guard let value = reader.alternatives(), reader.next == reader.tokens.count else { return nil }
    return value
  }

  /// The parts that hang together by `&&` at the top.
  static func conjuncts(of text: String) -> [String] {
    var parts: [[Substring]] = [[]]
    var depth = 0
    let tokens = tokens(of: text)
    // In `A && B || C` the `&&` is not at the top.
    guard tokens.isTop("||") == false else { return [text] }
    for token in tokens {
      if token == "(" { depth += 1 }
      if token == ")" { depth -= 1 }
      if token == "&&", depth == 0 {
        parts.append([])
      } else {
        parts[parts.count - 1].append(token)
      }
    }
    return parts.filter { !$0.isEmpty }.map(spell)
  }

  private static func spell(_ tokens: [Substring]) -> String {
    tokens.joined(separator: " ").replacing("! ", with: "!").replacing("( ", with: "(").replacing(" )", with: ")")
  }

  private static func tokens(of text: String) -> [Substring] {
    var tokens: [Substring] = []
    var rest = text[...]
    while let first = rest.first {
      let length: Int
      if first.isWhitespace {
        rest.removeFirst()
        continue
      } else if let sign = ["&&", "||", "!=", "<=", ">="].first(where: { rest.hasPrefix($0) }) {
        length = sign.count
      } else if rest.hasPrefix("$(") {
        // A macro such as $(cc-option,-mfoo), with what it encloses.
        var depth = 0
        length =
          rest.prefix { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return !(character == ")" && depth == 0)
          }.count + 1
      } else if "()!=<>".contains(first) {
        length = 1
      } else if first == "\"" {
        length = rest.dropFirst().prefix { $0 != "\"" }.count + 2
      } else {
        length = rest.prefix { !$0.isWhitespace && !"()!=<>&|".contains($0) }.count
      }
      // A lone & or | is no token; it must not stop us for ever.
      tokens.append(rest.prefix(max(1, length)))
      rest = rest.dropFirst(max(1, length))
    }
    return tokens
  }

  private mutating func take(_ token: String) -> Bool {
    guard next < tokens.count, tokens[next] == token else { return false }
    next += 1
    return true
  }

  private mutating func alternatives() -> Bool? {
    guard var value = conjunction() else { return nil }
    while take("||") {
      guard let other = conjunction() else { return nil }
      value = value || other
    }
    return value
  }

  private mutating func conjunction() -> Bool? {
    guard var value = negation() else { return nil }
    while take("&&") {
      guard let other = negation() else { return nil }
      value = value && other
    }
    return value
  }

  private mutating func negation() -> Bool? {
    if take("!") { return negation().map { !$0 } }
    if take("(") {
      let value = alternatives()
      return take(")") ? value : nil
    }
    guard let left = word() else { return nil }
    guard next < tokens.count, ["=", "!=", "<", ">", "<=", ">="].contains(tokens[next]) else {
      // What only the compiler can say is taken to hold: it is not what a person can change.
      return left.hasPrefix("$(") || value(of: left) != "n"
    }
    let sign = tokens[next]
    next += 1
    guard let right = word() else { return nil }
    let (one, other) = (value(of: left), value(of: right))
    switch sign {
    case "=": return one == other
    case "!=": return one != other
    default:
      guard let one = Int(one), let other = Int(other) else { return one.isEmpty == other.isEmpty }
      return switch sign {
      case "<": one < other
      case ">": one > other
      case "<=": one <= other
      default: one >= other
      }
    }
  }

  private mutating func word() -> Substring? {
    guard next < tokens.count, !["&&", "||", "(", ")", "="].contains(tokens[next]) else { return nil }
    next += 1
    return tokens[next - 1]
  }

  private func value(of word: Substring) -> String {
    if ["y", "m", "n"].contains(word) || Int(word) != nil { return String(word) }
    if word.hasPrefix("\"") { return String(word.dropFirst().prefix { $0 != "\"" }) }
    return config["CONFIG_\(word)"].trimmingQuotes
  }
}

extension [Substring] {
  /// Whether a token stands outside of all parentheses.
  fileprivate func isTop(_ wanted: String) -> Bool {
    var depth = 0
    for token in self {
      if token == "(" { depth += 1 }
      if token == ")" { depth -= 1 }
      if depth == 0, token == wanted { return true }
    }
    return false
  }
}

extension String {
  fileprivate var trimmingQuotes: String {
    count >= 2 && first == "\"" && last == "\"" ? String(dropFirst().dropLast()) : self
  }
}
