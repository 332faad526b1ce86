public import Foundation
public import HostSystem
import KernelTree

/// A session's durable record: JSON lines that are only ever added to, each on the disk before the next step.
public final class Ledger: @unchecked Sendable {
  /// The session's folder: ledger, probe, report.
  public let folder: URL
  /// All lines, oldest first. Only the task that drives the session reads and adds.
  public private(set) var entries: [LedgerEntry]
  private let descriptor: Int32

  /// Name of the file within the folder.
  public static let fileName = "ledger.jsonl"

  /// Opens the ledger in a folder, making both when they are not there. One process at a time may hold it.
  public init(in folder: URL) throws(Failure) {
    try Places.make(folder)
    self.folder = folder
    let file = folder.appending(path: Self.fileName)
    descriptor = open(file.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure(.cannotWrite, "\(file.path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Failure(
        .inUse, "another firstbad is at work on this bisection",
        remedy: "wait for it, or end it; what it found stays")
    }
    do {
      entries = try Self.read(file, cuttingTornLine: descriptor)
    } catch {
      Self.release(descriptor)
      throw error
    }
  }

  deinit { Self.release(descriptor) }

  /// As for ``HostSystem/FileLock``: a child that is just being started has the descriptor, too.
  private static func release(_ descriptor: Int32) {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// The lines of a ledger that somebody else may hold.
  public static func entries(in folder: URL) throws(Failure) -> [LedgerEntry] {
    try read(folder.appending(path: fileName), cuttingTornLine: nil)
  }

  /// A line without its end was being written when the machine or the process died: it never was.
  private static func read(_ file: URL, cuttingTornLine descriptor: Int32?) throws(Failure) -> [LedgerEntry] {
    let data: Data
    do { data = try Data(contentsOf: file) } catch {
      throw Failure(.badInput, "\(file.path) cannot be read: \(Failure.cause(of: error))")
    }
    let whole = (data.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    if let descriptor, whole < data.count, ftruncate(descriptor, off_t(whole)) != 0 {
      throw Failure(.cannotWrite, "\(file.path) cannot be mended: \(String(cString: strerror(errno)))")
    }
    var entries: [LedgerEntry] = []
    for (number, line) in data[..<whole].split(separator: UInt8(ascii: "\n")).enumerated() {
      do { entries.append(try decoder.decode(LedgerEntry.self, from: line)) } catch {
        throw Failure(
          .badInput, "line \(number + 1) of \(file.path) is damaged, or was written by another version",
          remedy: "start the bisection anew; kernels and verdicts that are stored are used again")
      }
    }
    return entries
  }

  /// Adds a line, and comes back when it is on the disk.
  public func append(_ entry: LedgerEntry) throws(Failure) {
    let line: Data
    do { line = try Self.encoder.encode(entry) + Data("\n".utf8) } catch {
      throw Failure(.cannotWrite, "the ledger's line cannot be written: \(error)")
    }
    let end = lseek(descriptor, 0, SEEK_END)
    let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == line.count, fsync(descriptor) == 0 else {
      let why = written >= 0 && written < line.count ? "no space is left" : String(cString: strerror(errno))
      // The next line must not be glued to a half of this one.
      _ = ftruncate(descriptor, end)
      throw Failure(
        .cannotWrite, "\(folder.path) cannot be written: \(why)",
        remedy: "free some space there and say firstbad bisect --resume")
    }
    entries.append(entry)
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }
}
