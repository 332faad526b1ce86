import Foundation
import HostSystem
import TestSupport
import Testing

@testable import Suite

@Suite struct `Two runs that update one baseline` {
  @Test func `keep what the other found, and leave nothing beside the file`() async throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "base.json")
    let (one, two) = (try cell(.pass, id: "net.one"), try cell(.fail, id: "net.two"))
    // Both began before either wrote.
    try await Baseline.update(file, known: nil, with: [(one, "k")], inOrderOf: ["k"])
    try await Baseline.update(file, known: nil, with: [(two, "k"), (two, "l")], inOrderOf: ["k", "l"])
    let baseline = try Baseline(from: file)
    #expect(baseline.entry(kernel: "k", probe: "net.one")?.entry.standing == .good)
    #expect(baseline.entry(kernel: "k", probe: "net.two")?.entry.standing == .bad)
    #expect(baseline.kernels.map(\.kernel) == ["k", "l"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["base.json"])
    // What was known is not lost with the file.
    try FileManager.default.removeItem(at: file)
    try await Baseline.update(file, known: baseline, with: [(one, "m")], inOrderOf: ["m"])
    #expect(try Baseline(from: file).kernels.map(\.kernel) == ["k", "l", "m"])
  }

  @Test func `write one after the other`() async throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "base.json")
    let found = try (0..<8).map { (try cell(.pass), "k\($0)") }
    var lock = try FileLock(URL(filePath: "\(file.path).lock"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (cell, title) in found {
        group.addTask { try await Baseline.update(file, known: nil, with: [(cell, title)], inOrderOf: [title]) }
      }
      try await Task.sleep(for: .milliseconds(100))
      #expect(!FileManager.default.fileExists(atPath: file.path), "another one holds the lock")
      #expect(lock != nil)
      lock = nil
      try await group.waitForAll()
    }
    #expect(try Baseline(from: file).kernels.count == 8)
  }
}
