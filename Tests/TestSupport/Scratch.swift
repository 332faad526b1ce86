public import Foundation

/// A folder for one test, gone with its last reference.
public final class Scratch: Sendable {
  /// The folder.
  public let url: URL

  /// Makes it under the system's temporary folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "firstbad-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A file in it, folders included.
  @discardableResult
  public func file(_ path: String, _ content: some Sequence<UInt8> = []) throws -> URL {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content).write(to: file)
    return file
  }

  /// A text file in it.
  @discardableResult
  public func file(_ path: String, _ text: String) throws -> URL { try file(path, text.utf8) }
}
