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

  /// How many runs are kept; the oldest go first. A run takes about 150 KB.
  static let kept = 200

  /// Makes a new folder under the state directory.
  public init(in places: Places) throws(Failure) {
    try Places.make(places.runs)
    Self.prune(places.runs)
    let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
      .time(includingFractionalSeconds: false).dateSeparator(.omitted).timeSeparator(.omitted)
    url = places.runs.appending(
      path: "\(Date.now.formatted(style))-\(getpid())-\(UInt16.random(in: 0...UInt16.max))")
    try Places.make(url)
  }

  /// By name, which begins with the time.
  private static func prune(_ runs: URL) {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []).sorted()
    for name in names.dropLast(kept - 1) { try? FileManager.default.removeItem(at: runs.appending(path: name)) }
  }
}
