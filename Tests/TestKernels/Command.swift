public import Foundation
public import HostSystem
import Synchronization

/// The built command, as a user calls it.
public enum Command {
  /// The top of the source tree.
  public static let tree = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The program that `make build` leaves.
  public static var program: String { tree.appending(path: ".build/release/firstbad").path }

  /// Boots take a core each; more at once than cores would run into deadlines.
  private static let gate = Gate(2)

  /// Runs work that boots a guest by itself, when there is room.
  public static func withRoom<Value: Sendable>(_ work: @Sendable () async throws -> Value) async rethrows -> Value {
    try await gate.within(work)
  }

  /// Runs `firstbad` with these arguments.
  public static func firstbad(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) async throws -> Tool.Result {
    let tool = try Tool(program, remedy: "run 'make build' first")
    return try await gate.within {
      try await tool.run(arguments, in: folder?.path, environment: environment, limit: .seconds(300))
    }
  }

  /// Runs any program of the host.
  public static func host(
    _ name: String, _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) async throws -> Tool.Result {
    try await gate.within {
      try await Tool(name, remedy: "run 'make setup'").run(
        arguments, in: folder?.path, environment: environment, limit: .seconds(300))
    }
  }
}

/// Lets so many in at once.
public actor Gate {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// A gate for this many.
  public init(_ width: Int) { free = width }

  /// Runs the work when there is room.
  public func within<Value: Sendable>(_ work: @Sendable () async throws -> Value) async rethrows -> Value {
    await enter()
    defer { leave() }
    return try await work()
  }

  private func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

/// A folder for one test, removed with it, or at the end of all tests where it is held for as long.
public final class Scratch: Sendable {
  /// The folder.
  public let url: URL

  private static let held = Mutex<Set<URL>>([])
  private static let isSweptAtExit: Void = {
    atexit { for folder in Scratch.held.withLock({ $0 }) { try? FileManager.default.removeItem(at: folder) } }
  }()

  /// Makes it.
  public init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "firstbad-test-\(UUID().uuidString)")
    self.url = url
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    Self.isSweptAtExit
    Self.held.withLock { _ = $0.insert(url) }
  }

  deinit {
    let url = url
    try? FileManager.default.removeItem(at: url)
    Self.held.withLock { _ = $0.remove(url) }
  }

  /// Writes a file into it and gives its path.
  public func file(_ name: String, _ text: String) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}
