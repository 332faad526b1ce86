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
    let id = try await kernelTree.resolve(commit)
    try Terminal.print(try await KernelWorkshop.image(of: id, in: kernelTree, plant, places).path)
  }
}

extension KernelWorkshop {
  /// The image of a commit, of which a person on the terminal is told how far it is; one that does not build leaves with
  /// its errors and the status of what cannot tell.
  static func image(of id: CommitID, in tree: KernelTree, _ plant: Plant, _ places: Places) async throws -> URL {
    let live = LiveLine()
    let shop = try await KernelWorkshop(
      tree, builder: plant.builder, compilers: plant.compilers, fixUps: plant.fixUps,
      store: try ImageStore(in: places), logs: places.state.appending(path: "builds"), places: places, isFinal: true
    ) { live.tell($0) }
    let commit = try await shop.commit(id)
    live.begin(commit.quoted)
    let product = try await shop.make(commit)
    live.clear()
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
