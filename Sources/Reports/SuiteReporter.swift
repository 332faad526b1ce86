import Judgement
public import Suite
import VerdictStream

/// Writes a suite in one format, while it runs. Each call gives the text that has become certain, whole lines of it.
public protocol SuiteReporter {
  /// Before the first boot.
  mutating func begin(_ plan: SuitePlan) -> String
  /// A cell is settled. Those of several kernels come mixed.
  mutating func take(_ result: SuiteResult) -> String
  /// A kernel has all its cells.
  mutating func end(kernel: Int) -> String
  /// All kernels have.
  mutating func end(_ tally: SuiteTally) -> String
}

/// The formats of a suite's report.
public enum SuiteFormat: String, Sendable, CaseIterable {
  /// For a person.
  case text
  /// JSON lines.
  case json
  /// KTAP version 1 (Documentation/dev-tools/ktap.rst of the kernel).
  case ktap
  /// JUnit XML.
  case junit
  /// Markdown, for the page of a CI job.
  case markdown

  /// A fresh reporter.
  public var reporter: any SuiteReporter {
    switch self {
    case .text: SuiteText()
    case .json: SuiteJSON()
    case .ktap: SuiteKTAP()
    case .junit: SuiteJUnit()
    case .markdown: SuiteMarkdown()
    }
  }
}

/// What a cell is to readers of test reports, which know less than we do. Nothing that was not seen to pass reads as
/// passed, but for what the baseline knows: only changes fail.
enum Mark: Equatable {
  case passed
  /// Why.
  case failed(String)
  /// The probe or the configuration chose so.
  case skipped(String)
  /// Not good, and known not to be.
  case known(String)
  /// It could not be told.
  case error(String)

  init(_ result: SuiteResult) {
    let cell = result.cell
    let reason = CellText.oneLine(cell.finding.reason)
    let details = result.change.details.map(CellText.plain).joined(separator: "; ")
    let why = [reason, details].filter { !$0.isEmpty }.joined(separator: "; ")
    switch (result.change.kind, Standing(cell)) {
    case (.worse, _), (.changed, _): self = .failed(why)
    case (.lost, _): self = .error(why)
    case (_, .good): self = .passed
    case (_, .skip): self = .skipped(reason)
    case (_, .bad), (_, .untestable), (_, .infra): self = .known(reason)
    }
  }
}

extension SuiteTally {
  /// `1 cell`, `12 cells`.
  var size: String { total == 1 ? "1 cell" : "\(total) cells" }

  /// `3 good, 1 bad, 2 skip`; what is none is left out, but never what is good.
  var words: String {
    Standing.allCases.filter { $0 == .good || self[$0] > 0 }.map { "\(self[$0]) \($0.rawValue)" }
      .joined(separator: ", ") + (missing > 0 ? ", \(missing) kernels cannot be had" : "")
  }

  /// The same of what changed, or nil when nothing did.
  var changeWords: String? {
    if compared == 0 { return nil }
    let words = [Change.Kind.worse, .changed, .lost, .better].filter { self[$0] > 0 }
      .map { "\(self[$0]) \($0.rawValue)" }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  /// What follows for CI.
  var sentence: String {
    switch exitStatus {
    case 0 where isUpdate: "the baseline is what was found"
    case 0: "nothing is worse"
    case 1: "something is worse"
    default: total == 0 || self[.good] + self[.bad] == 0 ? "nothing could be told" : "not all could be told"
    }
  }
}
