public import Foundation
public import HostSystem

/// The folder that a run leaves behind: its console, its records, its initramfs and the command that repeats it.
public struct RunFolder: Sendable, Equatable {
  /// Its place.
  public let url: URL
  /// The console, all of it.
  public var console: URL { url.appending(path: "console.log") }
  /// The verdict stream.
  public var records: URL { url.appending(path: "records.jsonl") }
  /// What the guest booted with.
  public var initramfs: URL { url.appending(path: "initramfs.cpio") }
  /// The QEMU command, for a shell.
  public var command: URL { url.appending(path: "qemu.sh") }

  /// How many runs are kept; the oldest go first, but none of a command that still runs: its report names them, and it may
  /// boot from them. A run takes about 150 KB.
  static let kept = 200

  /// Makes a new folder under the state directory.
  public init(in places: Places) throws(Failure) {
    try Places.make(places.runs)
    Self.prune(places.runs)
    let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
      .time(includingFractionalSeconds: false).dateSeparator(.omitted).timeSeparator(.omitted)
    let start = "\(Date.now.formatted(style))-\(getpid())"
    while true {
      let folder = places.runs.appending(path: "\(start)-\(UInt16.random(in: 0...UInt16.max))")
      // Of many boots in one second two may draw the same number, and would write over each other.
      if mkdir(folder.path, 0o777) != 0, errno == EEXIST { continue }
      // Whatever else went wrong is told in words.
      try Places.make(folder)
      url = folder
      return
    }
  }

  /// By name, which begins with the time.
  private static func prune(_ runs: URL) {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []).sorted()
    for name in names.dropLast(kept - 1) where !isInUse(name) {
      try? FileManager.default.removeItem(at: runs.appending(path: name))
    }
  }

  /// Whether the process that made it is alive, or another one has its number by now.
  private static func isInUse(_ name: String) -> Bool {
    let parts = name.split(separator: "-")
    guard parts.count == 3, let process = pid_t(parts[1]), process > 0 else { return false }
    return kill(process, 0) == 0 || errno == EPERM
  }
}
