/// One version of a kernel image package, as the package sources offer it.
public struct KernelPackage: Sendable, Hashable {
  /// The package, such as `linux-image-6.1.0-54-cloud-amd64`.
  public let name: String
  /// The Debian version, such as `6.1.190-1`.
  public let version: String

  /// Both.
  public init(name: String, version: String) {
    self.name = name
    self.version = version
  }
}

/// A kernel package, unpacked.
public struct FetchedKernel: Sendable, Hashable {
  /// The package.
  public let package: KernelPackage
  /// Its kernel image.
  public let image: String
}
