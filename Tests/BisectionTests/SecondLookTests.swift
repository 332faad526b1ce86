import Foundation
import HostSystem
import KernelTree
import TestSupport
import Testing

@testable import Bisection

/// Whole sessions in which guests fall silent, with a real ledger.
@Suite struct `A guest that hangs without a word` {
  private let scratch: Scratch
  private var folder: URL { scratch.url.appending(path: "session") }
  private let world = SimulatedHistory(history: History(row: 200), culprit: 71)

  init() throws { scratch = try Scratch() }

  private func bisect(_ laboratory: SimulatedLaboratory, any: Bool = false) async throws -> Conclusion {
    try await laboratory.bisect(laboratory.range(from: 0, to: 199), in: folder, any: any)
  }

  private var record: Record { get throws { Record(try Ledger.entries(in: folder)) } }

  /// Good commits around the first steps and the culprit's parent: once a busy host, or an emulator that stalls.
  @Test(arguments: [[50], [70], [49, 50, 51], Array(45...70)])
  func `once accuses nobody`(_ numbers: [Int]) async throws {
    let atFirst = Dictionary(uniqueKeysWithValues: numbers.map { ($0, Seen.hanging) })
    let laboratory = SimulatedLaboratory(world, atFirst: atFirst)
    let conclusion = try await bisect(laboratory, any: true)
    // What hung once cannot tell, so the answer may be a range; it never names another commit.
    #expect(conclusion.commits.last?.subject == "commit 71")
    #expect(conclusion.claim == (numbers.contains(70) ? .range : .confirmed))
    for number in numbers {
      guard let seen = try record.examined.last(where: { $0.sample == .commit(laboratory.commit(number)) }) else {
        continue
      }
      #expect(seen.examination?.seen.verdict == .untestable(phase: .probe, signature: "hung once"))
      #expect(seen.examination?.trial == Trial(failed: 1, passed: 1, untold: 0, confidence: nil))
    }
  }

  /// The good end, or the bad one, of which one of three runs hung: the others say what there is to say.
  @Test(arguments: [(0, 0), (0, 1), (199, 1), (199, 2)])
  func `once makes no end one that fails only sometimes`(_ end: Int, _ run: Int) async throws {
    for any in [false, true] {
      let laboratory = SimulatedLaboratory(world, silent: [end: [run]], silence: .hanging)
      let own = scratch.url.appending(path: "\(any)")
      let conclusion = try await laboratory.bisect(in: own, any: any)
      #expect(conclusion.claim == .confirmed && conclusion.commits.map(\.subject) == ["commit 71"], "\(conclusion)")
      #expect(conclusion.confidence == nil)
      // One more in its place, unless the bad end may fail in any way.
      #expect(laboratory.runs <= 4 + 9 + 1, "\(laboratory.runs)")
    }
  }

  /// What hangs in two of three runs, or hangs or passes, may be what is hunted.
  @Test(arguments: [[1, 2], [2, 3]]) func `twice is what it may do sometimes`(_ runs: Set<Int>) async throws {
    let conclusion = try await SimulatedLaboratory(world, silent: [199: runs], silence: .hanging).bisect(in: folder)
    #expect(conclusion.commits.map(\.subject) == ["commit 71"] && conclusion.confidence != nil, "\(conclusion)")
  }

  @Test func `at an end that else passes is a failure that shows only sometimes`() {
    #expect(EndTrial(.failure(any: false), good: [.fine], bad: [.hanging, .fine, .fine]).isDivided)
    #expect(!EndTrial(.failure(any: false), good: [.fine], bad: [.hanging, .failing, .failing]).isDivided)
    #expect(!EndTrial(.failure(any: false), good: [.hanging, .fine, .fine], bad: [.failing]).isDivided)
    #expect(!EndTrial(.failure(any: false), good: [.fine], bad: [.hanging, .hanging]).isDivided)
  }

  @Test func `every time is what is hunted`() async throws {
    let silent = Dictionary(uniqueKeysWithValues: (71..<200).map { ($0, Seen.hanging) })
    let laboratory = SimulatedLaboratory(world, cleanLies: silent)
    let conclusion = try await bisect(laboratory)
    #expect(conclusion.claim == .confirmed)
    #expect(conclusion.commits.map(\.subject) == ["commit 71"])
    let bad = try record.examined.filter { $0.examination?.seen.isSilentHang == true }
    // Each was run again; the ends were anyhow.
    #expect(laboratory.runs >= bad.count)
  }

  @Test func `is no answer before the second run, wherever the session is killed`() async throws {
    let atFirst: [Int: Seen] = [100: .hanging, 50: .hanging, 49: .hanging, 60: .hanging]
    let conclusion = try await bisect(SimulatedLaboratory(world, atFirst: atFirst), any: true)
    #expect(conclusion.commits.map(\.subject) == ["commit 71"])
    let samples = try Set(record.examined.map(\.sample))
    let file = folder.appending(path: Ledger.fileName)
    let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
    let silences = lines.indices.filter { String(decoding: lines[$0], as: UTF8.self).contains("net.one: hang") }
    #expect(!silences.isEmpty)
    for count in 1...lines.count {
      try Data(lines[..<count].joined(separator: Data("\n".utf8)) + Data("\n".utf8)).write(to: file)
      let resumed = try await bisect(SimulatedLaboratory(world, atFirst: atFirst), any: true)
      #expect(resumed.commits == conclusion.commits, "cut after line \(count)")
      // The proof would find out a silence that was believed, by way of kernels that nobody needs.
      #expect(try Set(record.examined.map(\.sample)) == samples, "cut after line \(count)")
    }
  }
}

extension SimulatedLaboratory {
  fileprivate func commit(_ number: Int) -> Commit { commit(Self.id(number)) }
}
