import ArgumentParser
import Foundation
import GuestImage
import HostSystem
import VerdictStream

/// `firstbad image`: an initramfs for somebody's own QEMU.
struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Build an initramfs that runs probes on any x86-64 kernel.",
    discussion: """
      Boot it with -initrd FILE and -append 'console=ttyS0 rdinit=/init'; the init runs the probes named \
      here, prints its records on the console and turns the power off.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write it; an initramfs whose name ends in .gz is compressed.", valueName: "file"))
  var output: String

  @Flag(help: "Write the init itself, a static program, instead of an initramfs.")
  var initOnly = false

  @Flag(help: "With what a debugger needs: names and lines.")
  var debug = false

  @Flag(help: "With every probe that ships.")
  var all = false

  @Argument(help: "Shipped probes' ids, or C and Swift files with probes.")
  var probe: [String] = []

  func run() async throws {
    let kit = try Kit.find()
    let places = Places()
    let image: GuestImage
    var plan = Plan()
    if all {
      image = try await ProbeCompiler(kit: kit, places: places).image(of: kit.sources(), forDebugger: debug)
    } else {
      let selection = try await ProbeSelection(
        arguments: probe, kit: kit, places: places, linksOnlyThese: true, forDebugger: debug)
      image = selection.image
      plan.probes = selection.probes.map(\.id)
    }
    let file = URL(filePath: output)
    if initOnly {
      try Places.writeResult(image.program, to: file)
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
      return
    }
    let bytes = Data(image.initramfs(plan))
    guard file.pathExtension == "gz" else { return try Places.writeResult(bytes, to: file) }
    let folder = try WorkFolder.make(in: places)
    let plain = folder.url.appending(path: "initramfs")
    try Places.write(bytes, to: plain)
    let gzip = try Tool("gzip", remedy: "install it: apt-get install gzip")
    _ = try await gzip.succeed(["-9", "-n", plain.path])
    guard let packed = try? Data(contentsOf: plain.appendingPathExtension("gz")) else {
      throw Failure(.toolFailed, "gzip left no file")
    }
    try Places.writeResult(packed, to: file)
  }
}
