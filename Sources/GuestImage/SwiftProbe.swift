import Foundation
import HostSystem

/// A probe in one Swift file, made ready to be linked like one in C.
///
/// Embedded Swift cannot put a text into a section by itself, so the heading is C in a comment; a few lines of C carry
/// it and call the Swift function.
struct SwiftProbe {
  let source: URL
  private let heading: String

  /// Reads the file and finds its heading: `/// PROBE("id", "summary", ATTRIBUTES...)`, in one or more lines.
  init(_ source: URL) throws(Failure) {
    guard let text = try? String(contentsOf: source, encoding: .utf8) else {
      throw Failure(.badInput, "\(source.path) cannot be read", remedy: "check the path of the probe")
    }
    self.source = source
    guard let heading = Self.heading(in: text) else {
      throw Failure(
        .badInput, "\(source.lastPathComponent) has no heading",
        remedy: "above 'func probe() throws(Ending)' write /// PROBE(\"id\", \"summary\") as in C")
    }
    self.heading = heading
  }

  /// The heading's text, or nil when there is none or it has no end.
  static func heading(in text: String) -> String? {
    var heading = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("///") else {
        if heading.isEmpty { continue }
        return nil
      }
      let words = line.dropFirst(3).drop { $0 == " " }
      if heading.isEmpty && !words.hasPrefix("PROBE(") { continue }
      heading += (heading.isEmpty ? "" : " ") + words
      if isClosed(heading) { return heading }
    }
    return nil
  }

  /// Whether every parenthesis outside of string literals is closed.
  private static func isClosed(_ text: String) -> Bool {
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

  /// Compiles it; the object and the C file to link with it, both in the folder.
  func compile(_ kit: Kit, in folder: URL) async throws -> [URL] {
    let swift = try Tool("swiftc", remedy: "install Swift 6.3 from swift.org, or write the probe in C")
    let object = folder.appending(path: "probe.o")
    let result = try await swift.run(
      Self.options + [
        "-sdk", kit.folder.path, "-Xcc", "-isystem", "-Xcc", kit.headers.path, "-Xcc", "-isystem", "-Xcc",
        kit.libcHeaders.path, "-import-objc-header", kit.headers.appending(path: "firstbad/swift.h").path,
        source.path, kit.headers.appending(path: "firstbad/Probe.swift").path, "-o", object.path,
      ], environment: ["TMPDIR": folder.path], limit: .seconds(300))
    guard result.status == 0 else {
      throw Failure(
        .doesNotCompile, "\(source.lastPathComponent) does not compile:\n\(result.errors)",
        remedy: Self.lesson(result.errors))
    }
    let carrier = folder.appending(path: "heading.c")
    let text = """
      #include <firstbad/probe.h>
      void fb_swift_run(void);
      #line 1 "\(source.lastPathComponent)"
      \(heading) { fb_swift_run(); SKIP("the Swift function came back"); }

      """
    try Places.write(Data(text.utf8), to: carrier)
    return [carrier, object]
  }

  /// As the guest library itself is compiled.
  private static let options = [
    "-target", "x86_64-unknown-linux-gnu", "-enable-experimental-feature", "Embedded", "-wmo", "-Osize",
    "-parse-as-library", "-module-name", "probe", "-Xfrontend", "-function-sections", "-Xcc", "-nostdinc", "-Xcc",
    "-D_GNU_SOURCE=", "-c",
  ]

  private static func lesson(_ errors: String) -> String? {
    let table = [
      (
        "untyped throws is not available in Embedded Swift", "say throws(Ending): Embedded Swift 6.3 has no 'any Error'"
      ),
      ("cannot use a value of protocol type", "Embedded Swift 6.3 has no 'any': say throws(Ending), and generics"),
      ("cannot find 'probe' in scope", "the probe's function is called 'func probe() throws(Ending)'"),
      ("errors thrown from here are not handled", "the probe's function is called 'func probe() throws(Ending)'"),
      ("firstbad/swift.h", "run 'make guest' again: the kit has lost its headers"),
    ]
    return table.first { errors.contains($0.0) }?.1
  }
}
