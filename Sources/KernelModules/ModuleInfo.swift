import HostSystem

/// What a module says of itself: the texts of its section `.modinfo`, as MODULE_INFO and modpost leave them.
public struct ModuleInfo: Sendable, Equatable {
  /// Its name, in the kernel's spelling.
  public var name: String
  /// The modules whose symbols it uses, in the kernel's spelling.
  public var dependencies: [String] = []
  /// Names or aliases of what should be loaded before it, if it can be.
  public var before: [String] = []
  /// Names or aliases of what should be loaded after it, if it can be.
  public var after: [String] = []
  /// Other names that it answers to.
  public var aliases: [String] = []

  /// A module of this name that says nothing.
  public init(name: String) { self.name = Self.spelling(name) }

  /// The kernel's own spelling of a module's name; files and users may write hyphens.
  public static func spelling(_ name: some StringProtocol) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  /// The name that a file's name gives, or nil when it is no module's: `nf-tables.ko.xz` is `nf_tables`.
  public static func name(ofFile file: String) -> String? {
    var stem = file.split(separator: "/").last.map(String.init) ?? ""
    for ending in compressions.keys where stem.hasSuffix(ending) { stem.removeLast(ending.count) }
    guard stem.hasSuffix(".ko"), stem.count > 3 else { return nil }
    return spelling(stem.dropLast(3))
  }

  /// Which program unpacks a module with this ending (CONFIG_MODULE_COMPRESS).
  static let compressions = [".xz": "xz", ".zst": "zstd", ".gz": "gzip"]

  /// Reads an unpacked module; nil when it is none.
  public init?(module: [UInt8], file: String) {
    guard let section = ELFFile(bytes: module).section(named: ".modinfo") else { return nil }
    self.init(name: Self.name(ofFile: file) ?? "")
    for text in section.split(separator: 0) {
      let pair = text.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { take(String(decoding: pair[0], as: UTF8.self), String(decoding: pair[1], as: UTF8.self)) }
    }
    if name.isEmpty { return nil }
  }

  private mutating func take(_ key: String, _ value: String) {
    switch key {
    case "name": name = Self.spelling(value)
    case "depends": dependencies = value.split(separator: ",").map { Self.spelling($0) }
    case "alias": aliases.append(value)
    case "softdep": soft(value)
    default: break
    }
  }

  /// `pre: a b post: c`; modprobe passes over words that stand before either.
  private mutating func soft(_ value: String) {
    var isBefore: Bool?
    for word in value.split(whereSeparator: \.isWhitespace) {
      switch (word, isBefore) {
      case ("pre:", _): isBefore = true
      case ("post:", _): isBefore = false
      case (_, true?): before.append(String(word))
      case (_, false?): after.append(String(word))
      case (_, nil): break
      }
    }
  }
}
