import ArgumentParser
import Bisection
import ConfigSearch
import Foundation
import HostSystem
import ImageStore
import Judgement
import KernelBuild
import KernelTree
import Reports

/// `firstbad config`: which symbols of a configuration a behaviour hangs on.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Find the symbols of a configuration that a behaviour hangs on.",
    subcommands: [Bisect.self, Minimize.self])

  func run() throws {
    throw Failure(.usage, "bisect or minimize?", remedy: "'firstbad config --help' tells what they do")
  }

  /// What both have in common.
  struct Subject: ParsableArguments {
    @Option(help: ArgumentHelp("The commit that is built.", valueName: "commit"))
    var commit = "HEAD"

    @Option(help: ArgumentHelp("The kernel tree.", valueName: "dir"))
    var tree = "."

    @Option(
      help: ArgumentHelp(
        "A symbol that all configurations get, or @FILE with such lines. May be repeated.",
        valueName: "symbol=value"))
    var with: [String] = []

    @Option(help: ArgumentHelp("The compiler: gcc, gcc-11, clang ...", valueName: "program"))
    var compiler: String?

    @Option(
      help: ArgumentHelp(
        "What may be done so that an old tree builds and boots: none, verified, all, names between commas.",
        valueName: "which"))
    var fixUps = "verified"

    @Option(
      help: ArgumentHelp("How many compilers run at once; as many as the machine has processors.", valueName: "number"))
    var jobs: Int?

    @Option(help: ArgumentHelp("Of the probes in the file this one.", valueName: "id"))
    var only: String?

    @Option(help: ArgumentHelp("Hunt a change of this observation instead of a failure.", valueName: "observation"))
    var changed: String?

    @Flag(help: "Any failure counts as bad, not only that of the bad end.")
    var anyFailure = false

    @OptionGroup var guest: GuestOptions

    @Argument(help: "A shipped probe's id, or a C or Swift file with one probe.")
    var probe: [String] = []

    func validate() throws {
      if anyFailure && changed != nil { throw ValidationError("--changed and --any-failure exclude each other.") }
    }
  }

  struct Bisect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bisect", abstract: "Of one commit and two configurations: which symbol makes the one bad.",
      discussion: """
        Both ends are built and judged first. The answer is the least set of symbols that, changed in the good \
        configuration, makes it bad. The same command again builds and boots nothing twice.
        """)

    @Option(help: ArgumentHelp("A configuration (.config) with which all is well.", valueName: "file"))
    var good: String

    @Option(help: ArgumentHelp("One with which it is not.", valueName: "file"))
    var bad: String

    @OptionGroup var subject: Subject

    func run() async throws {
      let texts = (good: try ConfigDifference.read(good), bad: try ConfigDifference.read(bad))
      let session = try await ConfigurationSession(subject)
      let names = ConfigurationSearch.Names(
        good: "the good configuration, \(good)", bad: "the bad configuration, \(bad)")
      let answer = try await session.run(.between(good: texts.good, bad: texts.bad), names)
      for line in ConfigurationText.summary(answer, isLeast: false) { try Terminal.print(line) }
      if answer.claim == .inconclusive { throw ExitCode(ExitStatus.failure) }
    }
  }

  struct Minimize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "minimize", abstract: "From a large configuration that shows it to the least that still does.",
      discussion: """
        What is left is a set of symbols upon the minimal configuration (base tiny), of which none can be left out. \
        With -o it is written to a file that 'firstbad bisect --config @FILE' takes.
        """)

    @Option(help: ArgumentHelp("The configuration (.config) that shows it.", valueName: "file"))
    var config: String

    @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("For the answer.", valueName: "file"))
    var output: String?

    @OptionGroup var subject: Subject

    func run() async throws {
      let text = try ConfigDifference.read(config)
      // Before hours are spent on what cannot be kept.
      if let output { try Places.requireWritable(URL(filePath: output)) }
      let session = try await ConfigurationSession(subject)
      let names = ConfigurationSearch.Names(
        good: "the minimal configuration", bad: "the configuration that shows it, \(config)")
      let answer = try await session.run(.least(of: text), names)
      for line in ConfigurationText.summary(answer, isLeast: true) { try Terminal.print(line) }
      if answer.claim == .inconclusive { throw ExitCode(ExitStatus.failure) }
      if let output {
        let fragment = ConfigurationText.fragment(
          answer, symbols: session.symbols, commit: session.commit.quoted, probe: session.probe)
        try Places.writeResult(Data(fragment.utf8), to: URL(filePath: output))
      }
      try Terminal.print(
        output.map { "written to \($0); to use it: firstbad bisect --config @\($0) --good A --bad B ..." }
          ?? "to keep it: the same with -o FILE, which builds nothing again")
    }
  }
}

/// One search among configurations: what the command line asks for, put together and run.
struct ConfigurationSession {
  let commit: Commit
  let symbols: [BuildRecipe.Assignment]
  private let subject: ConfigCommand.Subject
  private let bench: Bench
  private let tree: KernelTree
  private let plant: Plant

  /// The probe's id.
  var probe: String { bench.selection.probes.first?.id.description ?? "" }

  init(_ subject: ConfigCommand.Subject) async throws {
    self.subject = subject
    tree = try await KernelTree(at: subject.tree)
    commit = try await tree.commit(tree.resolve(subject.commit))
    bench = try await Bench(subject.probe, subject.guest, only: subject.only.map { [$0] } ?? [])
    try bench.requireOneProbe()
    symbols = try BuildRecipe.Assignment.list(subject.with)
    var options = try BuildOptions.parse([])
    options.compiler = subject.compiler.map { [$0] } ?? []
    options.fixUps = subject.fixUps
    options.jobs = subject.jobs
    plant = try await options.plant(for: bench.selection.probes, in: tree)
    try CommitSession.requireSpace(for: tree, in: bench.places)
  }

  func run(
    _ kind: ConfigurationEnds.Kind, _ names: ConfigurationSearch.Names
  ) async throws -> ConfigurationAnswer {
    let live = LiveLine()
    let tell: @Sendable (KernelWorkshop.Progress) -> Void = { live.tell($0) }
    let store = try ImageStore(in: bench.places)
    let workshop = try await KernelWorkshop(
      tree, builder: plant.builder, compilers: plant.compilers, fixUps: plant.fixUps, store: store,
      logs: bench.places.state.appending(path: "builds"), places: bench.places, report: tell)
    let laboratory = KernelLaboratory(
      workshop, store: store, runner: bench.runner, question: bench.question(subject.guest),
      workers: bench.workers(subject.jobs), report: tell)
    let ends = ConfigurationEnds(kind, probeSymbols: plant.builder.recipe.probeSymbols, symbols: symbols)
    var search = ConfigurationSearch(
      ends, question: subject.changed.map(Question.changed) ?? .failure(any: subject.anyFailure), names: names,
      laboratory: KernelConfigurations(commit, in: laboratory)
    ) { event in
      if let now = ConfigurationText.live(event) { live.begin(now.text, left: now.left) }
      if let line = ConfigurationText.line(event) { live.end(line) }
    }
    do {
      let answer = try await search.run()
      live.clear()
      return answer
    } catch {
      live.clear()
      Terminal.note("what was built and judged is kept: the same command goes on from here")
      throw error
    }
  }
}
