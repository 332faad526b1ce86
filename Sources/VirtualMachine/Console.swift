import Foundation

/// Follows the console's file as QEMU writes it.
struct ConsoleFile {
  private let handle: FileHandle

  /// Makes the file; QEMU opens it again by its path.
  init?(_ file: URL) {
    guard FileManager.default.createFile(atPath: file.path, contents: nil),
      let handle = try? FileHandle(forReadingFrom: file)
    else { return nil }
    self.handle = handle
  }

  /// What came since the last call, at most a megabyte at a time.
  func next() -> Data { (try? handle.read(upToCount: 1 << 20)) ?? Data() }

  func close() { try? handle.close() }
}
