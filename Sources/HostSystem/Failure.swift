import Foundation

/// Why the host's side cannot go on, for a person: what is wrong, and what to do about it.
///
/// Every module of the host throws this one type, and the command turns it into one sentence and an exit
/// status that `git bisect run` cannot misread.
public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of trouble, for code that wants to react.
  public enum Kind: Equatable, Sendable {
    /// The user asked for something that makes no sense.
    case usage
    /// A program or package is not installed.
    case missingTool
    /// A file cannot be read, or is not what it should be.
    case badInput
    /// Something cannot be written: permissions, a full disk.
    case cannotWrite
    /// A probe does not compile.
    case doesNotCompile
    /// Another run holds what is needed.
    case inUse
    /// A program that we started failed.
    case toolFailed
  }

  /// What kind of trouble.
  public let kind: Kind
  /// One sentence: what is wrong. Starts with a small letter and has no full stop.
  public let message: String
  /// What to do about it, or nil where nobody knows.
  public let remedy: String?

  /// A failure with its remedy.
  public init(_ kind: Kind, _ message: String, remedy: String? = nil) {
    self.kind = kind
    self.message = message
    self.remedy = remedy
  }

  /// The innermost reason of a Foundation error, in the C library's words where it has some.
  public static func cause(of error: any Error) -> String {
    // On Linux what lies beneath is a Swift error, which is no NSError until it is made one.
    var cause = error as NSError
    while let deeper = cause.userInfo[NSUnderlyingErrorKey] as? any Error { cause = deeper as NSError }
    return cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(cause.code))) : cause.localizedDescription
  }

  /// Both parts in one line.
  public var description: String { remedy.map { "\(message); \($0)" } ?? message }
}
