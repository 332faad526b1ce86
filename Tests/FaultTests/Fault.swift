import Foundation
import HostSystem
import TestKernels

/// One row of the table: what is broken, and what must come of it.
struct Fault: Sendable, CustomStringConvertible {
  let name: String
  let expected: Expected
  /// Really causes it.
  let cause: @Sendable (FaultBench) async throws -> Tool.Result

  var description: String { name }

  init(_ name: String, _ expected: Expected, _ cause: @escaping @Sendable (FaultBench) async throws -> Tool.Result) {
    self.name = name
    self.expected = expected
    self.cause = cause
  }
}

/// What must come of a fault; the exit status follows from it.
enum Expected: Sendable, Equatable {
  /// The probe passed all the same, and that is proven.
  case good
  /// Bad, with a signature that begins so.
  case bad(String)
  /// Untestable in this phase, with a signature that begins so.
  case untestable(phase: String, String)
  /// Our side failed; the reason says this.
  case infra(String)
  /// Refused before any boot; standard error says this.
  case refused(String)
  /// Ended by a signal sent to the runner.
  case interrupted

  /// Whether an exit status fits.
  func admits(status: Int) -> Bool {
    switch self {
    case .good: status == 0
    case .bad: status == 1
    case .untestable: status == 125
    case .infra, .refused, .interrupted: status >= 128
    }
  }
}

/// What a row's run said, read back from its JSON.
struct Seen: Sendable {
  let verdict: String
  let phase: String
  let signature: String
  let reason: String

  /// The object about the probe `test.fault`, or else the first.
  init?(_ output: String) {
    let objects = output.split(separator: "\n").compactMap { line in
      (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
    }
    guard let object = objects.first(where: { $0["probe"] as? String == "test.fault" }) ?? objects.first
    else { return nil }
    verdict = object["verdict"] as? String ?? ""
    phase = object["phase"] as? String ?? ""
    signature = object["signature"] as? String ?? ""
    reason = object["reason"] as? String ?? ""
  }
}
