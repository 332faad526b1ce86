import Foundation
import Judgement
public import Suite

/// JSON lines: `plan`, a `cell` each, and a `summary`, without which the report is not whole.
public struct SuiteJSON: SuiteReporter {
  private var titles: [String] = []

  /// A report with nothing in it.
  public init() {}

  private struct Plan: Encodable {
    let type = "plan"
    let kernels: [String]
    let probes: [String]
  }

  private struct Line: Encodable {
    let type = "cell"
    let title: String
    let standing: Standing
    let change: Change.Kind
    let details: [String]
    let comparedWith: String?
    let cell: CellJSON

    private enum CodingKeys: String, CodingKey {
      case type, title, standing, change, details, cell
      case comparedWith = "compared_with"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(type, forKey: .type)
      try container.encode(title, forKey: .title)
      try container.encode(standing, forKey: .standing)
      try container.encode(change, forKey: .change)
      try container.encode(details, forKey: .details)
      try container.encode(comparedWith, forKey: .comparedWith)
      try container.encode(cell, forKey: .cell)
    }
  }

  private struct Summary: Encodable {
    let type = "summary"
    let standings: [String: Int]
    let changes: [String: Int]
    let missing: Int
    let status: Int32
  }

  private static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
  }

  /// The plan.
  public mutating func begin(_ plan: SuitePlan) -> String {
    titles = plan.titles
    return Self.line(Plan(kernels: plan.titles, probes: plan.probes.map(\.id.description)))
  }

  /// The cell.
  public mutating func take(_ result: SuiteResult) -> String {
    Self.line(
      Line(
        title: titles[result.kernel], standing: Standing(result.cell), change: result.change.kind,
        details: result.change.details, comparedWith: result.change.comparedWith, cell: CellJSON(result.cell)))
  }

  /// Nothing: the cells say it.
  public mutating func end(kernel: Int) -> String { "" }

  /// The numbers, and what the command exits with.
  public mutating func end(_ tally: SuiteTally) -> String {
    Self.line(
      Summary(
        standings: Dictionary(uniqueKeysWithValues: Standing.allCases.map { ($0.rawValue, tally[$0]) }),
        changes: Dictionary(uniqueKeysWithValues: Change.Kind.allCases.map { ($0.rawValue, tally[$0]) }),
        missing: tally.missing, status: tally.exitStatus))
  }
}
