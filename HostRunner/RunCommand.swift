import ArgumentParser
import GuestImage
import HostSystem
import Judgement
import Reports
import Suite
import VirtualMachine

/// `firstbad run`: probes on kernels.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run probes on kernels and judge each.",
    discussion: """
      Exits with 0 when every probe passed on every kernel, 1 when one is bad, 125 when one cannot tell and \
      none is bad, 128 or more when something on this side failed.
      """)

  @OptionGroup var kernels: KernelOptions

  @Flag(help: "One JSON object a probe and kernel on standard output.")
  var json = false

  @Flag(
    help: """
      On this machine's own kernel, without a VM, as this user: in namespaces of its own, with every mount read-only.
      """)
  var here = false

  @OptionGroup var repetition: RepeatOption
  @OptionGroup var guest: GuestOptions
  @Option(
    parsing: .remaining,
    help: ArgumentHelp(
      "A program as the probe, with its arguments, or a folder of programs; stands last. Exit status 0 passes, 4 skips.",
      valueName: "program [args]"))
  var exec: [String] = []

  @Argument(help: "A shipped probe's id, or a C or Swift file with probes.")
  var probe: [String] = []

  func validate() throws {
    guard here else { return }
    if !kernels.kernel.isEmpty || !kernels.kernels.isEmpty {
      throw ValidationError("--here runs this machine's kernel; --kernel names another.")
    }
    if !exec.isEmpty { throw ValidationError("--here runs probes; a program can be started by itself.") }
    if let word = guest.words.first { throw ValidationError("\(word) is about guests, and --here has none.") }
    if repetition.number > 1 { throw ValidationError("--here runs a probe as often as its heading says.") }
    if json { throw ValidationError("--here has no --json; 'firstbad image --init-only' makes a program that has.") }
  }

  func run() async throws {
    if here {
      let places = Places()
      let selection = try await ProbeSelection(arguments: probe, kit: try Kit.find(), places: places)
      throw ExitCode(try HereRun.report(try await HereRun(selection: selection, places: places).run()))
    }
    let (images, probes) = try kernels.images(and: probe)
    let bench =
      if !exec.isEmpty {
        try await Bench(programs: [exec], beside: probes, guest, repeats: repetition.number)
      } else {
        try await Bench(probes, guest, repeats: repetition.number)
      }
    var cells: [Cell] = []
    for kernel in images {
      let fresh = try await bench.runner.run(on: kernel)
      cells += fresh
      if json { for cell in fresh { try Terminal.print(CellJSON(cell).line) } }
    }
    if !json {
      for line in CellText.table(cells) { try Terminal.print(line) }
      for line in CellText.remarks(cells) { Terminal.note(line) }
    }
    throw ExitCode(ExitStatus.of(cells.map(\.finding.verdict)))
  }
}
