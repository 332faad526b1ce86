/// Kernels of packages in their order, and what of them could not be had: an answer among the former alone would be one
/// about other kernels than were asked for.
public struct FetchedRow: Sendable {
  /// The kernels, in the order of their packages.
  public internal(set) var kernels: [FetchedKernel] = []
  /// Packages that could not be fetched, in their order.
  public internal(set) var missing: [KernelPackage] = []

  /// Nothing yet.
  public init() {}

  /// Takes what came of the next package; nil when it could not be had.
  public mutating func take(_ kernel: FetchedKernel?, of package: KernelPackage) {
    if let kernel { kernels.append(kernel) } else { missing.append(package) }
  }

  /// Those that could not be had between two of them.
  public func missing(between first: KernelPackage, and last: KernelPackage) -> [KernelPackage] {
    missing.filter { first < $0 && $0 < last }
  }
}
