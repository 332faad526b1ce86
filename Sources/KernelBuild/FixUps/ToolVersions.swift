/// A version as tools write it: `12.2.0`, `2.40`. What follows the numbers is not looked at.
public struct ToolVersion: Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
  private let numbers: [Int]

  /// The numbers at the beginning of a word; nil when there are none.
  public init?(_ word: some StringProtocol) {
    let text = word.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    numbers = text.split(separator: ".").compactMap { Int($0) }
    if numbers.isEmpty { return nil }
  }

  /// A version in the table.
  public init(stringLiteral text: String) { numbers = text.split(separator: ".").compactMap { Int($0) } }

  /// In what `--version` says first: the first word that begins with a digit, outside of round brackets, where
  /// distributions put their own version.
  init?(line: String) {
    var depth = 0
    let plain = line.filter { character in
      if character == "(" { depth += 1 }
      defer { if character == ")" { depth -= 1 } }
      return depth == 0
    }
    guard let word = plain.split(separator: " ").first(where: { $0.first?.isNumber == true }) else { return nil }
    self.init(word)
  }

  /// The first number.
  public var major: Int { numbers.first ?? 0 }

  /// By the numbers from the left; a missing one is 0.
  public static func < (left: ToolVersion, right: ToolVersion) -> Bool {
    let count = max(left.numbers.count, right.numbers.count)
    func padded(_ numbers: [Int]) -> [Int] { numbers + Array(repeating: 0, count: count - numbers.count) }
    return padded(left.numbers).lexicographicallyPrecedes(padded(right.numbers))
  }

  /// 2.40 is 2.40.0.
  public static func == (left: ToolVersion, right: ToolVersion) -> Bool { !(left < right) && !(right < left) }

  /// `12.2.0`.
  public var description: String { numbers.map(String.init).joined(separator: ".") }
}

/// A tool that brings troubles with old trees.
public enum BuildProgram: String, Sendable, CaseIterable {
  /// The kernel's compiler, when it is this one.
  case gcc, clang
  /// The clang that comes with Swift. It is of Apple's branch of LLVM, which has other defaults; what holds of clang holds
  /// of it, too.
  case swiftClang = "Swift's clang"
  /// GNU's linker and assembler.
  case binutils
  /// The compiler of the build's own programs.
  case hostGCC = "host gcc"
  case make
}

/// Versions of one tool.
public struct ToolRange: Sendable, Equatable {
  /// Which.
  public let program: BuildProgram
  /// From this one on; nil for any.
  public let from: ToolVersion?
  /// Up to and without this one; nil for any.
  public let below: ToolVersion?

  /// A range.
  public init(_ program: BuildProgram, from: ToolVersion? = nil, below: ToolVersion? = nil) {
    self.program = program
    self.from = from
    self.below = below
  }

  /// Whether the tools have one of it.
  func holds(_ versions: [BuildProgram: ToolVersion]) -> Bool {
    guard let version = versions[program] else { return false }
    return (from.map { $0 <= version } ?? true) && (below.map { version < $0 } ?? true)
  }

  /// `gcc 10 and later`.
  public var text: String {
    switch (from, below) {
    case (nil, nil): program.rawValue
    case (let from?, nil): "\(program.rawValue) \(from) and later"
    case (nil, let below?): "\(program.rawValue) before \(below)"
    case (let from?, let below?): "\(program.rawValue) \(from) and later, before \(below)"
    }
  }
}

extension ToolChain {
  /// What its programs say of themselves.
  public var versions: [BuildProgram: ToolVersion] {
    var versions: [BuildProgram: ToolVersion] = [:]
    versions[compilerVersion.contains("clang") ? .clang : .gcc] = ToolVersion(line: compilerVersion)
    if compilerVersion.contains("swiftlang/llvm-project") { versions[.swiftClang] = versions[.clang] }
    if linkerVersion.hasPrefix("GNU") { versions[.binutils] = ToolVersion(line: linkerVersion) }
    if !hostCompilerVersion.contains("clang") { versions[.hostGCC] = ToolVersion(line: hostCompilerVersion) }
    versions[.make] = ToolVersion(line: makeVersion)
    return versions
  }
}
