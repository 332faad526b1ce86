public import ArgumentParser
import Foundation
import GuestImage
import HostSystem
import Judgement
public import Reports
import Suite
import VerdictStream
import VirtualMachine

extension SuiteFormat: ExpressibleByArgument {}

/// `firstbad suite`: many probes on many kernels.
struct SuiteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suite", abstract: "Run many probes on many kernels, and compare with what is known.",
    discussion: """
      Probes share a boot, kernels run beside each other. Without a PROBE all shipped ones are run. Exits with 0 when \
      nothing is worse (than the baseline, or than good), 1 when something is, and 128 when not all could be told. \
      Skips are counted and shown.
      """)

  @OptionGroup var kernels: KernelOptions
  @Option(help: ArgumentHelp("All kernels whose package name matches, from apt.", valueName: "pattern"))
  var packages: String?
  @Option(
    help: ArgumentHelp("Only probes with this word in their id, such as net. May be repeated.", valueName: "word"))
  var tag: [String] = []
  @Option(
    help: ArgumentHelp("How many kernels run at once; as many as the machine has processors.", valueName: "number"))
  var jobs: Int?
  @Option(help: ArgumentHelp("Only changes against this file fail.", valueName: "file"))
  var baseline: String?
  @Flag(help: "Write what was found into the baseline.")
  var updateBaseline = false
  @Option(help: "What standard output gets: text, json, ktap, junit or markdown.")
  var format = SuiteFormat.text
  @Option(help: ArgumentHelp("A further report, such as junit=FILE. May be repeated.", valueName: "format=file"))
  var report: [String] = []
  @Flag(help: "Bisect from the last good kernel to the first bad one, for each probe that has such.")
  var bisect = false
  @Option(help: ArgumentHelp("Run the probes in an order that this number decides.", valueName: "seed"))
  var shuffle: Int?
  @OptionGroup var repetition: RepeatOption
  @OptionGroup var guest: GuestOptions
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Programs, or folders of programs such as kselftests, instead of probes.", valueName: "path ...")
  )
  var exec: [String] = []
  @Argument(help: "A shipped probe's id, a C or Swift file with probes, or a folder with such files.")
  var probe: [String] = []

  func validate() throws {
    if let jobs, !(1...256 ~= jobs) { throw ValidationError("--jobs is a number from 1 to 256.") }
    if bisect, format != .text {
      throw ValidationError("--bisect says its answer on standard output: use --report \(format.rawValue)=FILE.")
    }
    if bisect, !exec.isEmpty {
      throw ValidationError(
        "--bisect takes probes, and programs are none: write a probe that does what the program did.")
    }
    if updateBaseline, baseline == nil { throw ValidationError("--update-baseline needs --baseline FILE.") }
  }

  func run() async throws {
    let (images, words, missing) = try await chosenKernels()
    let probes = exec.isEmpty ? try probeArguments(words) : []
    let bench =
      if exec.isEmpty {
        try await Bench(
          probes, guest, only: tag, repeats: repetition.number, shuffle: shuffle)
      } else {
        try await Bench(
          programs: exec.map { [$0] }, beside: words, guest, only: tag, repeats: repetition.number, shuffle: shuffle)
      }
    if updateBaseline, let baseline { try Places.requireWritable(URL(filePath: baseline)) }
    let known = try knownBaseline()
    let plan = SuitePlan(images, bench.selection.probes)
    if baseline != nil, let (one, other) = plan.namesakes {
      throw Failure(
        .badInput,
        "\(one.file.path) and \(other.file.path) are both called \(one.title), and a baseline knows kernels by that",
        remedy: "run each by itself, with a baseline of its own")
    }
    try requireOwnFiles()
    var reports = try SuiteReports(
      plan, [(format, nil)] + report.map(ReportSink.parse), baseline: known,
      SuiteTally(missing: missing, isUpdate: updateBaseline))
    let suite = SuiteRun(
      plan, with: bench.runner, baseline: known, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    do {
      try reports.begin()
      try await suite.run { try reports.take($0) }
      try reports.end()
    } catch {
      reports.cutShort(by: error)
      throw error
    }
    if updateBaseline, let baseline {
      let found = reports.results.map { (cell: $0.cell, title: plan.titles[$0.kernel]) }
      try await Baseline.update(URL(filePath: baseline), known: known, with: found, inOrderOf: plan.titles)
      Terminal.note("firstbad: \(baseline) holds what was found")
    }
    // A bisect takes a probe, and programs are none yet.
    if exec.isEmpty { try await follow(SuiteReds.find(reports.results, plan), in: plan, probes) }
    throw ExitCode(reports.tally.exitStatus)
  }

  private func chosenKernels() async throws -> ([KernelImage], [String], missing: Int) {
    guard let packages else {
      let (images, words) = try kernels.images(and: probe)
      return (images, words, 0)
    }
    guard kernels.kernel.isEmpty, kernels.kernels.isEmpty else {
      throw Failure(.usage, "--packages and kernel files exclude each other", remedy: "use one")
    }
    let (images, missing) = try await KernelsCommand.images(matching: packages, whole: false)
    return (images, probe, missing)
  }

  /// A folder stands for the files with probes in it; nothing stands for all that is shipped.
  private func probeArguments(_ words: [String]) throws -> [String] {
    if words.isEmpty { return try GuestImage.shipped(try Kit.find()).probes.map(\.id.description) }
    return try words.flatMap { word throws(Failure) -> [String] in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: word, isDirectory: &isFolder), isFolder.boolValue else {
        return [word]
      }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: word)) ?? []
      let files = names.filter { $0.hasSuffix(".c") || $0.hasSuffix(".swift") }.sorted().map { "\(word)/\($0)" }
      if files.isEmpty {
        throw Failure(.badInput, "\(word) holds no probe", remedy: "a probe is a file that ends in .c or .swift")
      }
      return files
    }
  }

  /// Two reports in one file would write over each other.
  private func requireOwnFiles() throws(Failure) {
    var seen: Set<String> = []
    for word in report + (baseline.map { ["baseline=\($0)"] } ?? []) {
      guard let mark = word.firstIndex(of: "=") else { continue }
      let path = String(word[word.index(after: mark)...])
      // What is written one after the other, as to a terminal, may be.
      var information = stat()
      if stat(path, &information) == 0, information.st_mode & S_IFMT != S_IFREG { continue }
      guard seen.insert(Self.end(of: path)).inserted else {
        throw Failure(.usage, "two reports are to be written to \(path)", remedy: "name a file for each")
      }
    }
  }

  /// Where a path leads, over links that may lead to what is not there yet.
  private static func end(of path: String) -> String {
    var file = URL(filePath: path).standardizedFileURL
    // As many links as Linux follows.
    for _ in 0..<40 {
      guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: file.path) else { break }
      file = URL(filePath: next, relativeTo: file.deletingLastPathComponent()).absoluteURL.standardizedFileURL
    }
    let folder = file.deletingLastPathComponent().resolvingSymlinksInPath()
    return folder.appending(path: file.lastPathComponent).path
  }

  private func knownBaseline() throws(Failure) -> Baseline? {
    guard let baseline else { return nil }
    if updateBaseline, !FileManager.default.fileExists(atPath: baseline) { return nil }
    return try Baseline(from: URL(filePath: baseline))
  }

  /// From a red cell to the search between the last good and the first bad kernel.
  private func follow(_ reds: [SuiteReds], in plan: SuitePlan, _ probes: [String]) async throws {
    for red in reds {
      let words = red.command(plan, packages: packages, probes: probes, repetition, guest)
      Terminal.note("\(red.probe) went bad from \(plan.titles[red.good]) to \(plan.titles[red.bad]):")
      Terminal.note("  firstbad \(words.map(Self.quoted).joined(separator: " "))")
      if bisect {
        var search = try BisectCommand.Search.parse(Array(words.dropFirst()))
        search.ends.tree = "."
        do {
          try await search.run()
        } catch let status as ExitCode {
          Terminal.note("  that ended with status \(status.rawValue)")
        } catch let failure as Failure {
          // The suite's own answer stands, and so do the other searches.
          Terminal.note("  that came to no answer: \(failure.message)")
        }
      }
    }
  }

  /// As a shell reads it.
  static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789_-+=./:,@%".unicodeScalars.contains(scalar))
    }
    return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
  }
}
