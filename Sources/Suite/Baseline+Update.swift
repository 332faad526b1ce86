public import Foundation
import HostSystem

extension Baseline {
  /// Seconds to wait for another run that writes the same file, which takes it some milliseconds.
  static let patience = 60.0

  /// Writes what a run found into a file. Another run may have written to it since this one began: it is read again, with a
  /// lock beside it held, and keeps what this run knows nothing of. `known` is what it said at the beginning, for a file
  /// that is gone by now.
  public static func update(
    _ file: URL, known: Baseline?, with found: [(cell: Cell, title: String)], inOrderOf titles: [String]
  ) async throws {
    let target = file.resolvingSymlinksInPath()
    let kind = (try? FileManager.default.attributesOfItem(atPath: target.path))?[.type] as? FileAttributeType
    // Nothing else writes to what is no plain file, such as /dev/stdout, as if it had a content.
    let isPlain = kind == nil || kind == .typeRegular
    let mark = URL(filePath: "\(target.path).lock")
    let lock = isPlain ? try await wait(for: mark, file) : nil
    // While it is held: who waits for it sees that it is gone, and makes a new one.
    defer { if lock != nil { try? FileManager.default.removeItem(at: mark) } }
    let isThere = isPlain && FileManager.default.fileExists(atPath: target.path)
    var fresh = isThere ? try Baseline(from: file) : known ?? Baseline()
    fresh.take(found, inOrderOf: titles)
    try Places.writeResult(fresh.data, to: file)
  }

  private static func wait(for mark: URL, _ file: URL) async throws -> FileLock {
    let start = ContinuousClock.now
    repeat {
      do {
        if let lock = try FileLock(mark) { return lock }
      } catch {
        throw Failure(.cannotWrite, error.message, remedy: "name another file")
      }
      try await Task.sleep(for: .milliseconds(50))
    } while start.duration(to: .now) < .seconds(patience)
    throw Failure(
      .cannotWrite, "\(file.path) is being written by another firstbad, which holds \(mark.path)",
      remedy: "end that one, and run the suite again")
  }
}
