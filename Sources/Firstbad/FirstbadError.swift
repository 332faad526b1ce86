import HostSystem

/// Why a run could not be made: what is wrong on this side in one sentence, and what to do about it. A kernel that fails is
/// no error; ``Report/verdict`` says that.
public struct FirstbadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of trouble.
  public enum Kind: String, Sendable, CaseIterable {
    /// What was asked for makes no sense: an unknown probe, none at all.
    case usage
    /// A program is not installed, or the guest library is not built.
    case missingTool
    /// A file cannot be read, or is not what it should be.
    case badInput
    /// Something cannot be written: permissions, a full disk.
    case cannotWrite
    /// A probe does not compile.
    case doesNotCompile
    /// Another run holds what is needed.
    case inUse
    /// A program that was started failed.
    case toolFailed
  }

  /// What kind of trouble.
  public let kind: Kind
  /// One sentence, without a full stop.
  public let message: String
  /// What to do about it; nil where nobody knows.
  public let remedy: String?

  init(_ kind: Kind, _ message: String, remedy: String? = nil) {
    self.kind = kind
    self.message = message
    self.remedy = remedy
  }

  init(_ failure: Failure) {
    let kind: Kind =
      switch failure.kind {
      case .usage: .usage
      case .missingTool: .missingTool
      case .badInput: .badInput
      case .cannotWrite: .cannotWrite
      case .doesNotCompile: .doesNotCompile
      case .inUse: .inUse
      case .toolFailed: .toolFailed
      }
    self.init(kind, failure.message, remedy: failure.remedy)
  }

  /// Sentence and remedy.
  public var description: String { remedy.map { "\(message); \($0)" } ?? message }

  /// Runs work of the host's modules; their one error type becomes this one, and a cancellation stays what it is.
  static func translating<Value>(_ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let failure as Failure { throw FirstbadError(failure) }
  }

  /// The same for work that waits.
  static func translating<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    do { return try await work() } catch let failure as Failure { throw FirstbadError(failure) }
  }
}
