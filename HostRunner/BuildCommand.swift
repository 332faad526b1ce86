import ArgumentParser
import Bisection
import Foundation
import GuestImage
import HostSystem
import ImageStore
import Judgement
import KernelBuild
import KernelTree
import Reports

/// `firstbad build`: one kernel, as a bisection would build it.
struct BuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Build the kernel of a commit, as a bisection would, and print its image.",
    discussion: "Exits with 0 when it is built, with 125 when the commit does not build.")

  @Option(help: ArgumentHelp("The commit.", valueName: "commit"))
  var commit = "HEAD"

  @Option(help: ArgumentHelp("The kernel tree.", valueName: "dir"))
  var tree = "."

  @OptionGroup var build: BuildOptions

  @Argument(help: "Probes for which the kernel shall be configured.")
  var probe: [String] = []

  func run() async throws {
    let places = Places()
    let probes =
      probe.isEmpty ? [] : try await ProbeSelection(arguments: probe, kit: try Kit.find(), places: places).probes
    let kernelTree = try await KernelTree(at: tree)
    let plant = try await build.plant(for: probes, in: kernelTree)
    let shop = try await KernelWorkshop.command(kernelTree, plant, places)
    try Terminal.print(try await shop.image(of: kernelTree.resolve(commit)).path)
  }
}

extension KernelWorkshop {
  /// A workshop that tells a person on the terminal what it is at.
  static func command(_ tree: KernelTree, _ plant: Plant, _ places: Places) async throws -> KernelWorkshop {
    let live = LiveLine()
    return try await KernelWorkshop(
      tree, builder: plant.builder, compilers: plant.compilers, fixUps: plant.fixUps,
      store: try ImageStore(in: places), logs: places.state.appending(path: "builds"), places: places
    ) { live.phase(CommitBisectionText.phase($0)) }
  }

  /// The image of a commit; one that does not build leaves with its errors and the status of what cannot tell.
  func image(of id: CommitID) async throws -> URL {
    let commit = try await commit(id)
    let product = try await make(commit)
    for line in FixUpText.remarks(product) { Terminal.note("firstbad: \(line)") }
    switch product.build {
    case .built(let image): return image.image
    case .failed(let failure):
      Terminal.note("firstbad: \(commit.quoted) gives no kernel: \(failure.signature)")
      for line in failure.lines { Terminal.note("  \(line)") }
      throw ExitCode(ExitStatus.of(.untestable(phase: failure.phase, signature: failure.signature)))
    }
  }
}
