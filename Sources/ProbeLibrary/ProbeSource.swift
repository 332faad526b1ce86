public import Foundation
public import HostSystem
public import VerdictStream

/// The file that a probe comes from, and what it says of the probe's history.
public struct ProbeSource: Sendable, Equatable {
  /// The C file.
  public let file: URL
  /// The paragraphs of the comment at the top of the file, each in one line.
  public let history: [String]

  /// Reads a file.
  public init(file: URL) throws(Failure) {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw Failure(.badInput, "\(file.path) cannot be read", remedy: "check the path of the probe")
    }
    self.file = file
    history = Self.paragraphs(ofCommentAtTopOf: text)
  }

  /// The file of the kit that defines this probe, or nil. An id is a string literal, so its text can be found.
  public static func shipped(_ id: Text, in kit: Kit) throws(Failure) -> ProbeSource? {
    let heading = "PROBE(\"\(id)\""
    let file = kit.sources().first { (try? String(contentsOf: $0, encoding: .utf8))?.contains(heading) ?? false }
    guard let file else { return nil }
    return try ProbeSource(file: file)
  }

  /// Whether a paragraph names where the claims come from.
  public static func isSource(_ paragraph: String) -> Bool { paragraph.hasPrefix("Source: ") }

  /// A file without such a comment has no paragraphs.
  static func paragraphs(ofCommentAtTopOf text: String) -> [String] {
    guard text.hasPrefix("/*"), let end = text.firstRange(of: "*/") else { return [] }
    var paragraphs: [String] = []
    var open: [Substring] = []
    for line in text[text.index(text.startIndex, offsetBy: 2)..<end.lowerBound].split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      let words = line.drop { $0 == " " || $0 == "*" || $0 == "\t" }
      if words.isEmpty {
        if !open.isEmpty { paragraphs.append(open.joined(separator: " ")) }
        open = []
      } else {
        open.append(words)
      }
    }
    if !open.isEmpty { paragraphs.append(open.joined(separator: " ")) }
    return paragraphs
  }
}
