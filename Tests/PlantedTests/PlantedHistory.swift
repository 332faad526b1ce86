import Foundation
import HostSystem
import TestKernels
import Testing

/// The history of `Tests/Histories/planted`, made once and kept in the cache.
enum PlantedHistory {
  private static let made = Task { () async throws in
    let tree = Places().cache.appending(path: "histories/planted")
    if FileManager.default.fileExists(atPath: tree.path) { return }
    try Places.make(tree.deletingLastPathComponent())
    let script = Command.tree.appending(path: "Tests/Histories/planted").path
    // Unpacking a kernel and taking it into git is some minutes' work.
    let made = try await Tool("sh", remedy: "none").run([script, tree.path], limit: .seconds(1200))
    try #require(made.status == 0, "\(made.errors)")
  }

  /// Makes it where it is not there yet.
  static func make() async throws { try await made.value }
}
