public import Foundation
public import HostSystem

/// Kernels of packages, wherever they are to be had: what apt offers, and what the store has.
public struct KernelSupply: Sendable {
  private let places: Places
  private let note: @Sendable (String) -> Void

  /// A supply; `note` takes lines that are worth a person's while.
  public init(places: Places, note: @escaping @Sendable (String) -> Void = { _ in }) {
    self.places = places
    self.note = note
  }

  /// What apt offers and what the store has, once each, oldest first.
  public func packages(matching pattern: String) async throws -> [KernelPackage] {
    let here = KernelStore(places: places).all.map(\.package).filter { fnmatch(pattern, $0.name, 0) == 0 }
    do {
      return Set(try await Apt(places: places).list(pattern) + here).sorted()
    } catch let failure as Failure {
      if here.isEmpty { throw failure }
      note("only kernels that are here already: \(failure.message)")
      return here
    }
  }

  /// Fetches them in their order. Sources list versions that their servers no longer hold; the others are still worth
  /// having.
  @discardableResult
  public func fetch(
    _ packages: [KernelPackage], whole: Bool, each: (FetchedKernel) throws -> Void = { _ in }
  ) async throws -> FetchedRow {
    let store = KernelStore(places: places)
    var apt: Apt?
    var row = FetchedRow()
    var problem: Failure?
    for package in packages {
      do {
        let here = store.kernel(of: package)
        if let here, !whole || here.isWhole {
          row.take(here, of: package)
        } else {
          let source = try apt ?? Apt(places: places)
          apt = source
          row.take(try await source.fetch(package, whole: whole), of: package)
        }
        if let last = row.kernels.last { try each(last) }
      } catch let failure as Failure where [.toolFailed, .badInput].contains(failure.kind) {
        note("left out: \(failure.message)")
        row.take(nil, of: package)
        problem = failure
      }
    }
    if row.kernels.isEmpty, let problem { throw problem }
    return row
  }

  /// The rest of the package that a kernel image of the store came in, and with it the modules. Images from elsewhere are left
  /// as they are.
  public func fetchModules(of package: KernelPackage, image: URL) async throws {
    guard let here = KernelStore(places: places).kernel(of: package), !here.isWhole,
      URL(filePath: here.image).absoluteURL.path == image.absoluteURL.path
    else { return }
    note("fetching the modules of \(package.name) \(package.version)")
    _ = try await Apt(places: places).fetch(package, whole: true)
  }
}
