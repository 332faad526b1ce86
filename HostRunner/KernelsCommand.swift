import ArgumentParser
import HostSystem
import KernelPackages
import Reports

/// `firstbad kernels`: kernels as distributions ship them.
struct KernelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Find and fetch the kernels that this machine's package sources offer.",
    subcommands: [List.self, Fetch.self])

  func run() throws {
    throw Failure(.usage, "list or fetch?", remedy: "'firstbad kernels --help' tells what they do")
  }

  /// The packages, oldest first.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show matching kernel packages, oldest first.")

    @Argument(help: "A pattern for package names, such as 'linux-image-6.1.0-*-cloud-amd64'.")
    var pattern: String

    func run() async throws {
      var table = Table("PACKAGE", "VERSION")
      for package in try await Apt(places: Places()).list(pattern) { table.add(package.name, package.version) }
      for line in table.lines { try Terminal.print(line) }
    }
  }

  /// The image files, oldest first.
  struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Download matching kernels and print their image files, oldest first.",
      discussion: "Nothing is installed and no root is needed; what was fetched once is not fetched again.")

    @Argument(help: "A pattern for package names, such as 'linux-image-6.1.0-*-cloud-amd64'.")
    var pattern: String

    func run() async throws {
      let apt = try Apt(places: Places())
      let packages = try await apt.list(pattern)
      var fetched = 0
      var problem: Failure?
      for package in packages {
        do {
          try Terminal.print(try await apt.fetch(package).image)
          fetched += 1
        } catch let failure as Failure where failure.kind == .toolFailed {
          // Sources list versions that their servers no longer hold; the others are still worth having.
          Terminal.note("firstbad: left out: \(failure.message)")
          problem = failure
        }
      }
      if fetched == 0, let problem { throw problem }
    }
  }
}
