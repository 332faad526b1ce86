public import Judgement
public import VerdictStream
public import VirtualMachine

/// One probe on one kernel, with all that came of it.
public struct Cell: Sendable {
  /// The kernel.
  public let kernel: KernelImage
  /// SHA-256 of the kernel's file.
  public internal(set) var kernelDigest = ""
  /// The probe.
  public let probe: ProbeMetadata
  /// What was found.
  public let finding: Finding
  /// Who executed the guest; nil when none was started.
  public let accelerator: Accelerator?
  /// Milliseconds of the boot that the finding comes from.
  public let durationMilliseconds: Int
  /// Where console, records and command are; nil when nothing was started.
  public let folder: RunFolder?
  /// `uname -r` and `uname -v` of the kernel that ran, where it came to that.
  public let running: (release: String, version: String)?

  /// The kernel's configuration, which is known, lacks what the probe needs; nothing was started.
  public internal(set) var isConfiguredOut = false

  /// How many runs of the probe it stands for.
  public internal(set) var runs = 1

  /// The value that the probe observed under this name.
  public func observation(_ name: String) -> Observation.Value? {
    finding.observations.first { $0.name == name }?.value
  }

  /// It was to be run, and the suite ended before: nothing was started, and that is no matter of the kernel's.
  public var isCutShort: Bool { if case .infra = finding.verdict { folder == nil } else { false } }

  /// See ``Finding/countingPasses``.
  var countingPasses: Cell {
    Cell(
      kernel: kernel, probe: probe, finding: finding.countingPasses, accelerator: accelerator,
      durationMilliseconds: durationMilliseconds, folder: folder, running: running)
  }

  /// What a silent hang and the next boot, which the probe had to itself, come to. Silence is no evidence by itself: bad is
  /// what is so twice, or what the second boot shows in another way.
  func lookedAtAgain(_ next: Cell) -> Cell {
    switch next.finding.verdict {
    case .bad, .infra: next
    case .good, .untestable:
      Cell(
        kernel: kernel, probe: probe, finding: finding.hungOnce(next: next.finding), accelerator: accelerator,
        durationMilliseconds: durationMilliseconds, folder: folder, running: running)
    }
  }

  /// The cell of a probe that needs something of which nobody knows whether the kernel has it.
  func doubting(_ needs: [String]) -> Cell {
    guard case .bad(let signature) = finding.verdict, !needs.isEmpty else { return self }
    let what = needs.joined(separator: ", ")
    let why = "\(signature); but the probe needs \(what), and whether this kernel has that is not known"
    var cell = Cell(
      kernel: kernel, probe: probe, finding: finding.untestable(.configure, why), accelerator: accelerator,
      durationMilliseconds: durationMilliseconds, folder: folder, running: running)
    cell.runs = runs
    return cell
  }
}
