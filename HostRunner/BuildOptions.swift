import ArgumentParser
import Bisection
import HostSystem
import KernelBuild
import KernelTree
import VerdictStream

/// Which commits, or with --packages which versions.
struct EndOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A commit where all is well.", valueName: "commit"))
  var good: String?

  @Option(help: ArgumentHelp("A commit where it is not.", valueName: "commit"))
  var bad: String?

  @Flag(help: "The bad end is the older one: find the commit, or the kernel, that fixed it.")
  var findFix = false

  @Option(help: ArgumentHelp("The kernel tree.", valueName: "dir"))
  var tree = "."

  @Flag(help: "Go on with the last bisection of this tree.")
  var resume = false

  var isUsed: Bool { good != nil || bad != nil || resume }
}

/// How kernels are built.
struct BuildOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the configuration starts from: tiny, defconfig or a .config file. In a bisect also auto, or auto:FILE.",
      valueName: "base"))
  var base = "tiny"

  @Option(
    help: ArgumentHelp(
      "A symbol of the configuration, such as CONFIG_BPF=y, or @FILE with such lines. May be repeated.",
      valueName: "symbol=value"))
  var config: [String] = []

  @Option(
    help: ArgumentHelp(
      "The compiler: gcc, gcc-11, clang, a path, LLVM=-16; with FROM..UPTO= before it for those commits. May be repeated.",
      valueName: "program"))
  var compiler: [String] = []

  @Option(
    help: ArgumentHelp(
      "What may be done so that old trees build and boot: none, verified, all, names between commas. See 'firstbad fix-ups'.",
      valueName: "which"))
  var fixUps = "verified"

  @Option(
    help: ArgumentHelp("How many compilers run at once; as many as the machine has processors.", valueName: "number"))
  var jobs: Int?

  func validate() throws {
    if let jobs, !(1...4096 ~= jobs) { throw ValidationError("--jobs is a number from 1 to 4096.") }
  }

  /// The bases to try where the right one is to be found out, the smallest first; nil where it is named.
  var ladder: [String]? {
    if base == "auto" { return ["tiny", "defconfig"] }
    return base.hasPrefix("auto:") ? ["tiny", "defconfig", String(base.dropFirst(5))] : nil
  }

  /// How kernels are configured in which these probes can run, with the base that is named or another one.
  func recipe(for probes: [ProbeMetadata], base other: String? = nil) throws -> BuildRecipe {
    if ladder != nil && other == nil {
      throw Failure(
        .usage, "--base auto climbs until the bad end is bad, and here is no bad end",
        remedy: "name tiny, defconfig or a .config; 'firstbad bisect --base auto' says which one it took")
    }
    // What a probe wants of the machine, the kernel must be able to use.
    let machine = probes.contains { $0.cpus > 1 } ? ["CONFIG_SMP"] : []
    return BuildRecipe(
      base: try BuildRecipe.Base(argument: other ?? base),
      probeSymbols: probes.flatMap { $0.configs.map(\.description) } + machine,
      userSymbols: try BuildRecipe.Assignment.list(config))
  }

  /// What builds kernels in which these probes can run, with the base that is named or another one. What is missing on
  /// this machine is said before an hour is spent.
  func plant(for probes: [ProbeMetadata], in tree: KernelTree, base other: String? = nil) async throws -> Plant {
    let recipe = try recipe(for: probes, base: other)
    let missing = KernelBuilder.missingTools()
    if let first = missing.first {
      let others = missing.dropFirst().map(\.description).joined(separator: "; ")
      throw Failure(
        .missingTool, first.message,
        remedy: [first.remedy, others].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "; "))
    }
    let fixUps = try FixUpSet(argument: fixUps)
    let compilers = try await Compilers(arguments: compiler, in: tree)
    return Plant(
      builder: KernelBuilder(recipe, compilers.usual, jobs: jobs), compilers: compilers, fixUps: fixUps)
  }
}

/// What builds the kernels of one command.
struct Plant {
  let builder: KernelBuilder
  let compilers: Compilers
  let fixUps: FixUpSet
}
