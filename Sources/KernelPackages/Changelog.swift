import Foundation
import HostSystem

/// What the changelog of a kernel package says.
public struct Changelog: Sendable, Equatable {
  /// One version with its lines.
  public struct Entry: Sendable, Equatable {
    /// The package's version.
    public let version: String
    /// What was done, a line each, without the marks before it.
    public let lines: [String]

    /// Both.
    public init(version: String, lines: [String]) {
      self.version = version
      self.lines = lines
    }
  }

  /// The entries, as they stand: the newest first.
  public let entries: [Entry]

  /// Reads the changelog of an unpacked package: Debian's, compressed, or the one written down from an RPM's header. Nil
  /// when it has none.
  public init?(of kernel: FetchedKernel) async throws {
    let folder = kernel.home.appending(path: "usr/share/doc/\(kernel.package.name)").path
    let names = ["changelog.Debian.gz", "changelog.gz", "changelog.Debian", "changelog.rpm"]
    guard let name = names.first(where: { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }) else {
      return nil
    }
    let path = "\(folder)/\(name)"
    let text: String
    if name.hasSuffix(".gz") {
      text = try await Tool("gzip", remedy: "install it: apt-get install gzip").succeed(["-dc", path]).output
    } else {
      text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
    self.init(parsing: text, scheme: kernel.package.scheme)
  }

  /// Reads the text: deb-changelog(5), or `* DATE AUTHOR - VERSION` with lines that begin with a hyphen.
  public init(parsing text: String, scheme: PackageVersion.Scheme) {
    var entries: [Entry] = []
    var version: String?
    var lines: [String] = []
    func close() {
      if let version { entries.append(Entry(version: version, lines: lines)) }
      lines = []
    }
    for line in text.split(separator: "\n") {
      if let found = scheme == .debian ? Self.debianHead(line) : Self.rpmHead(line) {
        close()
        version = found
        continue
      }
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if trimmed.isEmpty || trimmed.hasPrefix("-- ") { continue }
      if let first = trimmed.first, "*-+".contains(first), trimmed.dropFirst().first == " " {
        lines.append(trimmed.dropFirst(2).trimmingCharacters(in: .whitespaces))
      } else if !trimmed.hasPrefix("[ "), !lines.isEmpty {
        // A long line goes on in the next one.
        lines[lines.count - 1] += " \(trimmed)"
      }
    }
    close()
    self.entries = entries
  }

  /// `linux (6.1.190-1) bookworm-security; urgency=high`
  private static func debianHead(_ line: Substring) -> String? {
    guard let first = line.first, !first.isWhitespace, line.contains(";"), let open = line.firstRange(of: " ("),
      let shut = line[open.upperBound...].firstIndex(of: ")")
    else { return nil }
    return String(line[open.upperBound..<shut])
  }

  /// `* Fri Sep 01 2023 Somebody <mail> - 6.4.14-200` or `[6.4.14-200]`
  private static func rpmHead(_ line: Substring) -> String? {
    guard line.hasPrefix("* ") else { return nil }
    let last = line.split(separator: " ").last.map { $0.filter { $0 != "[" && $0 != "]" } } ?? ""
    return last.first?.isNumber == true ? last : line.trimmingCharacters(in: .whitespaces)
  }

  /// What came after a version, the newest first. Only the order of the entries is relied on, not the first one's
  /// version: Debian's signed kernels say 6.1.190+1 there where the package is 6.1.190-1.
  public func after(_ version: PackageVersion) -> [Entry] {
    Array(entries.prefix { version < PackageVersion($0.version, version.scheme) })
  }
}

extension Changelog.Entry {
  /// Its lines in which one of the words stands by itself, most words first; a word of a probe's id is a subsystem or
  /// the name of what the probe is about.
  public func lines(about words: [String]) -> [String] {
    let wanted = Set(words.map { $0.lowercased() })
    let scored = lines.enumerated().compactMap { place, line -> (score: Int, place: Int, line: String)? in
      let parts = Set(line.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
      let score = wanted.intersection(parts).count
      return score > 0 ? (score, place, line) : nil
    }
    return scored.sorted { ($1.score, $0.place) < ($0.score, $1.place) }.map(\.line)
  }
}
