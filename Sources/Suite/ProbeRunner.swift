import Foundation
public import GuestImage
public import HostSystem
public import Judgement
import KernelModules
import Synchronization
import VerdictStream
public import VirtualMachine

/// How probes are to be run.
public struct RunOptions: Sendable {
  /// KVM or TCG.
  public var accelerator = AcceleratorChoice.auto
  /// Which kernel messages make a passing probe bad.
  public var failOn = FailOn.oops
  /// Further words for the kernel's command line.
  public var append: [String] = []
  /// Modules that every probe gets, by name or as a file's path (with a slash in it).
  public var modules: [String] = []
  /// Sees to it that a kernel's modules lie where they are looked for, when a probe wants some and they do not; does
  /// nothing for kernels that it has no source for.
  public var fetchModules: (@Sendable (KernelImage) async throws -> Void)?
  /// Deadlines in seconds that replace the accelerator's own, by their names in ``Deadlines``.
  public var deadlines: [(name: String, seconds: Double)] = []
  /// How often each probe is run in a boot; more often where its heading says so, once where it works on the guest's own
  /// mounts.
  public var repeats = 1
  /// Probes are run in an order that this number decides; nil: in the order of the choice.
  public var shuffle: Int?

  /// The defaults.
  public init() {}
}

/// Runs probes on kernels: as few boots as their machines allow, each judged by itself.
public struct ProbeRunner: Sendable {
  private let hypervisor: Hypervisor
  private let trial: AcceleratorTrial
  let selection: ProbeSelection
  let options: RunOptions
  /// The user's own modules, by name.
  let files: [String: URL]
  private let places: Places
  let note: @Sendable (String) -> Void

  /// How often a boot is repeated that the emulator or a sleeping host spoilt.
  static let noiseRetries = 2

  /// A runner; `note` takes lines that are worth a person's while.
  public init(
    _ selection: ProbeSelection, places: Places, options: RunOptions, note: @escaping @Sendable (String) -> Void
  ) throws(Failure) {
    hypervisor = try Hypervisor(places: places)
    trial = AcceleratorTrial(hypervisor, places: places)
    self.selection = selection
    self.options = options
    self.places = places
    self.note = note
    var files: [String: URL] = [:]
    for path in options.modules where path.contains("/") {
      guard FileManager.default.isReadableFile(atPath: path), let name = ModuleInfo.name(ofFile: path) else {
        throw Failure(
          .badInput, "the module \(path) cannot be read, or is none", remedy: "name a file that ends in .ko")
      }
      files[name] = URL(filePath: path)
    }
    self.files = files
  }

  /// All chosen probes on one kernel, in the order of the choice.
  public func run(on kernel: KernelImage) async throws -> [Cell] {
    let cells = Mutex<[Text: Cell]>([:])
    try await run(on: kernel) { cell in cells.withLock { $0[cell.probe.id] = cell } }
    return cells.withLock { cells in selection.probes.compactMap { cells[$0.id] } }
  }

  /// All chosen probes on one kernel; each cell is handed over as soon as the boot that settled it is over. No
  /// verdict can come sooner: good takes the boot's last record.
  public func run(on kernel: KernelImage, each: @escaping @Sendable (Cell) async throws -> Void) async throws {
    let digest = Task { try kernel.sha256() }
    let (choices, folder) = try await chooseModules(for: kernel)
    @Sendable func hand(over cells: [Cell]) async throws {
      for cell in cells {
        // A failure may only say that the kernel lacks what the probe needs, where nobody knows what it has.
        var cell = cell.doubting(choices[cell.probe.id]?.doubts ?? [])
        cell.kernelDigest = try await digest.value
        try await each(cell)
      }
    }
    var runnable: [ProbeMetadata] = []
    for probe in order(selection.probes) {
      let lacks = choices[probe.id]?.lacks ?? []
      if lacks.isEmpty { runnable.append(probe) } else { try await hand(over: [unconfigured(kernel, probe, lacks)]) }
    }
    guard !runnable.isEmpty else { return }
    let set = ModuleSet(folder, files: files, places: places)
    var accelerator: Accelerator?
    for (machine, probes) in Self.grouped(runnable, modules: { choices[$0.id]?.load ?? [] }) {
      switch try await set.load(machine.modules) {
      case .failure(let missing):
        try await hand(over: probes.map { unconfigured(kernel, $0, ["\(missing)"]) })
      case .success(let modules):
        if accelerator == nil { accelerator = try await self.accelerator(for: kernel) }
        guard let accelerator else { return }
        let rows = probes.flatMap { ProbeRow.rows(of: $0, 1, times: times($0)) }
        try await run(rows, on: kernel, machine.shape, modules, accelerator, hand)
      }
    }
  }

  /// Several runs of the one probe out of a single boot, each with a verdict of its own: so many, or fewer when one of
  /// them broke the kernel, but at least one.
  public func runs(on kernel: KernelImage, upTo count: Int) async throws -> [Cell] {
    guard count > 1, selection.probes.count == 1, let probe = selection.probes.first, !probe.hasRealMounts else {
      return try await run(on: kernel)
    }
    let (choices, folder) = try await chooseModules(for: kernel)
    // What cannot be told of one run cannot be told of several.
    guard let choice = choices[probe.id], choice.lacks.isEmpty, choice.doubts.isEmpty,
      case .success(let modules) = try await ModuleSet(folder, files: files, places: places).load(choice.load)
    else { return try await run(on: kernel) }
    var rows = ProbeRow.rows(of: probe, count, times: probe.repeats)
    let all = try await boot(
      rows.flatMap(\.open), on: kernel, MachineShape(probe), modules, accelerator(for: kernel))
    // Only what a run of this boot did explains that its end is missing.
    let isBroken = all.contains { if case .bad = $0.finding.verdict { true } else { false } }
    let cells = (isBroken ? all.map(\.countingPasses) : all).filter { !$0.finding.isUnsettled }
    for cell in cells { _ = rows.indices.first { rows[$0].take(cell) } }
    let digest = try kernel.sha256()
    let told = rows.filter(\.open.isEmpty).compactMap { row in
      row.cell.map { cell in
        var cell = cell
        cell.kernelDigest = digest
        return cell
      }
    }
    return told.isEmpty ? try await run(on: kernel) : told
  }

  private func order(_ probes: [ProbeMetadata]) -> [ProbeMetadata] {
    guard let seed = options.shuffle else { return probes }
    var random = Shuffle(seed)
    return probes.shuffled(using: &random)
  }

  private func times(_ probe: ProbeMetadata) -> Int {
    probe.hasRealMounts ? 1 : max(probe.repeats, options.repeats)
  }

  private func accelerator(for kernel: KernelImage) async throws -> Accelerator {
    let answer = try await trial.decide(options.accelerator, with: kernel)
    if let reason = answer.reason, answer.isNew { note("using TCG, QEMU's emulation: \(reason)") }
    return answer.accelerator
  }

  /// What a boot is made for.
  struct Machine: Equatable {
    let shape: MachineShape
    /// By name, without what they depend on.
    let modules: [String]
  }

  /// Probes that want the same machine and the same modules share a boot: a module changes what a kernel does, so a probe
  /// gets none that it did not ask for.
  static func grouped(
    _ probes: [ProbeMetadata], modules: (ProbeMetadata) -> [String] = { _ in [] }
  ) -> [(machine: Machine, probes: [ProbeMetadata])] {
    var groups: [(machine: Machine, probes: [ProbeMetadata])] = []
    for probe in probes {
      let machine = Machine(shape: MachineShape(probe), modules: modules(probe))
      if let index = groups.firstIndex(where: { $0.machine == machine }) {
        groups[index].probes.append(probe)
      } else {
        groups.append((machine, [probe]))
      }
    }
    return groups
  }

  /// One machine's probes. A probe that kills its kernel costs only itself: those it took along are run
  /// again in a fresh boot, as long as each boot settles at least one.
  private func run(
    _ rows: [ProbeRow], on kernel: KernelImage, _ shape: MachineShape, _ modules: [LoadableModule],
    _ accelerator: Accelerator, _ hand: @Sendable ([Cell]) async throws -> Void
  ) async throws {
    var rows = rows
    while !rows.isEmpty {
      let cells = try await boot(rows.flatMap(\.open), on: kernel, shape, modules, accelerator)
      let done = cells.filter { !$0.finding.isUnsettled }
      for cell in done.isEmpty ? cells : done { _ = rows.indices.first { rows[$0].take(cell) } }
      try await hand(rows.filter { done.isEmpty || $0.open.isEmpty }.compactMap(\.cell))
      rows.removeAll { done.isEmpty || $0.open.isEmpty }
    }
  }

  private func boot(
    _ probes: [ProbeMetadata], on kernel: KernelImage, _ shape: MachineShape, _ modules: [LoadableModule],
    _ accelerator: Accelerator
  ) async throws -> [Cell] {
    var deadlines = Deadlines(for: accelerator)
    for (name, seconds) in options.deadlines { _ = deadlines.set(name, to: seconds) }
    var plan = Plan()
    plan.port = Text(hypervisor.architecture.verdictPort ?? "")
    plan.timeoutPercent = deadlines.timeoutPercent
    plan.probeMilliseconds = deadlines.probe.map { max(1, Int($0 * 1000)) } ?? 0
    plan.modules = modules.map { Plan.Module(Text($0.name), isRequired: $0.isRequired) }
    plan.probes = probes.map(\.id)
    // Programs of others print their results; a probe's output is only for a person.
    if !selection.image.files.isEmpty { plan.outputLimit = 1 << 20 }

    guard plan.text.bytes.count < Plan.limit else {
      throw Failure(
        .usage, "\(probes.count) runs are more than one boot can be asked for",
        remedy: "name fewer probes, or a smaller --repeat")
    }
    for attempt in 0... {
      plan.nonce = Self.freshNonce()
      let record = try await hypervisor.run(
        Boot(
          kernel: kernel, initramfs: selection.image.initramfs(plan, modules: modules.map(\.bytes)), nonce: plan.nonce,
          planned: plan.probes, shape: shape, accelerator: accelerator, deadlines: deadlines, append: options.append))
      let judge = Judge(record.evidence, failOn: options.failOn)
      // Whoever wrote to the records' port, or silenced the console, shall damage no verdict but its own.
      if (judge.isStreamDamaged || judge.isAttributionLost) && probes.count > 1 {
        var cells: [Cell] = []
        for probe in probes { cells += try await boot([probe], on: kernel, shape, modules, accelerator) }
        return cells
      }
      if judge.isEmulatorNoise && attempt < Self.noiseRetries {
        note("the emulator lost a timer interrupt; booting again (\(record.folder.console.path))")
        continue
      }
      var findings = probes.map { judge.finding(about: $0.id) }
      if !selection.image.files.isEmpty {
        // Programs of others do not observe; what they say of their parts stands for it.
        findings = findings.map { finding in
          finding.observing(SubResults.find(in: finding.output).map { ($0.name, .text(Text($0.result))) })
        }
      }
      if record.lostSeconds > 0, attempt < Self.noiseRetries, findings.contains(where: { $0.verdict != .good }) {
        note("the host slept for \(Int(record.lostSeconds)) s; booting again (\(record.folder.console.path))")
        continue
      }
      return zip(probes, findings).map { probe, finding in
        Cell(
          kernel: kernel, probe: probe, finding: finding, accelerator: accelerator,
          durationMilliseconds: Int(record.duration / .milliseconds(1)), folder: record.folder,
          running: record.evidence.hello.map { ($0.release.description, $0.version.description) })
      }
    }
    return []
  }

  private func unconfigured(_ kernel: KernelImage, _ probe: ProbeMetadata, _ lacks: [String]) -> Cell {
    let why = lacks.joined(separator: ", ")
    return Cell(
      kernel: kernel, probe: probe, finding: Finding(notRun: probe.id, phase: .configure, why: why),
      accelerator: nil, durationMilliseconds: 0, folder: nil, running: nil)
  }

  /// 128 random bits from the system's generator.
  private static func freshNonce() -> Text {
    Text(
      (0..<2).map { _ in UInt64.random(in: 0...UInt64.max) }.map { half in
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }.joined())
  }
}

extension MachineShape {
  /// What a probe wants.
  init(_ probe: ProbeMetadata) {
    self.init(
      cpus: max(1, probe.cpus), memoryMebibytes: probe.memoryMebibytes > 0 ? probe.memoryMebibytes : 256,
      cpuFeatures: probe.cpuFeatures.map(\.description),
      shortcuts: BootShortcut.words(forSymbols: probe.configs.map(\.description)))
  }
}
