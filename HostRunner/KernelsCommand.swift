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
      discussion: """
        Nothing is installed and no root is needed. Packages of one version that hold parts of one kernel become one \
        kernel; what else a folder has is passed over. A package that was rebuilt with its version unchanged takes the place \
        of the one that is here; while something runs on that one it is refused, with 128.
        """)

    @Argument(help: "A .deb or .rpm with a kernel, a kernel image, or a folder of such.")
    var file: [String]

    func run() async throws {
      let store = KernelStore(places: Places()) { Terminal.note("firstbad: note: \($0)") }
      let files = try await KernelFiles(file)
      for note in files.notes { Terminal.note("firstbad: note: \(note)") }
      var kernels: [FetchedKernel] = []
      var problem: (any Error)?
      do {
        for files in files.kernels {
          if !files.file.hasSuffix(".deb"), !files.file.hasSuffix(".rpm") { _ = try KernelImage(at: files.file) }
          let kernel = try await store.add(files.file, parts: files.parts)
          _ = try KernelImage(at: kernel.image)
          kernels.append(kernel)
        }
        problem = files.failure
      } catch {
        problem = error
      }
      // What was added is there, whatever became of the others.
      for kernel in kernels.sorted(by: { $0.package < $1.package }) { try Terminal.print(kernel.image) }
      if let problem { throw problem }
    }
  }

  /// Where kernels come from.
  static var supply: KernelSupply { KernelSupply(places: Places()) { Terminal.note("firstbad: \($0)") } }

  /// A kernel that is going to be booted: one of the store is not replaced before this process ends.
  static func held(_ path: String) throws(Failure) -> KernelImage {
    KernelStore(places: Places()).hold(path)
    return try KernelImage(at: path)
  }

  /// See ``KernelSupply/fetchModules(of:image:)``.
  @Sendable static func fetchModules(of kernel: KernelImage) async throws {
    guard let (name, version) = kernel.package else { return }
    let supply = KernelSupply(places: Places()) { Terminal.note($0) }
    try await supply.fetchModules(of: KernelPackage(name: name, version: version), image: kernel.file)
  }

  /// The kernels of all packages that match, fetched, looked at, oldest first; and how many could not be had.
  static func images(matching pattern: String, whole: Bool) async throws -> (images: [KernelImage], missing: Int) {
    let row = try await supply.fetch(try await supply.packages(matching: pattern), whole: whole)
    return (try row.kernels.map { try held($0.image) }, row.missing.count)
  }
}
