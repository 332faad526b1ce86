/// What a kernel calls itself (`uname -r`), in the order in which kernels come: a release candidate (`6.2.0-rc1`,
/// `6.2.0-rc1-00012-gabcdef`, `6.2.0-rc7+`, Fedora's `6.2.0-0.rc1.14.fc38`) before its release, and before what was made of that
/// (`6.2.0-12-generic`). A title, `RELEASE (VERSION)`, may stand for one.
///
/// Versions of packages have another order: there `6.2.0-1` may be anything's first revision, and a candidate is `6.2.0~rc1`.
public struct KernelRelease: Comparable, Sendable {
  /// Its letters as deb-version(7) would want them, with a tilde before a candidate's number.
  public let bytes: [UInt8]

  /// Of a release as it is told.
  public init(_ text: some StringProtocol) {
    bytes = Array(String(text).replacing(/(-0)?[\-._]rc(?=[0-9])/, with: "~rc").utf8)
  }

  /// Two may be written in other ways and stand at the same place.
  public static func == (left: Self, right: Self) -> Bool { VersionOrder.debian(left.bytes, right.bytes) == 0 }

  /// Which comes first.
  public static func < (left: Self, right: Self) -> Bool { VersionOrder.debian(left.bytes, right.bytes) < 0 }

  /// Whether a kernel is older than another one, by release or title.
  public static func isOlder(_ release: String, than other: String) -> Bool { Self(release) < Self(other) }
}
