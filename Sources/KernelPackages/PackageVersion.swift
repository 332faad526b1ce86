import HostSystem

/// A package's version, ordered as its packaging system orders it.
public struct PackageVersion: Comparable, Hashable, Sendable, CustomStringConvertible {
  /// Whose rules.
  public enum Scheme: Sendable, Hashable {
    /// deb-version(7).
    case debian
    /// rpm-version(7).
    case rpm
    /// An image of nobody's package: what `uname -r` says, as ``KernelRelease`` orders it, and after a hyphen who it is.
    case release
  }

  /// `[EPOCH:]VERSION[-RELEASE]`.
  public let text: String
  /// Whose rules order it.
  public let scheme: Scheme

  /// A version as the package says it.
  public init(_ text: String, _ scheme: Scheme = .debian) {
    self.text = text
    self.scheme = scheme
  }

  /// The text.
  public var description: String { text }

  /// Two versions may differ in letters and yet be the same to the packaging system, such as 1.0 and 1.00.
  public static func == (left: Self, right: Self) -> Bool { left.compare(right) == 0 }

  /// Equal versions have equal hashes.
  public func hash(into hasher: inout Hasher) { hasher.combine(scheme == .rpm) }

  /// Earlier in the packaging system's order.
  public static func < (left: Self, right: Self) -> Bool { left.compare(right) < 0 }

  private func compare(_ other: PackageVersion) -> Int {
    let (mine, others) = (parts, other.parts)
    if mine.epoch != others.epoch { return mine.epoch < others.epoch ? -1 : 1 }
    let compare = scheme == .rpm ? VersionOrder.rpm : VersionOrder.debian
    let upstream = compare(mine.version, others.version)
    if upstream != 0 { return upstream }
    // In a request of rpm's a missing release matches every one; between two packages both have one.
    return compare(mine.release, others.release)
  }

  private var parts: (epoch: Int, version: [UInt8], release: [UInt8]) {
    var rest = text[...]
    var epoch = 0
    if let colon = rest.firstIndex(of: ":"), let number = Int(rest[..<colon]) {
      epoch = number
      rest = rest[rest.index(after: colon)...]
    }
    guard let dash = rest.lastIndex(of: "-") else { return (epoch, Array(rest.utf8), []) }
    let version = String(rest[..<dash])
    return (
      epoch, scheme == .release ? KernelRelease(version).bytes : Array(version.utf8),
      Array(rest[rest.index(after: dash)...].utf8)
    )
  }
}
