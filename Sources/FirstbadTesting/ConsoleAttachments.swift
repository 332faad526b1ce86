public import Firstbad
import Foundation
import Synchronization
public import Testing

/// A trait: when a test fails, the console and the records of every boot that it made are attached to it.
///
/// `swift test --attachments-path FOLDER` keeps them as files.
public struct ConsoleAttachments: TestTrait, SuiteTrait, TestScoping {
  /// For a suite: each of its tests.
  public var isRecursive: Bool { true }

  /// Each case of a test has a scope of its own, so a failure brings only its own consoles.
  public func scopeProvider(for test: Test, testCase: Test.Case?) -> ConsoleAttachments? {
    testCase == nil ? nil : self
  }

  /// Runs the case, and looks afterwards whether it failed.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let log = CaseLog()
    let issues = IssueHandlingTrait.compactMapIssues { issue in
      if issue.isFailure { log.fail() }
      return issue
    }
    do {
      try await ReportWatch.$take.withValue({ log.take($0) }) {
        try await issues.provideScope(for: test, testCase: testCase, performing: function)
      }
    } catch {
      log.attach()
      throw error
    }
    if log.hasFailed { log.attach() }
  }
}

extension Trait where Self == ConsoleAttachments {
  /// When a test fails, the consoles and records of its boots are attached to it.
  public static var consolesOnFailure: Self { ConsoleAttachments() }
}

/// The boots of one case, and whether it failed.
private final class CaseLog: Sendable {
  private struct State {
    var reports: [Report] = []
    var hasFailed = false
  }

  private let state = Mutex(State())

  var hasFailed: Bool { state.withLock { $0.hasFailed } }
  func fail() { state.withLock { $0.hasFailed = true } }
  func take(_ report: Report) { state.withLock { $0.reports.append(report) } }

  /// A boot that several probes shared is attached once.
  func attach() {
    var seen: Set<URL> = []
    for report in state.withLock({ $0.reports }) {
      guard let console = report.console, seen.insert(console).inserted else { continue }
      report.attach()
    }
  }
}

extension Report {
  /// Attaches console and records of this boot to the present test, whether it fails or not.
  public func attach(sourceLocation: SourceLocation = #_sourceLocation) {
    let name = "\(kernel.release ?? kernel.file.lastPathComponent)-\(probe)"
    if let consoleText {
      Attachment.record(consoleText, named: "\(name).console.log", sourceLocation: sourceLocation)
    }
    if !recordLines.isEmpty {
      let text = recordLines.joined(separator: "\n") + "\n"
      Attachment.record(text, named: "\(name).records.jsonl", sourceLocation: sourceLocation)
    }
  }
}
