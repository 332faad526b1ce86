import HostSystem

/// The headings of a Swift file, which are C in its comments, and what each stands above.
///
///     /// #include <sys/fanotify.h>
///
///     /// PROBE("id", "summary", ATTRIBUTES...)
///     func probe() throws(Ending) {
struct SwiftHeadings: Equatable {
  /// A heading, in one line however many it has in the file.
  struct Heading: Equatable {
    let text: String
    /// Where it begins, from 1 on.
    let line: Int
    let function: String
  }

  /// Why a file's headings cannot be read: what is wrong, and what to do.
  struct Malformed: Error, Equatable {
    /// Nil: it is of the file.
    let line: Int?
    let message: String
    let remedy: String
  }

  private(set) var headings: [Heading] = []
  /// Headers that the file wants besides those of swift.h, as C has it: `<sys/fanotify.h>`.
  private(set) var headers: [String] = []

  init(in text: String) throws(Malformed) {
    var open: (text: String, line: Int, isClosed: Bool)?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let comment = line.wholeMatch(of: /\s*\/\/\/+\s*(.*)/)?.1 {
        let words = comment.replacing(/^PROBE\s*\(/, with: "PROBE(")
        if let header = words.wholeMatch(of: /#\s*include\s*([<"][^>"]+[>"])\s*/)?.1 { headers.append(String(header)) }
        if let heading = open, !heading.isClosed {
          open = (heading.text + " " + words, heading.line, Self.isClosed(heading.text + " " + words))
        } else if words.hasPrefix("PROBE(") {
          guard open == nil else { throw Self.alone(open?.line ?? 0) }
          open = (String(words), index + 1, Self.isClosed(words))
        }
      } else if line.contains(/^\s*\/?\*+\s*PROBE\s*\(/) {
        throw Malformed(line: index + 1, message: "a heading in a comment of /* */", remedy: "write it in lines of ///")
      } else if let heading = open {
        guard heading.isClosed else {
          throw Malformed(
            line: heading.line, message: "the heading has no end",
            remedy: "close its last parenthesis, in a comment of ///")
        }
        // Attributes and an empty line may stand between.
        if line.contains(/^\s*(@\w+(\([^)]*\))?\s*)*$/) { continue }
        let function = /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)*func\s+(\w+)\s*\(\s*\)/
        guard let name = line.firstMatch(of: function)?.1 else { throw Self.alone(heading.line) }
        headings.append(Heading(text: heading.text, line: heading.line, function: String(name)))
        open = nil
      }
    }
    if let open { throw Self.alone(open.line) }
    guard !headings.isEmpty else {
      throw Malformed(
        line: nil, message: "has no heading",
        remedy: "above 'func probe() throws(Ending)' write /// PROBE(\"id\", \"summary\") as in C")
    }
  }

  private static func alone(_ line: Int) -> Malformed {
    Malformed(
      line: line, message: "this heading stands above no function",
      remedy: "let 'func NAME() throws(Ending) {' follow it, without arguments")
  }

  /// Whether every parenthesis outside of string literals is closed.
  private static func isClosed(_ text: some StringProtocol) -> Bool {
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if isEscaped {
        isEscaped = false
      } else if isQuoted {
        if character == "\\" { isEscaped = true }
        if character == "\"" { isQuoted = false }
      } else {
        if character == "\"" { isQuoted = true }
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
      }
    }
    return depth == 0 && !isQuoted
  }
}
