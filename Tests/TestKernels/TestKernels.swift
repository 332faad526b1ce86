import Foundation
import HostSystem
public import KernelPackages

/// Real kernels for tests: what apt offers, fetched once into the cache.
public enum TestKernels {
  /// The packages that tests boot.
  public static let pattern = "linux-image-6.1.0-*-cloud-amd64"

  private static let fetched = Task { () async throws -> [FetchedKernel] in
    let apt = try Apt(places: Places())
    var kernels: [FetchedKernel] = []
    for package in try await apt.list(pattern) {
      // Sources list versions that their servers no longer hold.
      if let kernel = try? await apt.fetch(package) { kernels.append(kernel) }
    }
    guard !kernels.isEmpty else {
      throw Failure(
        .badInput, "no kernel could be fetched for the tests (\(pattern))",
        remedy: "run 'make setup' and see that 'firstbad kernels fetch' works")
    }
    return kernels
  }

  /// All of them, oldest first. A test that gets none fails; it is not skipped.
  public static func all() async throws -> [FetchedKernel] { try await fetched.value }

  /// A small kernel that Toolchain/test-kernels built: `faults`, `no-initramfs` or `no-console`.
  public static func built(_ name: String) throws -> String {
    let image = Places().cache.appending(path: "test-kernels/current/\(name)/bzImage").path
    guard FileManager.default.fileExists(atPath: image) else {
      throw Failure(.badInput, "\(image) is not built", remedy: "run Toolchain/test-kernels, as 'make test' does")
    }
    return image
  }

  /// The oldest kernel.
  public static func oldest() async throws -> String { try await all()[0].image }

  /// The newest kernel.
  public static func newest() async throws -> String {
    guard let last = try await all().last else { throw CancellationError() }
    return last.image
  }
}
