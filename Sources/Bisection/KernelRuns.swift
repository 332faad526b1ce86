import HostSystem
import Judgement
public import Suite
import VirtualMachine

/// The boots of ready-made kernels, each kernel's in the order in which they were made.
actor KernelRuns {
  private let kernels: [KernelImage]
  private let runner: ProbeRunner
  private let workers: Int
  private let perBoot: Int
  private var cells: [Int: [Cell]] = [:]
  /// How many there were.
  private(set) var boots = 0

  /// So many boots run side by side, with so many runs of the probe in each.
  init(_ kernels: [KernelImage], _ runner: ProbeRunner, workers: Int, perBoot: Int) {
    self.perBoot = perBoot
    self.kernels = kernels
    self.runner = runner
    self.workers = workers
  }

  /// The first so many runs of a kernel; those that are missing are made, side by side.
  func cells(of index: Int, upTo count: Int) async throws -> [Cell] {
    while cells[index, default: []].count < count {
      let missing = min(workers, (count - cells[index, default: []].count + perBoot - 1) / perBoot)
      let kernel = kernels[index]
      let (runner, perBoot) = (runner, perBoot)
      let fresh = try await withThrowingTaskGroup(of: [Cell].self) { group in
        for _ in 0..<missing { group.addTask { try await Self.boot(kernel, runner, perBoot) } }
        return try await group.reduce(into: [Cell]()) { $0 += $1 }
      }
      cells[index, default: []] += fresh
      boots += missing
    }
    return Array(cells[index, default: []].prefix(count))
  }

  /// The first runs of a kernel, so many of which tell, if any does.
  func cells(
    of index: Int, telling count: Int, _ telling: @Sendable ([Seen]) -> [Seen]
  ) async throws -> [Cell] {
    var all = try await cells(of: index, upTo: count)
    while true {
      let wanted = Telling.wanted(count, of: all.count, telling: telling(all.map(\.seen)).count)
      if all.count >= wanted { return all }
      all = try await cells(of: index, upTo: wanted)
    }
  }

  /// The same of an end, of which silence that is not seen again says nothing.
  func seen(of index: Int, telling count: Int, _ question: Question, isBad: Bool) async throws -> [Seen] {
    try await cells(of: index, telling: count) { question.telling($0, isBad: isBad) }.map(\.seen)
  }

  /// How many there are of a kernel.
  func count(of index: Int) -> Int { cells[index, default: []].count }

  private static func boot(_ kernel: KernelImage, _ runner: ProbeRunner, _ count: Int) async throws -> [Cell] {
    try await runner.runsOfOne(on: kernel, upTo: count)
  }
}

extension ProbeRunner {
  /// Runs of the one probe that a bisect follows, out of a single boot.
  func runsOfOne(on kernel: KernelImage, upTo count: Int) async throws -> [Cell] {
    let cells = try await runs(on: kernel, upTo: count)
    guard let first = cells.first, cells.allSatisfy({ $0.probe.id == first.probe.id }) else {
      throw Failure(.usage, "a bisect follows one probe", remedy: "name one probe, or a file with one probe in it")
    }
    // Our own side's trouble is no answer, and must not be kept as one.
    for cell in cells {
      if case .infra(let reason) = cell.finding.verdict { throw Failure(.toolFailed, reason) }
    }
    return cells
  }
}

extension Cell {
  /// What a search needs of it.
  public var seen: Seen {
    var values: [String: String] = [:]
    var numbers: [String: Seen.Numbers] = [:]
    for one in finding.observations {
      values[one.name] = one.value.words.description
      if case .quantity(let quantity) = one.value { numbers[one.name] = Seen.Numbers(quantity) }
    }
    return Seen(
      finding.verdict, phase: finding.phase, reason: finding.reason, isFailedCheck: finding.isFailedCheck,
      observations: values, numbers: numbers.isEmpty ? nil : numbers, console: folder?.console.path)
  }
}
