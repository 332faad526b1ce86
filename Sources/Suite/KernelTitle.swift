import HostSystem

/// What a kernel's title says of its place among others: `6.1.0-54-cloud-amd64 (6.1.190-1)`.
struct KernelTitle: Comparable {
  /// What it is built for: `cloud-amd64`, `generic`, `debug`. Nothing where its release has no such word.
  let flavour: String
  private let text: String
  private let release: KernelRelease
  private let version: KernelRelease

  init(_ title: String) {
    text = title
    let parts = title.split(separator: " ", maxSplits: 1)
    let release = parts.first ?? ""
    version = KernelRelease(parts.count > 1 ? parts[1].filter { $0 != "(" && $0 != ")" } : "")
    // The numbers, the flavour, and what a git tree adds of its own; Fedora has the flavour behind a plus.
    let pattern =
      #/
      (?<numbers>[0-9][^\-]*(-([0-9][^\-]*|rc[0-9]+|g[0-9a-f]{7,}|dirty))*)
      (-(?<flavour>[A-Za-z].*?))? (?<commit>-[0-9]+-g[0-9a-f]{7,})? (-dirty)? \+?
      /#
    guard let match = release.wholeMatch(of: pattern) else {
      (flavour, self.release) = ("", KernelRelease(release))
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
    self.release = KernelRelease(numbers + (match.commit ?? ""))
  }

  /// By the numbers of the release, and then by those of the distribution's version.
  static func < (left: Self, right: Self) -> Bool {
    if left.release != right.release { return left.release < right.release }
    return left.version != right.version ? left.version < right.version : left.text < right.text
  }
}
