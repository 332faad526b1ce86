import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A program of the host.
public struct Tool: Sendable, Equatable {
  /// Its name as on the command line.
  public let name: String
  /// Where it is.
  public let path: String

  /// Looks a program up: by path when the name has a slash, else along PATH.
  public init(_ name: String, remedy: String) throws(Failure) {
    guard let path = Self.find(name) else {
      throw Failure(.missingTool, "\(name) is not installed", remedy: remedy)
    }
    self.name = name
    self.path = path
  }

  /// The executable of this name, or nil.
  public static func find(_ name: String) -> String? {
    if name.contains("/") { return isProgram(name) ? name : nil }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first(where: isProgram)
  }

  /// A folder is executable too, in the sense of access(2).
  private static func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
      && FileManager.default.isExecutableFile(atPath: path)
  }

  /// What a finished program left.
  public struct Result: Sendable {
    /// Exit status, or 128 plus the number of the signal that ended it.
    public let status: Int
    /// Standard output.
    public let output: String
    /// Standard error.
    public let errors: String

    /// All fields.
    public init(status: Int, output: String, errors: String) {
      self.status = status
      self.output = output
      self.errors = errors
    }

    /// The last line that says something; most programs put the reason there.
    public var lastWords: String {
      (errors + "\n" + output).split(separator: "\n").last.map(String.init) ?? "it said nothing"
    }
  }

  /// Runs the program to its end, in its own process group, and takes it down when the task is cancelled or
  /// the limit passes.
  ///
  /// - Parameters:
  ///   - environment: Variables to set, and with nil to unset; the others are inherited.
  ///   - outputLimit: Bytes of standard output; more of it is an error.
  public func run(
    _ arguments: [String], in folder: String? = nil, environment: [String: String?] = [:],
    limit: Duration = .seconds(120), outputLimit: Int = 64 << 20
  ) async throws -> Result {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
    ]
    var updates: [Environment.Key: String?] = [:]
    for (name, value) in environment { updates[Environment.Key(stringLiteral: name)] = value }
    let path = path
    let settled = options
    let changes = updates
    let group = Mutex<pid_t?>(nil)
    do {
      return try await within(limit, of: name) {
        let finished = try await Subprocess.run(
          .path(FilePath(path)), arguments: Arguments(arguments),
          environment: .inherit.updating(changes), workingDirectory: folder.map { FilePath($0) },
          platformOptions: settled, input: .none, output: .string(limit: outputLimit),
          error: .string(limit: 16 << 20)
        ) { execution in group.withLock { $0 = execution.processIdentifier.value } }
        let status =
          switch finished.terminationStatus {
          case .exited(let code): Int(code)
          case .signaled(let number): 128 + Int(number)
          }
        return Result(status: status, output: finished.standardOutput, errors: finished.standardError)
      }
    } catch {
      // The teardown is over when the group's leader ends; others of the group need not heed TERM.
      if let group = group.withLock({ $0 }) { kill(-group, SIGKILL) }
      throw error
    }
  }

  /// Runs the program and throws when it does not succeed.
  public func succeed(
    _ arguments: [String], in folder: String? = nil, environment: [String: String?] = [:],
    limit: Duration = .seconds(120)
  ) async throws -> Result {
    let result = try await run(arguments, in: folder, environment: environment, limit: limit)
    guard result.status == 0 else {
      throw Failure(.toolFailed, "\(name) failed with status \(result.status): \(result.lastWords)")
    }
    return result
  }
}

/// Gives work a limit; what runs in it is cancelled when the limit passes.
func within<Value: Sendable>(
  _ limit: Duration, of what: String, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: limit)
      throw Failure(.toolFailed, "\(what) was not done after \(limit)")
    }
    defer { group.cancelAll() }
    guard let first = try await group.next() else { throw CancellationError() }
    return first
  }
}
