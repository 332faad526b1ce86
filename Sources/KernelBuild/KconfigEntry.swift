/// What a Kconfig file says of one symbol, with the conditions of the menus and ifs around it in the same file.
struct KconfigEntry: Equatable {
  /// `depends on`, each line an expression.
  var dependencies: [String] = []
  /// Whether it can be set by hand.
  var hasPrompt = false
  /// What its prompt hangs on, where it does.
  var promptConditions: [String] = []

  /// All entries of this symbol in the text of a Kconfig file; a symbol may have several.
  static func all(of name: String, in text: String) -> [KconfigEntry] {
    var reader = Reader(name: name)
    // A backslash carries a line on.
    for line in text.replacing("\\\n", with: " ").split(separator: "\n") { reader.take(line) }
    reader.end()
    return reader.found
  }

  private struct Reader {
    let name: String
    var found: [KconfigEntry] = []
    /// Conditions of open ifs, menus and choices, innermost last.
    private var around: [[String]] = []
    private var entry: KconfigEntry?
    /// A menu's own `depends on` comes after its head.
    private var isInHead = false
    /// Depth at which a help text began; nil outside of one.
    private var help: Int?

    init(name: String) { self.name = name }

    mutating func take(_ line: Substring) {
      let indent = line.prefix { $0 == " " || $0 == "\t" }.reduce(0) { $1 == "\t" ? ($0 / 8 + 1) * 8 : $0 + 1 }
      let text = line.drop { $0 == " " || $0 == "\t" }
      if text.isEmpty { return }
      if let depth = help {
        // The first line of a help text sets its depth; what stands further left ends it.
        if depth < 0 { help = indent }
        if indent >= max(1, depth < 0 ? indent : depth) { return }
        help = nil
      }
      if text.hasPrefix("#") { return }
      let words = text.split(separator: " ", maxSplits: 1).map { $0.drop { $0 == "\t" } }
      let rest = words.count > 1 ? Self.condition(words[1]) : ""
      switch words[0] {
      case "config", "menuconfig":
        end()
        if rest == name { entry = KconfigEntry(dependencies: around.flatMap { $0 }) }
      case "if": open([rest])
      case "menu", "choice":
        open([])
        isInHead = true
      case "endif", "endmenu", "endchoice":
        end()
        _ = around.popLast()
      case "source", "comment": end()
      case "depends": depends(rest)
      case "bool", "tristate", "int", "hex", "string", "prompt", "def_bool", "def_tristate": prompt(words[0], rest)
      case "help", "---help---": help = -1
      default: break
      }
    }

    private mutating func open(_ conditions: [String]) {
      end()
      around.append(conditions)
    }

    private mutating func depends(_ rest: String) {
      guard rest.hasPrefix("on ") else { return }
      let expression = String(rest.dropFirst(3))
      if entry != nil {
        entry?.dependencies.append(expression)
      } else if isInHead, !around.isEmpty {
        around[around.count - 1].append(expression)
      }
    }

    private mutating func prompt(_ keyword: Substring, _ rest: String) {
      guard entry != nil, !keyword.hasPrefix("def_"), rest.hasPrefix("\"") else { return }
      entry?.hasPrompt = true
      let after = rest.dropFirst().drop { $0 != "\"" }.dropFirst()
      if let mark = after.firstRange(of: " if ") { entry?.promptConditions.append(String(after[mark.upperBound...])) }
    }

    mutating func end() {
      if let entry { found.append(entry) }
      entry = nil
      isInHead = false
    }

    /// Without a comment at the end, and with single spaces.
    private static func condition(_ text: Substring) -> String {
      var isQuoted = false
      let plain = text.prefix { character in
        if character == "\"" { isQuoted.toggle() }
        return character != "#" || isQuoted
      }
      return plain.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
  }
}
