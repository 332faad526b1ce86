import Foundation
import HostSystem

/// The probes of one Swift file, made ready to be linked like those in C.
///
/// Embedded Swift cannot put a text into a section by itself, so a heading is C in a comment; a few lines of C carry
/// it and call the Swift function.
struct SwiftProbe {
  let source: URL
  private let headings: SwiftHeadings

  /// Reads the file and finds its headings.
  init(_ source: URL) throws(Failure) {
    guard let text = try? String(contentsOf: source, encoding: .utf8) else {
      throw Failure(.badInput, "\(source.path) cannot be read", remedy: "check the path of the probe")
    }
    self.source = source
    do throws(SwiftHeadings.Malformed) {
      headings = try SwiftHeadings(in: text)
    } catch {
      let place = source.lastPathComponent + (error.line.map { ":\($0): " } ?? " ")
      throw Failure(.badInput, place + error.message, remedy: error.remedy)
    }
  }

  private var name: String { source.lastPathComponent }

  /// Compiles it; the object and the C file to link with it, both in the folder. The number tells the files of one image apart.
  func compile(_ kit: Kit, in folder: URL, number: Int) async throws -> [URL] {
    let swift = try Tool("swiftc", remedy: "install Swift 6.3 from swift.org, or write the probe in C")
    let file = folder.appending(path: "swift-\(number)")
    let (bridge, glue, carrier, object) = (
      file.appendingPathExtension("h"), file.appendingPathExtension("swift"), file.appendingPathExtension("c"),
      file.appendingPathExtension("o")
    )
    try Places.write(Data(bridgeText.utf8), to: bridge)
    try Places.write(Data(glueText(number).utf8), to: glue)
    try Places.write(Data(carrierText(number).utf8), to: carrier)
    let words = ["Probe", "Calls", "Kit"].map { kit.headers.appending(path: "firstbad/\($0).swift").path }
    let result = try await swift.run(
      Self.options + [
        "-module-name", "probe\(number)", "-sdk", kit.folder.path, "-Xcc", "-isystem", "-Xcc", kit.headers.path, "-Xcc",
        "-isystem", "-Xcc", kit.libcHeaders.path, "-import-objc-header", bridge.path, source.path, glue.path,
      ] + words + ["-o", object.path],
      environment: ["TMPDIR": folder.path], limit: .seconds(300))
    let said = SwiftLesson.essence(of: result.errors)
    guard result.status == 0 else {
      throw Failure(.doesNotCompile, "\(name) does not compile:\n\(said)", remedy: SwiftLesson.of(said))
    }
    try? FileHandle.standardError.write(contentsOf: Data(said.utf8))
    return [carrier, object]
  }

  private var bridgeText: String {
    (["<firstbad/swift.h>"] + headings.headers).map { "#include \($0)\n" }.joined()
  }

  private static func symbol(_ number: Int, _ place: Int) -> String { "fb_swift_run_\(number)_\(place)" }

  /// What C calls.
  private func glueText(_ number: Int) -> String {
    headings.headings.enumerated().map { place, heading in
      let symbol = Self.symbol(number, place)
      return "@c(\(symbol)) public func \(symbol)() { run(\(heading.function)) }\n"
    }.joined()
  }

  /// The headings, as C.
  private func carrierText(_ number: Int) -> String {
    "#include <firstbad/probe.h>\n"
      + headings.headings.enumerated().map { place, heading in
        let symbol = Self.symbol(number, place)
        return """
          void \(symbol)(void);
          #line \(heading.line) "\(source.path)"
          \(heading.text) { \(symbol)(); SKIP("the Swift function came back"); }

          """
      }.joined()
  }

  /// The Unicode tables of Embedded Swift, for comparing texts; of them only what is used gets into an image. None where
  /// Swift is, or has them, elsewhere.
  static func tables() async throws -> [URL] {
    let swift = try Tool("swiftc", remedy: "install Swift 6.3 from swift.org")
    let told = try await swift.succeed(["-print-target-info"]).output
    guard let folder = told.firstMatch(of: /"runtimeResourcePath"\s*:\s*"([^"]+)"/)?.1 else { return [] }
    let file = URL(filePath: "\(folder)/embedded/x86_64-unknown-linux-gnu/libswiftUnicodeDataTables.a")
    return FileManager.default.isReadableFile(atPath: file.path) ? [file] : []
  }

  /// As the guest library itself is compiled.
  private static let options = [
    "-target", "x86_64-unknown-linux-gnu", "-enable-experimental-feature", "Embedded", "-wmo", "-Osize",
    "-parse-as-library", "-Xfrontend", "-function-sections", "-Xcc", "-nostdinc", "-Xcc", "-D_GNU_SOURCE=", "-c",
  ]
}
