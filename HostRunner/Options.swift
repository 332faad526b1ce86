public import ArgumentParser
import Foundation
import GuestImage
import HostSystem
public import Judgement
import KernelPackages
import Suite
import VerdictStream
public import VirtualMachine

extension AcceleratorChoice: ExpressibleByArgument {}
extension FailOn: ExpressibleByArgument {}

/// Options of every command that boots guests.
struct GuestOptions: ParsableArguments {
  @Option(name: .customLong("accel"), help: "Who executes the guest: auto, kvm or tcg.")
  var accelerator = AcceleratorChoice.auto

  @Option(help: "Kernel messages that make a passing probe bad: oops (BUG, Oops) or warn (WARN and stalls, too).")
  var failOn = FailOn.oops

  @Option(help: ArgumentHelp("Words to add to the kernel's command line.", valueName: "words"))
  var append: [String] = []

  @Option(
    help: ArgumentHelp(
      "A kernel module that every probe gets, where it is not built in: a name, or a .ko file. May be repeated.",
      valueName: "name"))
  var module: [String] = []

  @Option(
    help: ArgumentHelp(
      "How long a phase may take, in seconds: \(Deadlines.names.joined(separator: ", ")). May be repeated.",
      valueName: "phase=seconds"))
  var timeout: [String] = []

  func validate() throws {
    _ = try deadlines()
    for name in module where !Self.isFile(name) && !ProbeMetadata.isModule(Text(name)) {
      throw ValidationError("--module \(name): say the module's name, such as overlay, or the path of a .ko file.")
    }
  }

  /// `x.ko` is a file, as no module is called so.
  private static func isFile(_ word: String) -> Bool { word.contains("/") || word.contains(".ko") }

  /// The modules; a file with a path that needs no present folder.
  private var modules: [String] {
    module.map { Self.isFile($0) ? URL(filePath: $0).absoluteURL.path : $0 }
  }

  private func deadlines() throws -> [(name: String, seconds: Double)] {
    try timeout.map { text in
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, Deadlines.names.contains(String(parts[0])) else {
        throw ValidationError(
          "--timeout \(text): say PHASE=SECONDS; a phase is \(Deadlines.names.joined(separator: ", ")).")
      }
      guard let seconds = Double(parts[1]), 0.001...86_400 ~= seconds else {
        throw ValidationError("--timeout \(text): seconds are a number of more than 0 and at most 86400.")
      }
      return (String(parts[0]), seconds)
    }
  }

  /// The same options as words of a command line.
  var words: [String] {
    var words: [String] = []
    if accelerator != .auto { words += ["--accel", accelerator.rawValue] }
    if failOn != .oops { words += ["--fail-on", failOn.rawValue] }
    for word in append { words += ["--append=\(word)"] }
    for word in modules { words += ["--module", word] }
    for word in timeout { words += ["--timeout", word] }
    return words
  }

  var runOptions: RunOptions {
    var options = RunOptions()
    options.accelerator = accelerator
    options.failOn = failOn
    options.append = append
    options.modules = modules
    options.fetchModules = KernelsCommand.fetchModules
    options.deadlines = (try? deadlines()) ?? []
    return options
  }
}

/// Several runs of a probe in one boot.
struct RepeatOption: ParsableArguments {
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("Run the probe so often in each boot, each time in a process of its own.", valueName: "number"))
  var number = 1

  func validate() throws {
    guard 1...1000 ~= number else { throw ValidationError("--repeat is a number from 1 to 1000.") }
  }

  /// The same option as words of a command line.
  var words: [String] { number == 1 ? [] : ["--repeat", "\(number)"] }
}

/// The kernels of a command line.
struct KernelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A kernel: a bzImage (vmlinuz-*) or an x86-64 vmlinux. May be repeated.", valueName: "file"))
  var kernel: [String] = []

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Several kernels, in order.", valueName: "file ..."))
  var kernels: [String] = []

  /// The kernels, looked at, and the probes: `--kernels` takes all that follows it, so in
  /// `--kernels A B PROBE` the probes have to be peeled off its end.
  func images(and probes: [String]) throws(Failure) -> ([KernelImage], [String]) {
    if !kernel.isEmpty && !kernels.isEmpty {
      throw Failure(
        .usage, "--kernel and --kernels exclude each other, as their order would be lost", remedy: "use one")
    }
    var files = kernel + kernels
    var probes = probes
    while !kernels.isEmpty, let last = files.last, Self.looksLikeProbe(last) {
      probes.insert(last, at: 0)
      files.removeLast()
    }
    guard !files.isEmpty else {
      throw Failure(
        .usage, "no kernel is named",
        remedy: "add --kernel FILE; 'firstbad kernels list' shows some, and --here needs none")
    }
    var images: [KernelImage] = []
    for file in files {
      for path in try KernelFolder.expand(file) { images.append(try KernelsCommand.held(path)) }
    }
    return (images, probes)
  }

  private static func looksLikeProbe(_ word: String) -> Bool {
    if word.hasSuffix(".c") || word.hasSuffix(".swift") { return true }
    return !FileManager.default.fileExists(atPath: word) && ProbeMetadata.isID(Text(word)) && word.contains(".")
  }
}

/// The probes of a command line, ready to run.
struct Bench {
  let places = Places()
  let selection: ProbeSelection
  let runner: ProbeRunner

  /// `only` narrows the choice to ids that are one of the words, or have one of them between their dots.
  init(
    _ probes: [String], _ options: GuestOptions, only words: [String] = [], repeats: Int = 1, shuffle: Int? = nil
  ) async throws {
    let all = try await ProbeSelection(arguments: probes, kit: try Kit.find(), places: places)
    selection = words.isEmpty ? all : try all.only(words)
    var run = options.runOptions
    (run.repeats, run.shuffle) = (repeats, shuffle)
    runner = try ProbeRunner(selection, places: places, options: run, note: Terminal.note)
  }

  /// Programs of others: each a path with its arguments.
  init(
    programs: [[String]], beside probes: [String], _ options: GuestOptions, only words: [String] = [],
    repeats: Int = 1, shuffle: Int? = nil
  ) async throws {
    guard probes.isEmpty else {
      throw Failure(.usage, "--exec and probes exclude each other", remedy: "run them one after the other")
    }
    var sets: [Programs] = []
    for words in programs { sets.append(try Programs(words.first ?? "", Array(words.dropFirst()), after: sets)) }
    for line in sets.flatMap(\.leftOutLines) { Terminal.note("firstbad: \(line)") }
    let all = try await ProbeSelection(sets, kit: try Kit.find(), places: places)
    selection = words.isEmpty ? all : try all.only(words)
    var run = options.runOptions
    (run.repeats, run.shuffle) = (repeats, shuffle)
    runner = try ProbeRunner(selection, places: places, options: run, note: Terminal.note)
  }
}
