/// What a kernel's title says of its place among others: `6.1.0-54-cloud-amd64 (6.1.190-1)`.
struct KernelTitle: Comparable {
  /// What it is built for: `cloud-amd64`, `generic`, `debug`. Nothing where its release has no such word.
  let flavour: String
  private let text: String
  private let release: [Piece]
  private let version: [Piece]

  /// In the order of what they mean for a version: of two that begin alike a candidate is earlier than what ends there.
  private enum Piece: Comparable {
    case candidate
    case end
    case word(String)
    case number(Int)
  }

  init(_ title: String) {
    text = title
    let parts = title.split(separator: " ", maxSplits: 1)
    let release = parts.first ?? ""
    version = parts.count > 1 ? Self.pieces(of: parts[1]) : []
    // The numbers, the flavour, and what a git tree adds of its own; Fedora has the flavour behind a plus.
    let pattern =
      #/
      (?<numbers>[0-9][^\-]*(-([0-9][^\-]*|rc[0-9]+|g[0-9a-f]{7,}|dirty))*)
      (-(?<flavour>[A-Za-z].*?))? (?<commit>-[0-9]+-g[0-9a-f]{7,})? (-dirty)? \+?
      /#
    guard let match = release.wholeMatch(of: pattern) else {
      (flavour, self.release) = ("", Self.pieces(of: release))
      return
    }
    var numbers = match.numbers
    var flavour = match.flavour.map(String.init) ?? ""
    if flavour.isEmpty, let plus = numbers.lastIndex(of: "+") {
      let word = numbers[numbers.index(after: plus)...]
      if !word.isEmpty, word.allSatisfy({ $0.isASCII && $0.isLetter || $0 == "-" }) {
        (numbers, flavour) = (numbers[..<plus], String(word))
      }
    }
    self.flavour = flavour
    self.release = Self.pieces(of: numbers) + Self.pieces(of: match.commit ?? "")
  }

  private static func pieces(of text: Substring) -> [Piece] {
    text.matches(of: /[0-9]+|[A-Za-z]+|~/).map { match in
      let piece = match.output
      if piece == "~" || piece == "rc" { return .candidate }
      return piece.first?.isNumber == true ? .number(Int(piece) ?? .max) : .word(String(piece))
    }
  }

  private static func isOlder(_ one: [Piece], _ other: [Piece]) -> Bool? {
    for place in 0..<max(one.count, other.count) {
      let (mine, others) = (place < one.count ? one[place] : .end, place < other.count ? other[place] : .end)
      if mine != others { return mine < others }
    }
    return nil
  }

  /// By the numbers of the release, and then by those of the distribution's version.
  static func < (left: Self, right: Self) -> Bool {
    isOlder(left.release, right.release) ?? isOlder(left.version, right.version) ?? (left.text < right.text)
  }
}
