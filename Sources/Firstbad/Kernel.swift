public import Foundation
import HostSystem
import KernelPackages
import Suite
import VirtualMachine

/// A kernel to run probes on: an x86-64 bzImage (`vmlinuz-*`) or vmlinux.
public struct Kernel: Sendable, Hashable, CustomStringConvertible {
  let image: KernelImage

  /// Looks at a file; what is certainly no kernel is refused. Throws ``FirstbadError``.
  public init(file: URL) throws {
    self = try FirstbadError.translating { try Kernel(path: file.path) }
  }

  /// One of the cache is not replaced by `firstbad kernels add` as long as this process lives.
  private init(path: String) throws(Failure) {
    KernelStore(places: Places()).hold(path)
    image = try KernelImage(at: path)
  }

  /// The file.
  public var file: URL { image.file }
  /// `uname -r`, as far as the file says.
  public var release: String? { image.release }
  /// The release, and the distribution's version where there is one: `6.1.0-54-cloud-amd64 (6.1.190-1)`.
  public var title: String { image.title }
  /// Name and version of the package it came in; nil for a kernel of nobody's package.
  public var package: (name: String, version: String)? { image.package }
  /// The title.
  public var description: String { title }

  /// Kernels in one file or folder: `vmlinuz-*`, `bzImage*` and `*/boot/vmlinuz-*`, in the order of their releases.
  public static func files(in folder: URL) throws -> [Kernel] {
    try FirstbadError.translating {
      try KernelFolder.expand(folder.path).map { try Kernel(path: $0) }
    }
  }

  /// The kernels of all packages whose name matches (`*` and `?`), oldest first: what this machine's apt offers, fetched into
  /// the cache where it is not there yet, and what `firstbad kernels add` put there. Nothing is installed. Throws when one
  /// of them cannot be had, or apt fails and cannot say which there are, as the row would have a gap; `skippingGaps` leaves out
  /// what is not there. Where there is no apt, or it knows none of that name, those in the cache are all. What was left out is
  /// said on standard error.
  public static func packages(matching pattern: String, skippingGaps: Bool = false) async throws -> [Kernel] {
    try await FirstbadError.translating {
      let supply = KernelSupply(places: Places()) { line in
        try? FileHandle.standardError.write(contentsOf: Data("firstbad: \(line)\n".utf8))
      }
      let packages = try await supply.packages(matching: pattern, skippingGaps: skippingGaps)
      let row = try await supply.fetch(packages, whole: false)
      if let missing = row.missing.first, !skippingGaps {
        throw Failure(
          .toolFailed, "\(missing.name) \(missing.version) cannot be fetched",
          remedy: "run 'apt-get update', name a narrower pattern, or say skippingGaps: true")
      }
      return try row.kernels.map { try Kernel(path: $0.image) }
    }
  }

  /// Two are equal when they are the same file.
  public static func == (left: Kernel, right: Kernel) -> Bool { left.file == right.file }
  /// By the file.
  public func hash(into hasher: inout Hasher) { hasher.combine(file) }
}
