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
  let hypervisor: Hypervisor
  private let trial: AcceleratorTrial
  let selection: ProbeSelection
  let options: RunOptions
  /// The user's own modules, by name.
  let files: [String: URL]
  private let places: Places
  let note: @Sendable (String) -> Void

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
  public func run(on kernel: KernelImage) async throws -> [Cell] { try await run(on: kernel, looksAgain: true) }

  private func run(on kernel: KernelImage, looksAgain: Bool) async throws -> [Cell] {
    let cells = Mutex<[Text: Cell]>([:])
    try await run(on: kernel, looksAgain: looksAgain) { cell in cells.withLock { $0[cell.probe.id] = cell } }
    return cells.withLock { cells in selection.probes.compactMap { cells[$0.id] } }
  }

  /// All chosen probes on one kernel; each cell is handed over as soon as the boot that settled it is over. No
  /// verdict can come sooner: good takes the boot's last record.
  ///
  /// A guest that hung without a word is booted again, unless `looksAgain` is false: see ``Cell/lookedAtAgain(_:)``.
  public func run(
    on kernel: KernelImage, looksAgain: Bool = true, each: @escaping @Sendable (Cell) async throws -> Void
  ) async throws {
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
      if let choice = choices[probe.id], !choice.lacks.isEmpty {
        try await hand(over: [notRun(kernel, probe, choice.lacks, isConfiguredOut: choice.isConfiguredOut)])
      } else {
        runnable.append(probe)
      }
    }
    guard !runnable.isEmpty else { return }
    let set = ModuleSet(folder, files: files, places: places)
    var accelerator: Accelerator?
    for (machine, probes) in Self.grouped(runnable, modules: { choices[$0.id]?.load ?? [] }) {
      switch try await set.load(machine.modules) {
      case .failure(let missing):
        try await hand(over: probes.map { notRun(kernel, $0, ["\(missing)"], isConfiguredOut: false) })
      case .success(let modules):
        if accelerator == nil { accelerator = try await self.accelerator(for: kernel) }
        guard let accelerator else { return }
        let rows = probes.flatMap { ProbeRow.rows(of: $0, 1, times: times($0)) }
        try await run(rows, on: kernel, machine.shape, modules, accelerator, looksAgain, hand)
      }
    }
  }

  /// Several runs of the one probe out of a single boot, each with a verdict of its own: so many, or fewer when one of
  /// them broke the kernel, but at least one. Each is told as it was; who counts them sees whether they agree.
  public func runs(on kernel: KernelImage, upTo count: Int) async throws -> [Cell] {
    guard count > 1, selection.probes.count == 1, let probe = selection.probes.first, !probe.hasRealMounts else {
      return try await run(on: kernel, looksAgain: false)
    }
    let (choices, folder) = try await chooseModules(for: kernel)
    // What cannot be told of one run cannot be told of several.
    guard let choice = choices[probe.id], choice.lacks.isEmpty, choice.doubts.isEmpty,
      case .success(let modules) = try await ModuleSet(folder, files: files, places: places).load(choice.load)
    else { return try await run(on: kernel, looksAgain: false) }
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
    return told.isEmpty ? try await run(on: kernel, looksAgain: false) : told
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

  /// The machine on which a kernel is run, in words that differ where what it shows may: see ``AcceleratorTrial``.
  public func machine(for kernel: KernelImage) async throws -> String {
    trial.machine(try await accelerator(for: kernel))
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

  /// Programs of others print up to a MiB that is kept until their boot is over; in so few of them that is no matter.
  static let programsPerBoot = 128

  /// One machine's probes. A probe that kills its kernel costs only itself: those it took along are run
  /// again in a fresh boot, as long as each boot settles at least one.
  private func run(
    _ rows: [ProbeRow], on kernel: KernelImage, _ shape: MachineShape, _ modules: [LoadableModule],
    _ accelerator: Accelerator, _ looksAgain: Bool, _ hand: @Sendable ([Cell]) async throws -> Void
  ) async throws {
    var rows = rows
    let most = selection.image.files.isEmpty ? Int.max : Self.programsPerBoot
    while !rows.isEmpty {
      var cells = try await boot(Array(rows.flatMap(\.open).prefix(most)), on: kernel, shape, modules, accelerator)
      for place in cells.indices where looksAgain && cells[place].finding.isSilentHang {
        note("the guest hung while \(cells[place].probe.id) ran; looking again in a fresh boot")
        let again = try await boot([cells[place].probe], on: kernel, shape, modules, accelerator)
        if let next = again.first { cells[place] = cells[place].lookedAtAgain(next) }
      }
      let done = cells.filter { !$0.finding.isUnsettled }
      for cell in done.isEmpty ? cells : done { _ = rows.indices.first { rows[$0].take(cell) } }
      // Of a boot that settled nothing another one would not settle more.
      let isOver = { (row: ProbeRow) in row.open.isEmpty || done.isEmpty && row.cell != nil }
      try await hand(rows.filter(isOver).compactMap(\.cell))
      rows.removeAll(where: isOver)
    }
  }

  private func notRun(
    _ kernel: KernelImage, _ probe: ProbeMetadata, _ lacks: [String], isConfiguredOut: Bool
  ) -> Cell {
    let why = lacks.joined(separator: ", ")
    var cell = Cell(
      kernel: kernel, probe: probe, finding: Finding(notRun: probe.id, phase: .configure, why: why),
      accelerator: nil, durationMilliseconds: 0, folder: nil, running: nil)
    cell.isConfiguredOut = isConfiguredOut
    return cell
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
