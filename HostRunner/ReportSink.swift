import Foundation
import HostSystem
import Reports

/// A report on its way to standard output or into a file, written as the suite goes on.
struct ReportSink {
  private var reporter: any SuiteReporter
  private let file: FileHandle?
  private let path: String

  /// To standard output when no file is named.
  init(_ format: SuiteFormat, to path: String?) throws(Failure) {
    reporter = format.reporter
    self.path = path ?? ""
    guard let path else {
      file = nil
      return
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.cannotWrite(path) }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// `FORMAT=FILE`.
  static func parse(_ word: String) throws(Failure) -> (format: SuiteFormat, path: String?) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let format = SuiteFormat(rawValue: parts[0]) else {
      let names = SuiteFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(.usage, "--report \(word): say FORMAT=FILE", remedy: "a format is one of \(names)")
    }
    return (format, parts[1])
  }

  /// Writes what the reporter says.
  mutating func write(_ say: (inout any SuiteReporter) -> String) throws(Failure) {
    let text = say(&reporter)
    if text.isEmpty { return }
    guard let file else {
      // The terminal puts the last newline.
      return try Terminal.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
    do {
      try file.write(contentsOf: Data(text.utf8))
    } catch {
      throw Self.cannotWrite(path)
    }
  }

  private static func cannotWrite(_ path: String) -> Failure {
    Failure(
      .cannotWrite, "\(path) cannot be written: \(String(cString: strerror(errno)))", remedy: "name another file")
  }
}
