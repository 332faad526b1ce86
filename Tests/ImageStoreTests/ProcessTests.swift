import Foundation
import HostSystem
import ImageStore
import TestSupport
import Testing

@Suite(.serialized) struct `Several processes at one store` {
  private let bench: StoreBench

  init() throws { bench = try StoreBench() }

  /// What must hold whatever happened: every row has its files, and they are what the row says.
  private func expectSound() throws {
    bench.later(hours: 0.5)
    let store = try bench.open()
    #expect(store.damagedIndex == nil)
    #expect(try store.verify().isEmpty)
    for number in 0..<6 {
      guard let image = try bench.image(store, "tree\(number)") else { continue }
      #expect(try bench.text(image.image).hasPrefix("image of tree\(number)\n"))
      #expect(try bench.text(image.config) == "CONFIG_TREE=tree\(number)\n")
    }
    #expect(try bench.names().filter { $0.hasPrefix("new-") }.isEmpty)
  }

  @Test func `may make it, all at the same moment`() async throws {
    for _ in 0..<5 {
      let bench = try StoreBench()
      try await withThrowingTaskGroup(of: Tool.Result.self) { group in
        for number in 0..<8 { group.addTask { try await bench.hand("add", "tree\(number)", "1000") } }
        for try await result in group { #expect(result.status == 0, "\(result.output)") }
      }
      #expect(try bench.open().list().count == 8)
    }
  }

  @Test func `may add the same build at once, and it is there once`() async throws {
    try await withThrowingTaskGroup(of: Tool.Result.self) { group in
      for _ in 0..<8 { group.addTask { try await bench.hand("add", "tree1", "3000000") } }
      var digests: Set<String> = []
      for try await result in group {
        #expect(result.status == 0, "\(result.output)")
        digests.insert(result.output)
      }
      #expect(digests.count == 1)
    }
    #expect(try bench.names().count == 3)
    try expectSound()
  }

  @Test func `may add, read, remember failures and prune at once, and no row loses its file`() async throws {
    try await withThrowingTaskGroup(of: Tool.Result.self) { group in
      for seed in 1...6 { group.addTask { try await bench.hand("churn", "\(seed)", "60", "50000") } }
      for try await result in group { #expect(result.status == 0, "\(result.output.suffix(300))") }
    }
    try expectSound()
  }

  @Test func `may be killed at any moment`() async throws {
    var (done, round) = (0, 0)
    // On a busy machine some are killed before they have begun.
    while round < 25 || done < 60 && round < 150 {
      round += 1
      let hands = (0..<3).map { number in
        let hand = Process()
        hand.executableURL = URL(filePath: StoreBench.hand)
        hand.arguments = ["churn", "\(round * 3 + number)", "100000", "200000"]
        hand.environment = bench.environment.merging(["TMPDIR": bench.scratch.url.path]) { $1 }
        hand.standardOutput = Pipe()
        return hand
      }
      for hand in hands { try hand.run() }
      try await Task.sleep(for: .milliseconds(Int.random(in: 5...400)))
      for hand in hands { kill(hand.processIdentifier, SIGKILL) }
      for hand in hands {
        hand.waitUntilExit()
        #expect(hand.terminationReason == .uncaughtSignal, "round \(round) ended by itself")
        let said = (hand.standardOutput as? Pipe)?.fileHandleForReading.readDataToEndOfFile() ?? Data()
        done += said.count { $0 == 0x0A }
      }
      let store = try bench.open()
      #expect(store.damagedIndex == nil)
      #expect(try store.verify().isEmpty, "round \(round)")
    }
    // Else nothing was killed in the midst of anything.
    #expect(done >= 60)
    // The halves of killed ones are swept.
    bench.later(hours: 2)
    _ = try bench.open().prune(to: .max)
    try expectSound()
  }
}
