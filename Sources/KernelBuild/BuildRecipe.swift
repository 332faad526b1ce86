import Foundation
public import HostSystem

/// How the kernels of one session are configured: from the same base, with the same symbols, whatever the commit.
///
/// Nothing is carried from one commit's configuration into the next: an option that a commit drops would be lost
/// for all that follow, and a bisect would find the commit that dropped it.
public struct BuildRecipe: Sendable, Codable, Equatable {
  /// What the configuration starts from.
  public var base: Base
  /// Symbols that the probes declare, `CONFIG_INET`; each must be built in.
  public var probeSymbols: [String]
  /// What the user asks for. It wins over the probes and over what the guest needs.
  public var userSymbols: [Assignment]
  /// What is taken where the tree offers it, and whose lack is not spoken of. It wins over what the guest would like.
  public var wishes: [Assignment]

  /// What fix-ups ask for. The weakest word of all, and not missed where it does not take.
  var fixUpSymbols: [Assignment] = []

  /// All four.
  public init(
    base: Base = .tiny, probeSymbols: [String] = [], userSymbols: [Assignment] = [], wishes: [Assignment] = []
  ) {
    self.base = base
    self.probeSymbols = probeSymbols
    self.userSymbols = userSymbols
    self.wishes = wishes
  }

  /// What a configuration starts from.
  public enum Base: Sendable, Codable, Equatable {
    /// `make allnoconfig`: everything off that may be off.
    case tiny
    /// `make defconfig`. The tree's own defaults, so they may change within a range of commits.
    case defconfig
    /// The text of a configuration.
    case file(contents: String)
    /// The text of a configuration that is taken as it is: nothing that the guest needs is put into it.
    case exact(contents: String)

    /// The value of `--base`: `tiny`, `defconfig` or the path of a configuration.
    public init(argument: String) throws(Failure) {
      switch argument {
      case "tiny": self = .tiny
      case "defconfig": self = .defconfig
      default: self = .file(contents: try Self.read(argument))
      }
    }

    private static func read(_ path: String) throws(Failure) -> String {
      let text = try ConfigText.read(
        path, as: "base", remedy: "give 'tiny', 'defconfig' or the path of a kernel configuration (.config)")
      let faulty = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().first {
        !$0.element.allSatisfy(\.isWhitespace) && !$0.element.hasPrefix("#") && ConfigText.pair(in: $0.element) == nil
      }
      let remedy = "a configuration has lines such as CONFIG_NET=y; take the .config of a build, or /boot/config-*"
      if let faulty {
        throw Failure(
          .badInput, "the base \(path) is no kernel configuration: line \(faulty.offset + 1) is not CONFIG_...=...",
          remedy: remedy)
      }
      guard !ConfigText(text).symbols.isEmpty else {
        throw Failure(.badInput, "the base \(path) is no kernel configuration: it sets no symbol", remedy: remedy)
      }
      return text
    }
  }

  /// One symbol and the value asked for.
  public struct Assignment: Sendable, Codable, Equatable {
    /// The symbol with its prefix, `CONFIG_NET`.
    public let symbol: String
    /// The value as a `.config` spells it, and `n` for a symbol that is not to be set.
    public let value: String

    /// A symbol with or without its prefix, and a value in the spelling of a `.config`.
    public init(_ symbol: String, _ value: String) {
      self.symbol = symbol.hasPrefix("CONFIG_") ? symbol : "CONFIG_\(symbol)"
      self.value = value
    }

    /// `CONFIG_X=y`, or `X=y`; the value is y, n, m, a number or a text in double quotes.
    public init(argument: String) throws(Failure) {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw Failure(
          .usage, "'\(argument)' sets no value", remedy: "write CONFIG_X=y, with y, n, m, a number or \"text\"")
      }
      let name = parts[0].hasPrefix("CONFIG_") ? parts[0].dropFirst(7) : parts[0]
      guard !name.isEmpty, name.utf8.allSatisfy(ConfigText.isSymbolByte) else {
        throw Failure(
          .usage, "'\(parts[0])' is no configuration symbol", remedy: "write it as Kconfig does, such as CONFIG_NET=y")
      }
      guard ConfigText.isValue(parts[1]) else {
        throw Failure(
          .usage, "'\(parts[1])' is no value of CONFIG_\(name)",
          remedy: "use y, n, m, a number, or a text in double quotes: 'CONFIG_\(name)=\"text\"'")
      }
      self.init(String(name), String(parts[1]))
    }

    /// The values of all `--config`: assignments, and `@FILE` for files of them with comments as in a `.config`.
    public static func list(_ arguments: [String]) throws(Failure) -> [Assignment] {
      var list: [Assignment] = []
      for argument in arguments {
        guard argument.hasPrefix("@") else {
          list.append(try Assignment(argument: argument))
          continue
        }
        let path = String(argument.dropFirst())
        let text = try ConfigText.read(path, as: "file of symbols", remedy: "check the path after the @")
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
          let line = line.trimmingCharacters(in: .whitespaces)
          if let unset = ConfigText.unset(in: line[...]) {
            list.append(Assignment(String(unset), "n"))
          } else if !line.isEmpty, !line.hasPrefix("#") {
            do throws(Failure) {
              list.append(try Assignment(argument: line))
            } catch {
              throw Failure(.usage, "\(path), line \(number + 1): \(error.message)", remedy: error.remedy)
            }
          }
        }
      }
      return list
    }

    /// For a person: `CONFIG_X=y`, and `CONFIG_X=n` where it is not set.
    public var text: String { "\(symbol)=\(value)" }

    /// The line for kconfig.
    var line: String { value == "n" ? "# \(symbol) is not set" : "\(symbol)=\(value)" }
  }

  /// SHA-256 of all that decides the configuration and what make is told. A part of an image's key in the store:
  /// with the same tree and the same tool chain the same digest gives the same kernel.
  public var digest: String {
    let start =
      switch base {
      case .tiny: "tiny"
      case .defconfig: "defconfig"
      case .file(let contents): "file\n\(contents)"
      case .exact(let contents): "exact\n\(contents)"
      }
    return Digest.sha256(ofFields: ["recipe 1", start, fragment()] + Kbuild.pins.map { "\($0.name)=\($0.value)" })
  }

  /// The lines handed to kconfig: what the guest needs, then what probes and user ask for, each symbol once.
  public func fragment() -> String { requests().map(\.assignment.line).joined(separator: "\n") + "\n" }

  /// What the fragment asks for and how much it matters. The user's word replaces a probe's, a probe's that of the
  /// table; what is not in the table is sorted, as the order of arguments decides nothing.
  func requests() -> [Request] {
    // With a symbol of a fix-up's an exact configuration would be another one than the one that is asked about.
    let fixes = if case .exact = base { [Assignment]() } else { fixUpSymbols }
    let probe = probeSymbols.map { Request(assignment: Assignment($0, "y"), isRequired: true) }
    let user = userSymbols.map { Request(assignment: $0, isRequired: true) }
    var further: [String: Request] = [:]
    let needed = Set(BootNeed.table.filter { $0.strength == .needed && $0.applies(to: base) }.map(\.assignment.symbol))
    for weak in fixes + wishes where !needed.contains(weak.symbol) {
      further[weak.symbol] = Request(assignment: weak, isRequired: false)
    }
    for request in probe + user { further[request.assignment.symbol] = request }
    let asked = Set(further.values.filter { $0.assignment.value != "n" }.map(\.assignment.symbol))
    var all: [Request] = []
    for need in BootNeed.table where need.applies(to: base) {
      let symbol = need.assignment.symbol
      if let others = BootNeed.alternatives[symbol], further[symbol] == nil, !asked.isDisjoint(with: others) {
        continue
      }
      all.append(
        further.removeValue(forKey: symbol)
          ?? Request(assignment: need.assignment, isRequired: need.strength == .needed))
    }
    return all + further.values.sorted { $0.assignment.symbol < $1.assignment.symbol }
  }

  /// What is required and a configuration has not, the first by name; nil where it has all. What lies between two
  /// configurations that have it need not.
  public func missing(in text: String) -> String? {
    Refusal.missing(of: requests(), in: ConfigText(text)).first?.symbol
  }

  /// Whether kernels may be built without a symbol: nobody asks for it, and neither does the guest contract.
  public func canDisable(_ symbol: String) -> Bool {
    if case .exact = base { return false }
    let isAsked =
      probeSymbols.contains { Assignment($0, "y").symbol == symbol } || userSymbols.contains { $0.symbol == symbol }
    let isOurs = BootNeed.table.contains { $0.assignment.symbol == symbol && $0.applies(to: base) }
    return !isAsked && (!isOurs || BootNeed.yielding.contains(symbol))
  }

  /// The same without these symbols, as if the user had said so.
  public func disabling(_ symbols: [String]) -> BuildRecipe {
    var copy = self
    copy.userSymbols += symbols.map { Assignment($0, "n") }
    return copy
  }

  /// One line of the fragment.
  struct Request: Equatable {
    var assignment: Assignment
    /// Whether a kernel without it is no kernel for us; else it is taken where it is offered.
    var isRequired: Bool
  }
}
