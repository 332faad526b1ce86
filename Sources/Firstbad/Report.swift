public import Foundation
import HostSystem
import Judgement
import Suite
import VerdictStream
import VirtualMachine

/// One probe on one kernel, and all that came of it. A plain value.
public struct Report: Sendable, CustomStringConvertible {
  /// The kernel.
  public let kernel: Kernel
  /// The probe's id.
  public let probe: String
  /// What the probe claims, in one line.
  public let summary: String
  /// What follows for the kernel.
  public let verdict: Verdict
  /// What the guest saw; nil when it did not come to the probe's end.
  public let outcome: Outcome?
  /// One sentence for a person.
  public let reason: String
  /// What the probe observed: the last value of each name, in the order in which they came.
  public let observations: [(name: String, value: Observed)]
  /// Lines in which the kernel itself reported trouble while the probe ran: WARNING, BUG, Oops, panic.
  public let events: [String]
  /// What the probe printed.
  public let output: String
  /// `uname -r` of the kernel that ran; nil when it did not come to that.
  public let running: String?
  /// Whether KVM executed the guest; nil when none was started.
  public let usedKVM: Bool?
  /// From QEMU's start to its end, for all probes of that boot.
  public let duration: Duration
  /// All that the kernel wrote on its console. The files of the last 200 boots are kept; nil when nothing was started.
  public let console: URL?
  /// The records of the boot, JSON lines (Documentation/VerdictProtocol.md).
  public let records: URL?
  /// A script that boots the same again.
  public let command: URL?

  /// Whether the verdict is good.
  public var isGood: Bool { verdict == .good }
  /// How it went wrong; nil where nothing did.
  public var signature: String? { verdict.signature }

  /// The observed value of this name.
  public subscript(name: String) -> Observed? { observations.first { $0.name == name }?.value }

  /// The console's text, bytes that are no UTF-8 replaced; nil when nothing was started or the file is gone.
  public var consoleText: String? { console.flatMap(Self.text) }
  /// The records' lines, in the order in which they came.
  public var recordLines: [String] {
    (records.flatMap(Self.text) ?? "").split(separator: "\n").map(String.init)
  }

  private static func text(of file: URL) -> String? {
    (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Kernel, probe, verdict, what was observed, why, and where the console is.
  public var description: String {
    let observed = observations.map { " \($0.name)=\($0.value)" }.joined()
    let log = console.map { "; console: \($0.path)" } ?? ""
    return "\(kernel), \(probe): \(verdict.word)\(observed); \(reason)\(log)"
  }

  init(_ cell: Cell, of kernel: Kernel) {
    self.kernel = kernel
    probe = cell.probe.id.description
    summary = cell.probe.summary.description
    verdict = Verdict(cell.finding.verdict)
    outcome = cell.finding.end.flatMap { Outcome($0.outcome) }
    reason = cell.finding.reason
    observations = cell.finding.observations.map { ($0.name, Observed($0.value)) }
    events = cell.finding.events.map(\.line)
    output = cell.finding.output.description
    running = cell.running?.release
    usedKVM = cell.accelerator.map { $0 == .kvm }
    duration = .milliseconds(cell.durationMilliseconds)
    console = cell.folder?.console
    records = cell.folder?.records
    command = cell.folder?.command
  }
}

/// Who wants to see each report of the present task, as a test framework's glue does.
package enum ReportWatch {
  /// Called with every report before the one who asked for it gets it.
  @TaskLocal package static var take: (@Sendable (Report) -> Void)?
}
