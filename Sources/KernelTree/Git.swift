import Foundation
import HostSystem

/// git in one folder: plumbing commands, cut off from hooks, daemons and the environment of whoever started us.
struct Git: Sendable {
  /// Settings that win over every configuration file.
  private static let settings = [
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "gc.auto=0", "maintenance.auto=false",
  ]

  /// The program.
  let program: Tool
  /// Where it runs.
  let folder: String
  private let environment: [String: String?]

  /// git for questions about the repository that the folder lies in.
  init(in folder: String, program: Tool, environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.program = program
    self.folder = folder
    self.environment = GitEnvironment.changes(to: environment, isOurs: false)
  }

  /// Finds git.
  static func find() throws(Failure) -> Tool { try Tool("git", remedy: "install it: apt-get install git") }

  /// The same in another folder.
  func moved(to folder: String) -> Git { Git(folder: folder, program: program, environment: environment) }

  private init(folder: String, program: Tool, environment: [String: String?]) {
    self.program = program
    self.folder = folder
    self.environment = environment
  }

  /// Runs a command to its end, whatever that is.
  func run(
    _ arguments: [String], limit: Duration = .seconds(120), outputLimit: Int = 64 << 20
  ) async throws -> Tool.Result {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw Failure(.badInput, "\(folder) is no folder", remedy: "give the path of a kernel tree")
    }
    return try await program.run(
      Self.settings.flatMap { ["-c", $0] } + arguments, in: folder, environment: environment, limit: limit,
      outputLimit: outputLimit)
  }

  /// Runs a command that must succeed; `purpose` reads "the history cannot be read".
  func succeed(
    _ arguments: [String], or purpose: String, limit: Duration = .seconds(120), outputLimit: Int = 64 << 20
  ) async throws -> String {
    let result = try await run(arguments, limit: limit, outputLimit: outputLimit)
    guard result.status == 0 else { throw Failure(.toolFailed, "\(purpose): \(Self.words(of: result))") }
    return result.output
  }

  /// The reason that git gives. Advice may follow it, so the last line is not always the one.
  static func words(of result: Tool.Result) -> String {
    let lines = result.errors.split(separator: "\n")
    for prefix in ["fatal: ", "error: "] {
      if let line = lines.last(where: { $0.hasPrefix(prefix) }) { return String(line.dropFirst(prefix.count)) }
    }
    return result.status == 0 ? result.lastWords : "status \(result.status), \(result.lastWords)"
  }
}

extension String {
  /// git ends a path or an id with one line feed, and either may hold more of them.
  var withoutLastLineFeed: String { utf8.last == 10 ? String(utf8.dropLast()) ?? self : self }
}
