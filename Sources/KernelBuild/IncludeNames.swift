import HostSystem

/// What an `#include` of a source may mean, as far as names decide: two sources of which this is the same resolve each
/// include alike, as long as what it led to in one is there in the other, unchanged.
///
/// By it ccache may go by what a compiler read the last time (direct mode). That list has no file that was not there: a
/// header that lies in a folder which is searched earlier, or one that a source asks for with `__has_include`. Here it counts.
public struct IncludeNames: Sendable, Equatable {
  /// An entry of a tree, as git lists it.
  public struct File: Sendable, Equatable {
    /// As git writes it: 100644, 120000 for a symbolic link ...
    public let mode: String
    /// Name of the content.
    public let id: String
    /// From the top of the tree.
    public let path: String

    /// All fields.
    public init(mode: String, id: String, path: String) {
      self.mode = mode
      self.id = id
      self.path = path
    }
  }

  /// Lines of makefiles that may bring a header or a source into being, or not any more. An extended regular expression.
  public static let makefileLines = #"\.[chS]([^[:alnum:]_]|$)"#

  /// SHA-256 of all that counts.
  public let digest: String

  /// Of the files of a tree, in git's order, and the lines of its makefiles that ``makefileLines`` matches.
  public init(files: [File], makefileLines: String) {
    let names = files.map { $0.path.split(separator: "/").last ?? "" }
    var count: [Substring: Int] = [:]
    for (file, name) in zip(files, names) where Self.canBeMeant(file.path, name) { count[name, default: 0] += 1 }
    var digest = Digest()
    digest.add(field: "include names 1")
    digest.add(field: makefileLines)
    for (file, name) in zip(files, names) where Self.canBeMeant(file.path, name) {
      // Where a link leads, and to which commit, decides what lies behind it.
      guard file.mode.hasPrefix("100") else {
        digest.add(field: "\(file.mode) \(file.id) \(file.path)")
        continue
      }
      // Nobody asks whether a source is there, and one takes another one's place only where they are called the same: most
      // commits that bring files bring drivers.
      if Self.isSource(name), count[name] == 1 { continue }
      digest.add(field: file.path)
    }
    self.digest = digest.hexadecimal()
  }

  /// For a trial of what is done with it.
  init(named name: String) { digest = name }

  private static func isSource(_ name: Substring) -> Bool { name.hasSuffix(".c") || name.hasSuffix(".S") }

  /// Files of the build itself, and texts that no compiler reads.
  private static let neverIncluded = [".rst", ".yaml", ".json", ".dts", ".rs", ".py", ".sh"]

  /// Whether an include may lead there: not into documents, and not into what belongs to other architectures.
  private static func canBeMeant(_ path: String, _ name: Substring) -> Bool {
    if path.hasPrefix("Documentation/") { return false }
    if path.hasPrefix("arch/"), path.dropFirst("arch/".count).contains("/"),
      !path.hasPrefix("arch/\(Kbuild.architecture)/")
    {
      return false
    }
    if name.hasSuffix(".h") || isSource(name) { return true }
    if ["Makefile", "Kconfig", "Kbuild"].contains(where: name.hasPrefix) { return false }
    return !neverIncluded.contains(where: name.hasSuffix)
  }
}
