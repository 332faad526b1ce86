import Foundation
import HostSystem
import Synchronization

/// The log of one build, written whole as make speaks.
final class BuildLog: Sendable {
  /// Where it is.
  let file: URL
  private let handle: Mutex<FileHandle>

  /// Begins it anew.
  init(_ file: URL) throws(Failure) {
    self.file = file
    try Places.make(file.deletingLastPathComponent())
    guard FileManager.default.createFile(atPath: file.path, contents: nil),
      let handle = try? FileHandle(forWritingTo: file)
    else {
      throw Failure(
        .cannotWrite, "the log \(file.path) cannot be made: \(String(cString: strerror(errno)))",
        remedy: "name another place, or make this one writable")
    }
    self.handle = Mutex(handle)
  }

  /// Appends what make said.
  func add(_ bytes: [UInt8]) throws(Failure) {
    do {
      try handle.withLock { try $0.write(contentsOf: Data(bytes)) }
    } catch {
      throw Failure(
        .cannotWrite, "the log \(file.path) cannot be written: \(Failure.cause(of: error))",
        remedy: "free some space there")
    }
  }

  /// Appends a line of ours, which says what make was called with.
  func head(_ text: String) throws(Failure) { try add(Array("== \(text)\n".utf8)) }

  /// Where the next byte goes; a mark to read from later.
  func position() -> UInt64 { handle.withLock { (try? $0.offset()) ?? 0 } }

  /// What was said since a mark.
  func text(from position: UInt64 = 0) -> String {
    guard let reader = try? FileHandle(forReadingFrom: file), (try? reader.seek(toOffset: position)) != nil else {
      return ""
    }
    return String(decoding: (try? reader.readToEnd()) ?? Data(), as: UTF8.self)
  }

  /// The last ten lines, each of them no longer than a screen is wide.
  var lastLines: [String] {
    let end = position()
    let lines = text(from: end > 4096 ? end - 4096 : 0).split(separator: "\n")
    return lines.suffix(10).map { String($0.prefix(200)) }
  }
}
