import HostSystem
import Judgement
import Suite
import VirtualMachine

/// The boots of ready-made kernels, each kernel's in the order in which they were made.
actor KernelRuns {
  private let kernels: [KernelImage]
  private let runner: ProbeRunner
  private let workers: Int
  private var cells: [Int: [Cell]] = [:]
  /// How many there were.
  private(set) var boots = 0

  init(_ kernels: [KernelImage], _ runner: ProbeRunner, workers: Int) {
    self.kernels = kernels
    self.runner = runner
    self.workers = workers
  }

  /// The first so many runs of a kernel; those that are missing are made, side by side.
  func cells(of index: Int, upTo count: Int) async throws -> [Cell] {
    while cells[index, default: []].count < count {
      let missing = min(workers, count - cells[index, default: []].count)
      let kernel = kernels[index]
      let runner = runner
      let fresh = try await withThrowingTaskGroup(of: Cell.self) { group in
        for _ in 0..<missing { group.addTask { try await Self.boot(kernel, runner) } }
        return try await group.reduce(into: [Cell]()) { $0.append($1) }
      }
      cells[index, default: []] += fresh
      boots += missing
    }
    return Array(cells[index, default: []].prefix(count))
  }

  private static func boot(_ kernel: KernelImage, _ runner: ProbeRunner) async throws -> Cell {
    let cells = try await runner.run(on: kernel)
    guard let cell = cells.first, cells.count == 1 else {
      throw Failure(.usage, "a bisect follows one probe", remedy: "name one probe, or a file with one probe in it")
    }
    // Our own side's trouble is no answer.
    if case .infra(let reason) = cell.finding.verdict { throw Failure(.toolFailed, reason) }
    return cell
  }
}
