import ArgumentParser
import Bisection
import Foundation
import HostSystem
import Judgement
import Reports

/// `firstbad bisect`: the first commit, or ready-made kernel, that behaves differently.
struct BisectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect", abstract: "Find the first commit, or the first kernel of several, that behaves differently.",
    discussion: """
      In a kernel tree: firstbad bisect --good v6.1 --bad v6.2 PROBE. Among ready-made kernels: firstbad bisect \
      --kernels FILE... PROBE, the good one first and the bad one last; with --find-fix the other way round. \
      All options, such as --changed and --flaky: firstbad help bisect search.
      """,
    subcommands: [Search.self, BisectLogCommand.self, BisectMarkCommand.self, BisectUndoCommand.self],
    defaultSubcommand: Search.self)

  struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search", abstract: "Search (the default).",
      discussion: """
        Both ends are verified first, then the range is searched, then the answer is proven. Only the failure that \
        the bad end shows counts as bad; what fails otherwise, or does not build or boot, cannot tell. Your \
        checkout is not touched.
        """)

    @OptionGroup var ends: EndOptions
    @OptionGroup var build: BuildOptions
    @OptionGroup var kernels: KernelOptions
    @Option(help: ArgumentHelp("Among the packages whose name matches; the ends are versions.", valueName: "pattern"))
    var packages: String?
    @Option(help: ArgumentHelp("With --packages: go on among the commits of this tree.", valueName: "dir"))
    var thenSource: String?
    @Option(help: ArgumentHelp("Of the probes in the file this one.", valueName: "id"))
    var only: String?

    @Option(
      help: ArgumentHelp(
        "Hunt a change of this observation instead of a failure; of a measured one NAME:+50%, or NAME.p99:-30%.",
        valueName: "observation"))
    var changed: String?

    @Flag(help: "Any failure counts as bad, not only that of the bad end.")
    var anyFailure = false

    @Flag(
      help: ArgumentHelp(
        "The failure shows only sometimes: measure how often at the ends, and run each kernel until it is decided."))
    var flaky = false

    @Flag(help: "Try commits that cannot be tested with the change of the commit that mended them.")
    var heal = false

    @OptionGroup var repetition: RepeatOption
    @OptionGroup var guest: GuestOptions

    @Argument(help: "A shipped probe's id, or a C or Swift file with one probe.")
    var probe: [String] = []

    func validate() throws {
      guard let changed, changed.hasSuffix("%"), Shift(parsing: changed) == nil else { return }
      throw ValidationError(
        "--changed \(changed): say NAME:+50% or NAME:-30%; NAME.min, .p90, .p99 or .max for more than the median.")
    }

    func run() async throws {
      if heal, packages != nil ? thenSource == nil : !kernels.kernel.isEmpty || !kernels.kernels.isEmpty {
        throw Failure(.usage, "--heal mends commits, and these are ready-made kernels", remedy: "leave it out")
      }
      if anyFailure && changed != nil {
        throw Failure(.usage, "--changed and --any-failure exclude each other", remedy: "choose one")
      }
      if let packages { return try await searchPackages(packages) }
      let isOverKernels = !kernels.kernel.isEmpty || !kernels.kernels.isEmpty
      if isOverKernels && ends.isUsed {
        throw Failure(
          .usage, "commits and ready-made kernels exclude each other", remedy: "name --good and --bad, or --kernels")
      }
      if isOverKernels { return try await searchKernels() }
      let session = try await CommitSession(self)
      try await session.run()
    }

    var question: Question {
      guard let changed else { return .failure(any: anyFailure) }
      return Shift(parsing: changed).map(Question.shifted) ?? .changed(changed)
    }

    private func searchPackages(_ pattern: String) async throws {
      guard kernels.kernel.isEmpty, kernels.kernels.isEmpty, !ends.resume else {
        throw Failure(
          .usage, "--packages goes with --good and --bad", remedy: "leave --kernel, --kernels and --resume out")
      }
      let bench = try await Bench(probe, guest, only: only.map { [$0] } ?? [])
      try bench.requireOneProbe()
      let search = try await PackageBisect(
        pattern, ends, bench, question, isFlaky: flaky,
        workers: bench.workers(build.jobs), perBoot: repetition.number)
      try await search.run(in: thenSource)
    }

    private func searchKernels() async throws {
      let (images, probes) = try kernels.images(and: probe)
      let bench = try await Bench(probes, guest, only: only.map { [$0] } ?? [])
      try bench.requireOneProbe()
      for (earlier, later) in zip(images, images.dropFirst()) {
        guard let before = earlier.release, let after = later.release else { continue }
        if KernelRelease.isOlder(after, than: before) {
          Terminal.note(
            "firstbad: note: \(before) stands before \(after); the answer holds only for kernels in their order")
        }
      }
      let bisection = try KernelListBisection(
        images, with: bench.runner, question: question, findsFix: ends.findFix, isFlaky: flaky,
        workers: bench.workers(build.jobs), perBoot: repetition.number, note: { Terminal.note("firstbad: note: \($0)") }
      ) { step, open in
        Terminal.note(BisectionText.step(step, open: open))
      }
      let outcome = try await bisection.run()
      for line in BisectionText.summary(outcome, of: images, question) { try Terminal.print(line) }
      if outcome.suspects.count > 1 || outcome.isDoubtful {
        throw ExitCode(ExitStatus.of(.untestable(phase: .done, signature: "range")))
      }
    }
  }
}

extension Bench {
  /// Boots that may run side by side: each has as many threads as its guest has processors.
  func workers(_ jobs: Int?) -> Int {
    let cpus = selection.probes.map(\.cpus).max() ?? 1
    return max(1, (jobs ?? ProcessInfo.processInfo.activeProcessorCount) / max(1, cpus))
  }

  /// A bisect follows one behaviour.
  func requireOneProbe() throws(Failure) {
    guard selection.probes.count == 1 else {
      throw Failure(.usage, "a bisect follows one probe", remedy: "name one probe, or a file with one probe in it")
    }
  }
}
