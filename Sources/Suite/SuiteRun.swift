import Judgement
public import VerdictStream
public import VirtualMachine

/// What a suite is about to do: rows and columns of its table.
public struct SuitePlan: Sendable {
  /// The kernels, in order.
  public let kernels: [KernelImage]
  /// Their names, each of which is there once.
  public let titles: [String]
  /// The probes, in order.
  public let probes: [ProbeMetadata]

  /// A plan.
  public init(_ kernels: [KernelImage], _ probes: [ProbeMetadata]) {
    self.kernels = kernels
    self.probes = probes
    var titles: [String] = []
    for kernel in kernels {
      var title = kernel.title
      // Two builds of one release are told apart by their files, and the same file by its number.
      if titles.contains(title) { title += " \(kernel.file.path)" }
      let plain = title
      var number = 2
      while titles.contains(title) {
        title = "\(plain) #\(number)"
        number += 1
      }
      titles.append(title)
    }
    self.titles = titles
  }

  /// Two kernels that call themselves the same: what each is called in ``titles`` hangs on the other.
  public var namesakes: (KernelImage, KernelImage)? {
    for (place, kernel) in kernels.enumerated() {
      if let other = kernels[..<place].first(where: { $0.title == kernel.title }) { return (other, kernel) }
    }
    return nil
  }
}

extension SuitePlan {
  /// The cells that a run which ended early did not come to. Readers of reports count what they were promised, and a cell
  /// that is missing looks like one that nobody asked for.
  public func cutShort(after results: [SuiteResult], why: String, baseline: Baseline?) -> [SuiteResult] {
    let settled = Dictionary(grouping: results, by: \.kernel).mapValues { Set($0.map(\.cell.probe.id)) }
    return kernels.indices.flatMap { index in
      probes.filter { !settled[index, default: []].contains($0.id) }.map { probe in
        let cell = Cell(
          kernel: kernels[index], probe: probe, finding: Finding(cutShort: probe.id, why: why), accelerator: nil,
          durationMilliseconds: 0, folder: nil, running: nil)
        return SuiteResult(
          kernel: index, cell: cell, change: Change(cell, title: titles[index], baseline: baseline))
      }
    }
  }
}

/// One cell of the table, with what it means.
public struct SuiteResult: Sendable {
  /// The kernel's place in the plan.
  public let kernel: Int
  /// What was found.
  public let cell: Cell
  /// What that means.
  public let change: Change

  /// All fields.
  public init(kernel: Int, cell: Cell, change: Change) {
    self.kernel = kernel
    self.cell = cell
    self.change = change
  }
}

/// What happens while a suite runs.
public enum SuiteEvent: Sendable {
  /// The first boot of this kernel begins.
  case began(kernel: Int)
  /// A cell is settled.
  case settled(SuiteResult)
  /// Nothing more will come of this kernel.
  case ended(kernel: Int)
}

/// Probes on many kernels, several at a time.
public struct SuiteRun: Sendable {
  private let plan: SuitePlan
  private let runner: ProbeRunner
  private let baseline: Baseline?
  private let jobs: Int

  /// A run of the plan; `jobs` kernels run at a time.
  public init(_ plan: SuitePlan, with runner: ProbeRunner, baseline: Baseline?, jobs: Int) {
    self.plan = plan
    self.runner = runner
    self.baseline = baseline
    self.jobs = max(1, jobs)
  }

  /// Runs it. Events come one after the other; those of one kernel in their order, those of several mixed. The first
  /// failure of our own side ends all.
  public func run(_ take: @escaping (SuiteEvent) throws -> Void) async throws {
    let (events, feed) = AsyncThrowingStream.makeStream(of: SuiteEvent.self)
    let work = Task {
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in plan.kernels.indices {
            if index >= jobs { try await group.next() }
            group.addTask { try await test(index) { feed.yield($0) } }
          }
          try await group.waitForAll()
        }
        feed.finish()
      } catch {
        feed.finish(throwing: error)
      }
    }
    try await withTaskCancellationHandler {
      do {
        for try await event in events { try take(event) }
        try Task.checkCancellation()
      } catch {
        work.cancel()
        await work.value
        throw error
      }
    } onCancel: {
      work.cancel()
    }
  }

  private func test(_ index: Int, _ say: @escaping @Sendable (SuiteEvent) -> Void) async throws {
    say(.began(kernel: index))
    let title = plan.titles[index]
    try await runner.run(on: plan.kernels[index]) { cell in
      say(.settled(SuiteResult(kernel: index, cell: cell, change: Change(cell, title: title, baseline: baseline))))
    }
    say(.ended(kernel: index))
  }
}

extension KernelImage {
  /// The release, and the distribution's version where `uname -v` carries one: what a person calls the kernel.
  public var title: String { Self.title(release: label, version: versionText) }

  /// The same of a kernel that ran.
  public static func title(release: String, version: String?) -> String {
    let words = (version ?? "").split(separator: " ")
    guard let mark = words.firstIndex(of: "Debian"), mark + 1 < words.count else { return release }
    return "\(release) (\(words[mark + 1]))"
  }
}
