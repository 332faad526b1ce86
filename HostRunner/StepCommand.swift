import ArgumentParser
import Bisection
import Foundation
import HostSystem
import Judgement
import KernelTree
import Reports
import Suite
import VirtualMachine

/// `firstbad step`: what a `git bisect run` script would do with a built kernel.
struct StepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Judge the kernel built in this tree, as 'git bisect run' wants it.",
    discussion: """
      In a kernel tree: git bisect run sh -c 'make -j4 bzImage || exit 125; firstbad step PROBE'. A probe that \
      passes exits with 0. One whose check fails exits with 1; any other trouble of the kernel (a panic, a \
      hang, a crashed probe) exits with 125 unless it is what is hunted: see --hunt and --any-failure. With \
      --build nothing needs to be built before: git bisect run firstbad step --build PROBE.
      """)

  @Flag(name: .customLong("build"), help: "Build the commit that is checked out, in the cache, and judge that.")
  var builds = false

  @OptionGroup var build: BuildOptions

  @Option(name: .customLong("output"), help: ArgumentHelp("The build folder, as in make O=DIR.", valueName: "dir"))
  var output: String?

  @Option(
    help: ArgumentHelp("Only this signature is bad; 'firstbad run --json' shows a kernel's.", valueName: "signature"))
  var hunt: String?

  @Flag(help: "Any failure is bad.")
  var anyFailure = false

  @Option(
    help: ArgumentHelp(
      "Judge by an observation and not by the verdict: this value is good, any other bad, none cannot tell.",
      valueName: "name=value"))
  var changed: String?

  @OptionGroup var guest: GuestOptions

  @Argument(help: "A shipped probe's id, or a C or Swift file with probes. O=DIR is understood as by make.")
  var probe: [String] = []

  func validate() throws {
    guard let changed else { return }
    guard let place = changed.firstIndex(of: "="), place > changed.startIndex else {
      throw ValidationError("--changed \(changed): say NAME=VALUE, where VALUE is the good one.")
    }
    if changed[place...].dropFirst().allSatisfy(\.isWhitespace) {
      throw ValidationError("--changed \(changed): no value is named; say NAME=VALUE, where VALUE is the good one.")
    }
    if anyFailure || hunt != nil { throw ValidationError("--changed excludes --hunt and --any-failure: choose one.") }
  }

  func run() async throws {
    if anyFailure && hunt != nil {
      throw Failure(.usage, "--hunt and --any-failure exclude each other", remedy: "choose one")
    }
    let (folder, probes) = try buildFolder()
    let bench = try await Bench(probes, guest)
    let image = builds ? try await builtImage(for: bench) : try Self.image(in: folder)
    let cells = try await bench.runner.run(on: try KernelImage(at: image.path))
    for line in CellText.table(cells) { try Terminal.print(line) }
    for line in CellText.remarks(cells) { Terminal.note(line) }
    if let changed, let place = changed.firstIndex(of: "=") {
      let expected = (name: String(changed[..<place]), value: String(changed[changed.index(after: place)...]))
      throw ExitCode(ExitStatus.of(try cells.map { try Self.judge($0, by: expected) }))
    }
    let hunt = anyFailure ? Hunt.anyFailure : hunt.map(Hunt.signature) ?? .failedCheck
    let verdicts = cells.map { cell in
      let verdict = hunt.judge(cell.finding.verdict, outcomeIsFail: cell.finding.isFailedCheck)
      if verdict != cell.finding.verdict, let signature = verdict.signature {
        Terminal.note("\(cell.probe.id): this failure is not what is hunted, so the commit cannot tell (125);")
        Terminal.note("  to hunt it: --hunt '\(signature)', or --any-failure")
      }
      return verdict
    }
    throw ExitCode(ExitStatus.of(verdicts))
  }

  /// Good when the probe observed this value, bad when it observed another one, whether it passed or a check of its own failed.
  /// What it observed before it skipped or died tells nothing.
  private static func judge(_ cell: Cell, by expected: (name: String, value: String)) throws(Failure) -> Verdict {
    if case .infra = cell.finding.verdict { return cell.finding.verdict }
    guard cell.seen.tells else {
      Terminal.note("\(cell.probe.id) came to no result of its own, so the commit cannot tell (125)")
      return .untestable(phase: cell.finding.phase, signature: cell.finding.verdict.signature ?? "")
    }
    guard let value = cell.observation(expected.name) else {
      Terminal.note("\(cell.probe.id): no observation is called \(expected.name), so the commit cannot tell (125)")
      return .untestable(phase: cell.finding.phase, signature: "no \(expected.name)")
    }
    if case .quantity(let quantity) = value, quantity.isMeasured {
      throw Failure(
        .usage, "\(expected.name) is measured, and another number in each run",
        remedy: "one run cannot tell: firstbad bisect --changed \(expected.name):+50%")
    }
    let words = value.words.description
    if try ExpectedValue(expected.value, of: expected.name).isMet(by: value) {
      if cell.finding.verdict != .good {
        Terminal.note("\(cell.probe.id): \(expected.name) is \(CellText.plain(words)), so this is good")
      }
      return .good
    }
    Terminal.note("\(cell.probe.id): \(expected.name) is \(CellText.plain(words)), and \(expected.value) is good")
    return .bad(signature: "\(expected.name)=\(words)")
  }

  /// The kernel of the commit that is checked out. One that does not build cannot tell.
  private func builtImage(for bench: Bench) async throws -> URL {
    guard output == nil, !probe.contains(where: { $0.hasPrefix("O=") }) else {
      throw Failure(.usage, "--build and O=DIR exclude each other", remedy: "leave one out")
    }
    let tree = try await KernelTree(at: ".")
    if try await tree.isDirty() {
      throw Failure(
        .usage, "there are changes in this tree that belong to no commit, and --build builds the commit",
        remedy: "commit or stash them, or build yourself and leave --build out")
    }
    let plant = try await build.plant(for: bench.selection.probes, in: tree)
    return try await KernelWorkshop.image(of: tree.current(), in: tree, plant, bench.places)
  }

  private func buildFolder() throws(Failure) -> (URL, [String]) {
    let variables = probe.filter { $0.hasPrefix("O=") }
    let chosen = variables.last.map { String($0.dropFirst(2)) } ?? output ?? "."
    return (URL(filePath: chosen), probe.filter { !$0.hasPrefix("O=") })
  }

  /// An image that is older than the vmlinux it is made of was left there by an earlier build, and judging it
  /// would blame the wrong commit. One left by an earlier commit whose build failed sooner cannot be told from a
  /// good one; that is why the script must exit with 125 when make fails.
  private static func image(in folder: URL) throws(Failure) -> URL {
    let image = folder.appending(path: "arch/x86/boot/bzImage")
    guard FileManager.default.fileExists(atPath: image.path) else {
      throw Failure(
        .badInput, "\(image.path) is not there: this is no kernel tree, or nothing was built in it",
        remedy: "build first (make bzImage), or name the build folder with O=DIR")
    }
    let vmlinux = folder.appending(path: "vmlinux")
    func time(_ file: URL) -> Date? {
      (try? FileManager.default.attributesOfItem(atPath: file.path))?[.modificationDate] as? Date
    }
    if let built = time(image), let linked = time(vmlinux), built < linked {
      throw Failure(
        .badInput, "\(image.path) is older than vmlinux: the last build did not come to its end",
        remedy: "make bzImage, and let the script exit with 125 when that fails")
    }
    return image
  }
}
