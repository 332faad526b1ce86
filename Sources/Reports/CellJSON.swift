import Foundation
import Judgement
public import Suite
import VerdictStream

/// A cell as one JSON object on one line, for machines. Documentation/VerdictProtocol.md lists the fields.
public struct CellJSON: Encodable {
  private let cell: Cell

  /// The object for one cell.
  public init(_ cell: Cell) { self.cell = cell }

  /// The line, without its newline. Keys are sorted, so equal cells give equal lines.
  public var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  private enum Key: String, CodingKey {
    case probe, kernel, verdict, outcome, phase, signature, reason, observations, events, accelerator
    case durationMilliseconds = "duration_ms"
    case runs
    case taint, log, command
  }

  private struct Kernel: Encodable {
    let release: String?
    let version: String?
    let path: String
    let sha256: String

    private enum Key: String, CodingKey { case release, version, path, sha256 }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(release, forKey: .release)
      try container.encode(version, forKey: .version)
      try container.encode(path, forKey: .path)
      try container.encode(sha256, forKey: .sha256)
    }
  }

  private enum Value: Encodable {
    case integer(Int)
    case text(String)
    case quantity(Quantity)

    private enum Key: String, CodingKey { case value, unit, count, p50, p90, p99, min, max, samples }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .integer(let number):
        var container = encoder.singleValueContainer()
        try container.encode(number)
      case .text(let text):
        var container = encoder.singleValueContainer()
        try container.encode(text)
      case .quantity(let quantity):
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(quantity.value, forKey: .value)
        try fields.encode(quantity.unit.description, forKey: .unit)
        guard quantity.isMeasured else { return }
        try fields.encode(quantity.count, forKey: .count)
        for (key, percent) in [(Key.min, 0), (.p50, 50), (.p90, 90), (.p99, 99), (.max, 100)] {
          try fields.encode(quantity.percentile(percent), forKey: key)
        }
        try fields.encode(quantity.samples, forKey: .samples)
      }
    }
  }

  /// Every key is always there; what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    let finding = cell.finding
    try container.encode(cell.probe.id.description, forKey: .probe)
    try container.encode(
      Kernel(
        release: cell.running?.release ?? cell.kernel.release,
        version: cell.running?.version ?? cell.kernel.versionText,
        path: cell.kernel.file.path, sha256: cell.kernelDigest), forKey: .kernel)
    try container.encode(finding.verdict.word, forKey: .verdict)
    try container.encode(finding.end.map { "\($0.outcome.word)" }, forKey: .outcome)
    try container.encode(finding.phase, forKey: .phase)
    try container.encode(finding.verdict.signature, forKey: .signature)
    try container.encode(finding.reason, forKey: .reason)
    var values: [String: Value] = [:]
    for (name, value) in finding.observations {
      values[name] =
        switch value {
        case .integer(let number): .integer(number)
        case .text(let text): .text(text.description)
        case .quantity(let quantity): .quantity(quantity)
        }
    }
    try container.encode(values, forKey: .observations)
    try container.encode(finding.events.map(\.line), forKey: .events)
    try container.encode(finding.end?.taint ?? 0, forKey: .taint)
    try container.encode(cell.accelerator, forKey: .accelerator)
    try container.encode(cell.durationMilliseconds, forKey: .durationMilliseconds)
    try container.encode(cell.runs, forKey: .runs)
    try container.encode(cell.folder?.console.path, forKey: .log)
    try container.encode(cell.folder?.command.path, forKey: .command)
  }
}
