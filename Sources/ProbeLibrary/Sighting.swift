public import Foundation
public import HostSystem

/// What one probe was seen to say on one kernel.
public struct Sighting: Codable, Sendable, Hashable {
  /// The probe's id.
  public let probe: String
  /// `uname -r`.
  public let release: String
  /// The version that the distribution gives the kernel, such as `6.1.192-2`, or the release again.
  public let version: String
  /// The verdict's word, such as `good`.
  public let verdict: String
  /// The observations as texts, by name.
  public let observations: [String: String]

  /// All fields.
  public init(probe: String, release: String, version: String, verdict: String, observations: [String: String]) {
    self.probe = probe
    self.release = release
    self.version = version
    self.verdict = verdict
    self.observations = observations
  }

  /// `errno=EINVAL left-behind=0`, in the order of the names; with the verdict where that is not good.
  public var text: String {
    let seen = observations.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return (verdict == "good" ? seen : [verdict] + seen).joined(separator: " ")
  }

  /// The version in a distribution's `uname -v`, such as `6.1.192-2` in `#1 SMP Debian 6.1.192-2 (2026-10-01)`.
  public static func version(in unameVersion: String, release: String) -> String {
    let words = unameVersion.split(separator: " ")
    guard let name = words.firstIndex(of: "Debian"), name + 1 < words.count else { return release }
    return String(words[name + 1])
  }
}

/// The measurements that are kept with the probes: JSON, a line each.
public struct Sightings: Sendable, Equatable {
  /// The rows, by probe and then by kernel, oldest first.
  public private(set) var rows: [Sighting] = []

  /// None yet.
  public init() {}

  /// Reads a file; one that is not there holds none.
  public init(file: URL) throws(Failure) {
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw Failure(.badInput, "\(file.path) cannot be read")
    }
    for (number, line) in text.split(separator: "\n").enumerated() {
      guard let row = try? JSONDecoder().decode(Sighting.self, from: Data(line.utf8)) else {
        throw Failure(
          .badInput, "\(file.path) has a line \(number + 1) that is no measurement",
          remedy: "'firstbad survey' writes the file anew when it is removed")
      }
      rows.append(row)
    }
    sort()
  }

  /// Takes a measurement in place of an older one of the same probe on the same kernel.
  public mutating func take(_ new: [Sighting]) {
    let replaced = Set(new.map { Key($0) })
    rows = rows.filter { !replaced.contains(Key($0)) } + new
    sort()
  }

  /// Leaves out probes that are no longer there.
  public mutating func keep(only probes: Set<String>) { rows = rows.filter { probes.contains($0.probe) } }

  /// The kernels' versions, oldest first.
  public var versions: [String] { Set(rows.map(\.version)).sorted(by: Self.isOlder) }

  /// Rows of a probe, oldest kernel first.
  public func rows(of probe: String) -> [Sighting] { rows.filter { $0.probe == probe } }

  /// The file's text. Keys are sorted, so that equal measurements give equal bytes.
  public var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return rows.compactMap { (try? encoder.encode($0)).map { String(decoding: $0, as: UTF8.self) + "\n" } }.joined()
  }

  private struct Key: Hashable {
    let probe: String
    let version: String
    init(_ row: Sighting) { (probe, version) = (row.probe, row.version) }
  }

  private mutating func sort() {
    rows.sort { $0.probe == $1.probe ? Self.isOlder($0.version, $1.version) : $0.probe < $1.probe }
  }

  /// By the numbers in the two versions, one after the other.
  static func isOlder(_ left: String, _ right: String) -> Bool {
    func numbers(_ text: String) -> [Int] { text.split { !$0.isNumber }.compactMap { Int($0) } }
    let (one, other) = (numbers(left), numbers(right))
    return one == other ? left < right : one.lexicographicallyPrecedes(other)
  }
}
