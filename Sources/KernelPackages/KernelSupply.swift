public import Foundation
public import HostSystem

/// Kernels of packages, wherever they are to be had: what apt offers, and what the store has.
public struct KernelSupply: Sendable {
  private let places: Places
  private let note: @Sendable (String) -> Void
  private let apt: @Sendable () throws(Failure) -> Apt

  /// A supply; `note` takes lines that are worth a person's while.
  public init(places: Places, note: @escaping @Sendable (String) -> Void = { _ in }) {
    self.init(places: places, note: note) { () throws(Failure) in try Apt(places: places, note: note) }
  }

  init(
    places: Places, note: @escaping @Sendable (String) -> Void, apt: @escaping @Sendable () throws(Failure) -> Apt
  ) {
    self.places = places
    self.note = note
    self.apt = apt
  }

  /// What apt offers and what the store has, once each, oldest first. Where there is no apt, or it knows none of that name, what
  /// the store has is all. An apt that fails may know of others, which a search in that row would never come to: it throws,
  /// unless gaps are to be skipped.
  public func packages(matching pattern: String, skippingGaps: Bool = false) async throws -> [KernelPackage] {
    let here = KernelStore(places: places).all.map(\.package).filter { fnmatch(pattern, $0.name, 0) == 0 }
    do {
      return Set(try await apt().list(pattern) + here).sorted()
    } catch let failure as Failure {
      let knowsNone = [.missingTool, .badInput].contains(failure.kind)
      guard !here.isEmpty, knowsNone || skippingGaps else { throw failure }
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
    var known: Apt?
    var row = FetchedRow()
    var problem: Failure?
    for package in packages {
      do {
        let here = store.kernel(of: package).flatMap { !whole || $0.isWhole ? $0 : nil }
        // What one lacks is no reason to go without it where there is no apt.
        if let here, here.lacking.isEmpty || known == nil && (try? apt()) == nil {
          row.take(here, of: package)
        } else {
          let source = try known ?? apt()
          known = source
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
