public import Foundation
public import HostSystem
import Judgement
import Synchronization

/// Builds kernels of one recipe with one tool chain, tree after tree.
///
/// Linux 6.1.190, base tiny, two cores: 271 s of processor from nothing, 110 s when ccache knows every file (in the
/// same folders: other paths miss); 8 s when nothing changed. Configuring is 2 s of that, 9 s in a new folder.
public struct KernelBuilder: Sendable {
  /// How they are configured.
  public let recipe: BuildRecipe
  /// What compiles them.
  public private(set) var toolChain: ToolChain
  /// How many files are compiled at a time.
  public let jobs: Int
  /// Whether compiled files are remembered by ccache(1).
  public let usesCcache: Bool
  private let ccache: Tool?
  private let silence: Duration
  /// Whether kernels of other configurations may be built upon the same objects.
  private let sharesObjects: Bool

  /// A builder; `jobs` is the number of processors when it is nil. ccache is used where it is installed, unless it
  /// is not wanted.
  public init(_ recipe: BuildRecipe, _ toolChain: ToolChain, jobs: Int? = nil, useCcache: Bool = true) {
    self.init(recipe, toolChain, jobs: jobs, useCcache: useCcache, silence: .seconds(1800))
  }

  init(
    _ recipe: BuildRecipe, _ toolChain: ToolChain, jobs: Int?, useCcache: Bool, silence: Duration,
    sharesObjects: Bool = false
  ) {
    self.recipe = recipe
    self.sharesObjects = sharesObjects
    self.toolChain = toolChain
    self.jobs = max(1, jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    ccache = useCcache ? try? Tool("ccache", remedy: BuildTool.remedy("ccache")) : nil
    usesCcache = ccache != nil
    self.silence = silence
  }

  /// The same for another configuration, for who builds many of one tree: what it builds upon may be the objects of a
  /// configuration that differs. Kbuild notes for each object which symbols it was compiled with, and compiles again
  /// what one of them has changed for; a clean build shows where it errs.
  public func with(_ recipe: BuildRecipe) -> KernelBuilder {
    KernelBuilder(
      recipe, toolChain, jobs: jobs, useCcache: usesCcache, silence: silence, sharesObjects: true)
  }

  private func stamp(_ source: URL) -> Objects.Stamp {
    Objects.Stamp(
      toolChain: toolChain.digest, recipe: sharesObjects ? "any" : recipe.digest, source: source.path,
      usesCcache: usesCcache)
  }

  /// What kconfig is asked for where these fix-ups are applied.
  private func recipe(_ fixUps: [FixUp]) -> BuildRecipe {
    var recipe = recipe
    recipe.fixUpSymbols = fixUps.flatMap(\.actions).compactMap { action in
      if case .config(let symbol, let value) = action { BuildRecipe.Assignment(symbol, value) } else { nil }
    }
    return recipe
  }

  /// One try to configure; see ``configure(source:objects:log:fixUps:)``.
  func attempt(source: URL, objects: URL, log: URL, fixUps: [FixUp]) async throws -> ConfigureOutcome {
    let (source, folder) = (source.absoluteURL.standardizedFileURL, objects.absoluteURL.standardizedFileURL)
    try Self.refuse(source: source)
    try Kbuild.refuse(path: folder, of: "the configurations")
    if let missing = Self.missingTools().first { throw missing }
    let objects = Objects(folder: folder)
    let lock = try objects.lock()
    defer { withExtendedLifetime(lock) {} }
    _ = try objects.prepare(for: stamp(source), isClean: false)
    let configure = Configure(
      recipe: recipe(fixUps), source: source, objects: objects,
      arguments: Kbuild.arguments(source: source, objects: folder) + toolChain.arguments(ccache: ccache, fixUps),
      log: try BuildLog(log), silence: silence)
    if let failure = try await configure.run() { return .failed(failure) }
    return .configured(try ConfigText.read(objects.config.path, as: "configuration", remedy: "build again"))
  }

  /// By which ccache may go by what was read the last time; nil where it is not known what that would overlook.
  private func names(of tree: SourceTree?) async -> IncludeNames? {
    guard let ccache, let names = try? await tree?.names() else { return nil }
    return await DirectMode.isSafe(ccache, toolChain.compiler) ? names : nil
  }

  /// Makes the objects fit for a build of this source.
  private func prepare(
    _ objects: Objects, for stamp: Objects.Stamp, of source: URL, _ tree: SourceTree?, isClean: Bool
  ) async throws -> Objects.State {
    // The build takes it away.
    let inputs = objects.knownInputs
    var state = try objects.prepare(for: stamp, isClean: isClean)
    guard let tree, let old = state.tree else { return state }
    guard let changes = try await tree.changes(old) else {
      return try objects.emptied(for: stamp, "what was built before is not known any more")
    }
    let unseen = inputs.map { $0.unseen(of: changes.all) } ?? changes.all.first
    state.isPure = state.isPure && unseen == nil
    if tree.isFinal, !state.isPure {
      return try objects.emptied(for: stamp, "\(unseen ?? "something") changed, and make may not see that")
    }
    try NewFiles(changes.new).displace(in: objects.folder, of: source)
    return state
  }

  /// The same with another tool chain.
  public func with(_ toolChain: ToolChain) -> KernelBuilder {
    var copy = self
    copy.toolChain = toolChain
    return copy
  }

  /// What this machine lacks to build kernels, a failure each with its remedy; empty when nothing is missing. Asked
  /// before an hour is spent.
  public static func missingTools() -> [Failure] { BuildTool.missing() }

  /// Refuses a folder that is no kernel tree, and one that was built in, which `O=` would refuse.
  public static func refuse(source: URL) throws(Failure) { try Kbuild.refuse(source: source) }

  /// One try of a build; see ``build(source:tree:objects:log:isClean:fixUps:progress:)``.
  func attempt(
    source: URL, tree: SourceTree?, objects: URL, log: URL, isClean: Bool, fixUps: [FixUp],
    progress: @escaping @Sendable (BuildProgress) -> Void
  ) async throws -> BuildOutcome {
    let start = ContinuousClock.now
    // Make is run in the source, so a relative path would be one there.
    let (source, folder) = (source.absoluteURL.standardizedFileURL, objects.absoluteURL.standardizedFileURL)
    // What git laid out is the commit's: side projects that were merged with their history lack all that builds a kernel.
    if tree != nil, let lack = Kbuild.lack(of: source) {
      return .failed(BuildFailure(phase: .configure, signature: "the commit's tree \(lack.what)", lines: []))
    }
    try Self.refuse(source: source)
    try Kbuild.refuse(path: folder, of: "the objects")
    if let missing = Self.missingTools().first { throw missing }
    let objects = Objects(folder: folder)
    let lock = try objects.lock()
    defer { withExtendedLifetime(lock) {} }
    var stamp = stamp(source)
    stamp.tree = tree?.id
    let state = try await prepare(objects, for: stamp, of: source, tree, isClean: isClean)
    stamp.isPure = state.isPure
    // After the folder was emptied: a log may be kept in it.
    let log = try BuildLog(log)
    try objects.removeImages()
    try Places.write(Data(), to: objects.marker)

    let arguments = Kbuild.arguments(source: source, objects: folder) + toolChain.arguments(ccache: ccache, fixUps)
    progress(BuildProgress(phase: .configure, filesDone: 0, filesExpected: state.files, current: ""))
    let configure = Configure(
      recipe: recipe(fixUps), source: source, objects: objects, arguments: arguments, log: log, silence: silence)
    if let failure = try await configure.run() {
      try? FileManager.default.removeItem(at: objects.marker)
      return .failed(failure)
    }

    let setting = try BuildSetting(source: source, config: objects.config)
    let count = Mutex(0)
    let compile = Compile(
      source: source, objects: objects, arguments: arguments, jobs: jobs, log: log, silence: silence,
      compilesPreprocessed: toolChain.compilesPreprocessed, names: await names(of: tree),
      suspects: state.suspects.met(in: setting))
    try objects.begin(tree?.id)
    let end = try await compile.run { line in
      guard let made = KernelLine(line) else { return }
      let done = count.withLock { count in
        count += 1
        return count
      }
      progress(
        BuildProgress(phase: .build, filesDone: done, filesExpected: state.files, current: String(made.file)))
    }
    var stamped = stamp
    if case .failed(let failure, let report) = end {
      stamped.files = state.files
      stamped.suspects = state.suspects.after(failure: report, in: setting)
      try objects.write(stamped)
      return .failed(failure)
    }
    let identity = try BootWrapper.identity(
      LoadedSections(objects.vmlinux).identity, of: Kbuild.image(in: folder))
    stamped.files = count.withLock { $0 }
    stamped.suspects = state.suspects.after(failure: nil, in: setting)
    try objects.write(stamped)
    let inputs = try BuildInputs(source: source, objects: folder, architecture: Kbuild.architecture)
    try Places.write(JSONEncoder().encode(inputs), to: objects.inputs)
    var notes = state.note.map { [$0] } ?? []
    if case .builtAtSecondTry(let words) = end {
      notes.append("make failed once and then succeeded with the same tree: \(words)")
    }
    return .built(
      BuiltKernel(
        image: Kbuild.image(in: folder), config: objects.config, vmlinux: objects.vmlinux, identity: identity,
        build: LoadedSections.build(of: objects.vmlinux), inputs: objects.inputs, isClean: state.isClean,
        seconds: start.duration(to: .now) / .seconds(1), notes: notes))
  }
}
