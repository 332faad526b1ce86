import HostSystem
import Suite

extension Kernel {
  /// Boots this kernel, runs the probe, judges.
  ///
  /// As many guests run at a time as the machine has processors (or `FIRSTBAD_JOBS` says); others wait for their turn. When
  /// the task is cancelled QEMU is ended first, and `CancellationError` is thrown then. Other trouble of this side is thrown as
  /// ``FirstbadError``; a QEMU that fails is the verdict ``Verdict/infra(reason:)``.
  public func run(_ probe: Probe, options: GuestOptions = GuestOptions()) async throws -> Report {
    let reports = try await run(ProbeSet([probe]), options: options)
    guard reports.count == 1 else {
      throw FirstbadError(
        .usage, "\(probe) holds several probes: \(reports.map(\.probe).joined(separator: ", "))",
        remedy: "name one with only:, or run a ProbeSet")
    }
    return reports[0]
  }

  /// Runs several probes in as few boots as their machines allow; the reports are in the probes' order. One that kills the
  /// kernel costs only itself.
  public func run(_ set: ProbeSet, options: GuestOptions = GuestOptions()) async throws -> [Report] {
    let bench = try await FirstbadError.translating { try await Workbench(set) }
    let cells = try await GuestGate.shared.within {
      try await FirstbadError.translating { try await bench.run(on: image, options: options) }
    }
    let reports = cells.map { Report($0, of: self) }
    if let take = ReportWatch.take { reports.forEach(take) }
    return reports
  }
}
