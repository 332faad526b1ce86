public import Foundation

/// One version of a kernel image package.
public struct KernelPackage: Sendable, Hashable, Comparable {
  /// The package, such as `linux-image-6.1.0-54-cloud-amd64`.
  public let name: String
  /// Its version, such as `6.1.190-1`.
  public let version: String
  /// Whose rules order the version.
  public let scheme: PackageVersion.Scheme

  /// All fields.
  public init(name: String, version: String, scheme: PackageVersion.Scheme = .debian) {
    self.name = name
    self.version = version
    self.scheme = scheme
  }

  /// What it is built for, by its name: `cloud-amd64`, `generic`. It is the name without `linux-image-`, the release and how it
  /// is signed; all of the name where that has no release, as those of RPM packages have none.
  public var flavour: String {
    let pattern =
      /^linux-(image|binary)-(unsigned-)?[0-9][^\-]*(-([0-9][^\-]*|rc[0-9]+|g[0-9a-f]{7,}|dirty))*(-(?<flavour>[A-Za-z].*?))?(-unsigned)?$/
    return name.wholeMatch(of: pattern).map { String($0.flavour ?? "") } ?? name
  }

  /// The version, in its order.
  public var order: PackageVersion { PackageVersion(version, scheme) }

  /// By version, and by name where the versions are the same.
  public static func < (left: KernelPackage, right: KernelPackage) -> Bool {
    left.order == right.order ? left.name < right.name : left.order < right.order
  }
}

/// A kernel package, unpacked.
public struct FetchedKernel: Sendable, Hashable {
  /// The package.
  public let package: KernelPackage
  /// Its kernel image.
  public let image: String

  /// All fields.
  public init(package: KernelPackage, image: String) {
    self.package = package
    self.image = image
  }

  /// The folder in which it was unpacked.
  public var home: URL { URL(filePath: image).deletingLastPathComponent().deletingLastPathComponent() }

  /// Whether all of its package is there, and not only what boots.
  public var isWhole: Bool { FileManager.default.fileExists(atPath: home.appending(path: KernelStore.wholeMark).path) }

  /// Packages with parts of it that could not be had: its configuration.
  public var lacking: [String] {
    let mark = home.appending(path: KernelStore.lackingMark)
    return ((try? String(contentsOf: mark, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  /// Whether there are modules of it: one that has all built in, and an image of nobody's package, have none.
  public var hasModules: Bool {
    ["lib/modules", "usr/lib/modules"].contains { !KernelFolder.names(in: home.appending(path: $0).path).isEmpty }
  }
}
