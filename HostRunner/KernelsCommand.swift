import ArgumentParser
import Foundation
import HostSystem
import Judgement
import KernelPackages
import Reports
import VirtualMachine

/// `firstbad kernels`: kernels as distributions ship them.
struct KernelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Find, fetch and add the kernels that distributions ship.",
    subcommands: [List.self, Fetch.self, Add.self])

  func run() throws {
    throw Failure(.usage, "list, fetch or add?", remedy: "'firstbad kernels --help' tells what they do")
  }

  /// The packages, oldest first.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show matching kernel packages, oldest first; without a pattern those in the store.")

    @Argument(help: "A pattern for package names, such as 'linux-image-6.1.0-*-cloud-amd64'.")
    var pattern: String?

    func run() async throws {
      let store = KernelStore(places: Places())
      var table = Table("PACKAGE", "VERSION", "HERE")
      let packages =
        if let pattern { try await KernelsCommand.supply.packages(matching: pattern) } else { store.all.map(\.package) }
      for package in packages {
        let kernel = store.kernel(of: package)
        table.add(package.name, package.version, kernel.map { $0.hasModules ? "with modules" : "image" } ?? "")
      }
      for line in table.lines { try Terminal.print(line) }
    }
  }

  /// The image files, oldest first.
  struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Download matching kernels and print their image files, oldest first.",
      discussion: """
        Nothing is installed and no root is needed; what was fetched once is not fetched again. Exits with 128 when \
        some that match cannot be had; the others are printed all the same.
        """)

    @Flag(help: "With modules and changelog.")
    var whole = false
    @Argument(help: "A pattern for package names, such as 'linux-image-6.1.0-*-cloud-amd64'.")
    var pattern: String

    func run() async throws {
      let row = try await KernelsCommand.supply.fetch(
        try await KernelsCommand.supply.packages(matching: pattern), whole: whole
      ) {
        try Terminal.print($0.image)
      }
      // The row has a gap, and whoever searches in it must hear of that.
      if !row.missing.isEmpty { throw ExitCode(ExitStatus.failure) }
    }
  }

  /// Files of the user's own.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Unpack .deb and .rpm files, or take kernel images, into the store, and print their image files.",
      discussion: "Nothing is installed and no root is needed.")

    @Argument(help: "A .deb or .rpm with a kernel, a kernel image, or a folder of such.")
    var file: [String]

    func run() async throws {
      let store = KernelStore(places: Places())
      var kernels: [FetchedKernel] = []
      for path in try file.flatMap({ path throws(Failure) in try KernelFolder.contents(of: path) }) {
        if !path.hasSuffix(".deb"), !path.hasSuffix(".rpm") { _ = try KernelImage(at: path) }
        let kernel = try await store.add(path)
        _ = try KernelImage(at: kernel.image)
        kernels.append(kernel)
      }
      for kernel in kernels.sorted(by: { $0.package < $1.package }) { try Terminal.print(kernel.image) }
    }
  }

  /// Where kernels come from.
  static var supply: KernelSupply { KernelSupply(places: Places()) { Terminal.note("firstbad: \($0)") } }

  /// See ``KernelSupply/fetchModules(of:image:)``.
  @Sendable static func fetchModules(of kernel: KernelImage) async throws {
    guard let (name, version) = kernel.package else { return }
    let supply = KernelSupply(places: Places()) { Terminal.note($0) }
    try await supply.fetchModules(of: KernelPackage(name: name, version: version), image: kernel.file)
  }

  /// The kernels of all packages that match, fetched, looked at, oldest first; and how many could not be had.
  static func images(matching pattern: String, whole: Bool) async throws -> (images: [KernelImage], missing: Int) {
    let row = try await supply.fetch(try await supply.packages(matching: pattern), whole: whole)
    return (try row.kernels.map { try KernelImage(at: $0.image) }, row.missing.count)
  }
}
