import Foundation
import HostSystem
public import ImageStore
import Judgement
public import KernelBuild
public import KernelTree
public import Suite
import VirtualMachine

/// The real laboratory: the workshop and QEMU. A kernel that is the same as one already judged is not booted.
public struct KernelLaboratory: Laboratory {
  private let workshop: KernelWorkshop
  private let kept: KeptRuns
  private let runner: ProbeRunner
  private let question: String
  private let machine: OneMachine
  /// See ``Laboratory``.
  public let workers: Int
  /// Symbols that its kernels do without.
  private var disabled: [String] = []
  private let report: @Sendable (KernelWorkshop.Progress) -> Void

  /// `question` is a digest of all that a verdict depends on beside the kernel and the machine; each boot gives so many runs.
  /// Where verdicts are there already, `machine` is the one that gave them. Where it `measures`, each run that counts is one
  /// of now, whatever the store has.
  public init(
    _ workshop: KernelWorkshop, store: ImageStore, runner: ProbeRunner, question: String, machine: String? = nil,
    workers: Int = 1, perBoot: Int = 1, measures: Bool = false,
    report: @escaping @Sendable (KernelWorkshop.Progress) -> Void
  ) {
    self.workshop = workshop
    kept = KeptRuns(in: store, perBoot: perBoot, measures: measures)
    self.runner = runner
    self.question = question
    self.machine = OneMachine(machine)
    self.workers = max(1, workers)
    self.report = report
  }

  /// See ``Laboratory``.
  public func commit(_ id: CommitID) async throws -> Commit { try await workshop.commit(id) }

  /// See ``Laboratory``.
  public func examine(_ sample: Sample, isClean: Bool) async throws -> Examination? {
    switch sample {
    case .commit(let commit): try await judged(workshop.make(commit, isClean: isClean, disabling: disabled))
    case .healed(let commit, let fix):
      if let product = try await workshop.make(commit, with: fix, disabling: disabled) {
        try await judged(product)
      } else {
        nil
      }
    case .revertedWhole(let culprit, let tip):
      // Clean, as what lies there is of another configuration.
      try await disabling([]).examine(.reverted(culprit, on: tip), isClean: true)
    case .reverted(let culprit, let tip):
      if let product = try await workshop.make(
        tip, without: culprit, isClean: isClean, disabling: disabled)
      {
        try await judged(product)
      } else {
        nil
      }
    }
  }

  /// A commit with another configuration than that of the workshop.
  public func examine(_ commit: Commit, isClean: Bool, as recipe: BuildRecipe) async throws -> Examination {
    try await judged(workshop.make(commit, isClean: isClean, as: recipe))
  }

  /// See ``KernelWorkshop``.
  public func place(of symbol: String) async -> String? { await workshop.place(of: symbol) }

  /// See ``KernelWorkshop``.
  public func configure(_ commit: Commit, as recipe: BuildRecipe) async throws -> ConfigureOutcome {
    try await workshop.configure(commit, as: recipe)
  }

  /// See ``Laboratory``.
  public func reach(in range: CommitRange, ends: [Examination]) async throws -> Reach? {
    var inputs: [BuildInputs] = []
    for end in ends {
      guard let image = end.image, let found = StoredImage.inputs(ofImageAt: URL(filePath: image)) else { return nil }
      inputs.append(found)
    }
    let tree = workshop.tree
    let known = try await tree.paths(of: range.old.id).union(tree.paths(of: range.new.id))
    return try await Reach(
      of: range.commits, ends: inputs, known: known.contains,
      changes: tree.changes(from: range.old.id, to: range.new.id)
    ) { commit, parent in try await tree.changedFiles(from: parent, to: commit.id) }
  }

  /// See ``Laboratory``.
  public func disabling(_ symbols: [String]) -> KernelLaboratory {
    var copy = self
    copy.disabled = symbols
    return copy
  }

  /// See ``Laboratory``. By the file that the compiler's first error names; one of the linker's names none.
  public func gates(ofFailed examination: Examination, at commit: Commit) async throws -> [String] {
    guard examination.seen.phase == .build, let end = examination.seen.signature.firstRange(of: ": ") else { return [] }
    let source = String(examination.seen.signature[..<end.lowerBound])
    return try await workshop.gates(of: source, in: commit.tree).filter(workshop.recipe.canDisable)
  }

  private func judged(_ product: KernelWorkshop.Product) async throws -> Examination {
    let seen: Seen
    var milliseconds: Int?
    var image: StoredImage?
    var machine: String?
    switch product.build {
    case .failed(let failure):
      seen = Seen(
        .untestable(phase: failure.phase, signature: failure.signature), phase: failure.phase,
        reason: failure.signature)
    case .built(let kept):
      image = kept
      (seen, milliseconds) = try await see(kept)
      machine = self.machine.name
    }
    var examination = Examination(
      tree: product.tree, identity: image?.identity, image: image?.image.path, seen: seen,
      buildSeconds: product.seconds, bootMilliseconds: milliseconds, isClean: product.isClean, tools: product.tools)
    examination.machine = machine
    return examination
  }

  /// What the probe sees on a kernel, by a boot unless it is known of one that is the same.
  private func see(_ image: StoredImage) async throws -> (Seen, milliseconds: Int?) {
    let first = try await run(on: image.image, identity: image.identity, 0..<1)[0]
    return (first.seen, first.milliseconds)
  }

  /// See ``Laboratory``.
  public func run(_ sample: Sample, _ examination: Examination, _ numbers: Range<Int>) async throws -> [Run] {
    guard let identity = examination.identity, let path = examination.image else { return [] }
    if FileManager.default.fileExists(atPath: path) {
      return try await run(on: URL(filePath: path), identity: identity, numbers)
    }
    // The store dropped it to make room; it is built again.
    guard let fresh = try await examine(sample, isClean: examination.isClean), fresh.identity == identity,
      let image = fresh.image
    else {
      throw Failure(
        .badInput, "\(path) is gone, and building it again gave another kernel",
        remedy: "start anew, with a larger FIRSTBAD_STORE_LIMIT")
    }
    return try await run(on: URL(filePath: image), identity: identity, numbers)
  }

  /// Runs of these numbers on a kernel: the store's, and for what it has not, boots, side by side.
  private func run(on image: URL, identity: String, _ numbers: Range<Int>) async throws -> [Run] {
    let kernel = try KernelImage(at: image.path)
    let question = "\(question)-\(Digest.sha256(ofText: try machine.require(try await runner.machine(for: kernel))))"
    let (report, runner, perBoot) = (report, runner, kept.perBoot)
    return try await kept.runs(of: identity, question, numbers, willBoot: { report(.booting) }) {
      try await runner.runsOfOne(on: kernel, upTo: perBoot).enumerated().map { place, cell in
        // The boot's time belongs to its first run.
        Run(seen: cell.seen, milliseconds: place == 0 ? cell.durationMilliseconds : 0)
      }
    }
  }
}
