/// Which symbols of the configuration stand between a source and the kernel, by kbuild's makefiles
/// (Documentation/kbuild/makefiles.rst): without any one of them the source is not compiled.
public enum Gates {
  /// Symbols with their prefix, the widest first: that of the subsystem before that of the file. `content` gives a file of
  /// the tree by its path, nil where there is none.
  ///
  /// What decides nothing by itself is left out: a file that each of two symbols brings in, and what a makefile says in words
  /// of its own. So the list may be too short, and a symbol in it may turn out not to be enough, as where a file includes the
  /// source (`lib/zlib_inflate/inflate.c` is a part of the boot loader, too).
  public static func symbols(
    of source: String, content: (String) async throws -> String?
  ) async throws -> [String] {
    var parts = source.split(separator: "/").map(String.init)
    guard let name = parts.popLast(), let suffix = [".c", ".S"].first(where: name.hasSuffix), !parts.isEmpty else {
      return []
    }
    var symbols: [String] = []
    var word = name.dropLast(suffix.count) + ".o"
    var isOwnFolder = true
    while true {
      let folder = parts.joined(separator: "/")
      let place = folder.isEmpty ? "" : folder + "/"
      let kbuild = try await content(place + "Kbuild")
      // At the top there may be both, and before 6.1 the folders stand in the second.
      let makefile = kbuild == nil || parts.isEmpty ? try await content(place + "Makefile") : nil
      let rules = rules([kbuild, makefile].compactMap(\.self).joined(separator: "\n"))
      if let found = gates(of: String(word), in: rules, isTop: parts.isEmpty) {
        symbols = found.filter { !symbols.contains($0) } + symbols
        word = ""
      } else if isOwnFolder, !rules.isEmpty {
        // Named in some other way; the folder is entered all the same.
        word = ""
      }
      isOwnFolder = false
      guard let last = parts.popLast() else { return symbols }
      // A makefile may name a folder further down, as `char/ipmi/`.
      word = last + "/" + word
    }
  }

  /// What one line adds to a list: `obj-$(CONFIG_INET) += ipv4/`.
  private struct Rule {
    /// `obj`, `lib`, or what an object of several is called.
    let list: Substring
    /// The symbol that the line hangs on.
    let symbol: String?
    let words: [Substring]
  }

  private static func rules(_ text: String) -> [Rule] {
    text.replacing("\\\n", with: " ").split(separator: "\n").compactMap { line in
      guard let sign = line.firstIndex(of: "=") else { return nil }
      let head = line[..<sign].prefix { $0 != "+" && $0 != ":" && !$0.isWhitespace }
      guard let dash = head.lastIndex(where: { $0 == "-" }) else { return nil }
      let condition = head[head.index(after: dash)...]
      let symbol =
        condition.hasPrefix("$(CONFIG_") && condition.hasSuffix(")")
        ? String(condition.dropFirst(2).dropLast()) : nil
      guard symbol != nil || ["y", "m", "objs"].contains(condition) else { return nil }
      let words = line[line.index(after: sign)...].prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      return Rule(list: head[..<dash], symbol: symbol, words: words)
    }
  }

  /// The symbols that a word of a makefile hangs on; nil where it is not there.
  private static func gates(of word: String, in rules: [Rule], isTop: Bool, depth: Int = 0) -> [String]? {
    let naming = rules.filter { $0.words.contains(word[...]) }
    guard !naming.isEmpty, depth < 4 else { return nil }
    var ways: [[String]] = naming.map { rule in
      let own = rule.symbol.map { [$0] } ?? []
      // At the top there are lists of other names, which are all linked.
      if isTop || rule.list == "obj" || rule.list == "lib" { return own }
      return (gates(of: rule.list + ".o", in: rules, isTop: isTop, depth: depth + 1) ?? []) + own
    }
    let first = ways.removeFirst()
    return first.filter { symbol in ways.allSatisfy { $0.contains(symbol) } }
  }
}
