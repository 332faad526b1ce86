/// One error of a build, as a line of its log tells it.
struct BuildError: Equatable {
  /// What is nearest to the cause comes first: a file that does not compile also makes a link and a target fail.
  enum Kind: Int, Comparable {
    case compiler
    case linker
    case make
    /// `*** [Makefile:250: net/ipv4/tcp.o] Error 1`: no more than that something failed there.
    case target

    static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  let kind: Kind
  /// Where; part of the signature.
  let file: String
  let message: String
  /// What make could not make, of an error of the last kind.
  var target: String?
  /// How deep in the tree of makes that was; the deepest is where it began, the others only pass it on.
  var depth = 0

  /// `net/ipv4/tcp.c: error: implicit declaration of function 'foo'`.
  var signature: String { "\(file): \(message)" }

  /// What the line says, or nil when it is no error. Paths have lost what is this machine's.
  init?(_ line: Substring) {
    // make's own lines first: they may hold words that look like a compiler's.
    if line.hasPrefix("make") || line.contains(": *** ") {
      self.init(make: line)
    } else if let found = Self.linker(line) {
      self = found
    } else {
      self.init(compiler: line)
    }
  }

  private init(kind: Kind, file: String, message: String) {
    self.kind = kind
    self.file = file
    self.message = Self.masked(message)
  }

  /// gcc, clang and as: `FILE:LINE:COLUMN: error: MESSAGE`, without a column or without a line, `fatal error`,
  /// `internal compiler error`, `Error` (as), `ERROR: modpost`; kconfig: `FILE:LINE: MESSAGE` in a Kconfig file.
  private init?(compiler line: Substring) {
    let marks = [": internal compiler error: ", ": fatal error: ", ": error: ", ": Error: ", ":error: "]
    let found = marks.compactMap { mark in line.firstRange(of: mark).map { (mark, $0) } }
      .min { $0.1.lowerBound < $1.1.lowerBound }
    guard let (mark, range) = found else {
      guard let kconfig = Self.kconfig(line) else { return nil }
      self = kconfig
      return
    }
    let place = line[..<range.lowerBound].split(separator: ":", omittingEmptySubsequences: false)
    guard let file = place.first, !file.isEmpty, !file.contains(where: { $0.isWhitespace || $0 == "|" }) else {
      return nil
    }
    var message = line[range.upperBound...]
    // What only sums up, or says that there is more.
    if message.hasSuffix("warnings being treated as errors") || message.hasPrefix("too many errors")
      || message.hasPrefix("ld returned ") || message.hasPrefix("linker command failed ")
    {
      return nil
    }
    // `..., at tree.c:123`: a line of the compiler's own source.
    if mark.contains("internal"), let at = message.firstRange(of: ", at ") { message = message[..<at.lowerBound] }
    let word = mark.contains("internal") ? "internal compiler error" : "error"
    // The compiler's own temporary file, named by chance; the target tells which one it was.
    let isTemporary = file.hasSuffix(".s") && file.contains("/cc")
    self.init(kind: .compiler, file: isTemporary ? "as" : String(file), message: "\(word): \(message)")
  }

  private static func kconfig(_ line: Substring) -> BuildError? {
    let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].contains("Kconfig"), !parts[0].contains(" "), Int(parts[1]) != nil,
      !parts[2].contains("warning:")
    else { return nil }
    return BuildError(
      kind: .compiler, file: String(parts[0]), message: parts[2].drop { $0 == " " }.description)
  }

  /// ld: `ld: a.o: in function `f': a.c:(.text+0x1): undefined reference to `g'`; ld.lld: `undefined symbol: g`.
  private static func linker(_ line: Substring) -> BuildError? {
    for words in ["undefined reference to ", "multiple definition of ", "undefined symbol: ", "duplicate symbol: "] {
      guard let range = line.firstRange(of: words) else { continue }
      let symbol = line[range.upperBound...].prefix { !"; ".contains($0) }.filter { !"`'".contains($0) }
      return BuildError(kind: .linker, file: "ld", message: "\(words)'\(symbol)'".replacing(": '", with: " '"))
    }
    let word = line.prefix { $0 != ":" }
    guard word == "ld" || word.hasSuffix("/ld") || word.hasSuffix("ld.bfd") || word.hasSuffix("ld.lld"),
      line.count > word.count + 2, !line.contains("warning: "), !line.contains(": in function ")
    else { return nil }
    return BuildError(kind: .linker, file: "ld", message: String(line.dropFirst(word.count + 2)))
  }

  /// make: `FILE:LINE: *** MESSAGE.  Stop.`, `*** No rule to make target 'a', needed by 'b'.  Stop.`,
  /// `*** [FILE:LINE: TARGET] Error 1`.
  private init?(make line: Substring) {
    guard let mark = line.firstRange(of: "*** ") else { return nil }
    var message = line[mark.upperBound...]
    if let stop = message.firstRange(of: "  Stop.") { message = message[..<stop.lowerBound] }
    if message.hasSuffix(".") { message = message.dropLast() }
    guard message.hasPrefix("[") else {
      if message.hasPrefix("Waiting for unfinished") || message.hasPrefix("Deleting file") { return nil }
      let place = line[..<mark.lowerBound].split(separator: ":")
      let file = place.count > 1 && Int(place[1]) != nil ? String(place[0]) : "make"
      self.init(kind: .make, file: file, message: String(message))
      return
    }
    guard let end = message.lastIndex(of: "]") else { return nil }
    let inside = message[message.index(after: message.startIndex)..<end]
    let target = String(inside.split(separator: ": ").last ?? inside)
    self.init(kind: .target, file: "make", message: "\(target) fails")
    self.target = target
    // `make[4]: ***`; the first make has no number.
    depth = Int(line.drop { $0 != "[" }.dropFirst().prefix { $0.isNumber }) ?? 0
  }

  /// Counters of the compiler's, offsets and addresses change with every edit above them.
  static func masked(_ text: String) -> String {
    var result = ""
    var rest = text.replacing("\u{2018}", with: "'").replacing("\u{2019}", with: "'")[...]
    while let character = rest.first {
      if let counter = ["__compiletime_assert_", ".constprop.", ".isra.", ".part.", "+0x", " 0x"]
        .first(where: { rest.hasPrefix($0) })
      {
        result += counter + "N"
        rest = rest.dropFirst(counter.count).drop { counter.hasSuffix("0x") ? $0.isHexDigit : $0.isNumber }
      } else if rest.hasPrefix("__UNIQUE_ID_") {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        result += name.reversed().drop { $0.isNumber }.reversed() + "N"
        rest = rest.dropFirst(name.count)
      } else {
        result.append(character)
        rest.removeFirst()
      }
    }
    return result
  }
}
