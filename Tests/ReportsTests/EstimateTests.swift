import Foundation
import Judgement
import KernelTree
import Testing

@testable import Bisection
@testable import Reports

@Suite struct `The time that is left` {
  private func record(_ builds: [(seconds: Double, isClean: Bool)]) -> Record {
    Record(
      builds.enumerated().map { number, build in
        .examined(
          LedgerEntry.Examined(
            sample: .commit(Commit(id: CommitID("\(number)"), parents: [], tree: "", subject: "")),
            examination: Examination(
              tree: "", identity: "i", image: nil, seen: Seen(.good, phase: .done, reason: ""),
              buildSeconds: build.seconds, bootMilliseconds: 1, isClean: build.isClean), at: .now))
      })
  }

  @Test func `is unknown before anything was built`() {
    #expect(Estimate(record([])) == nil)
    #expect(Estimate(record([]), secondsPerBuild: 10)?.seconds(open: 9) == 90.0, "4 * 10 + 2 * 20 + 10")
  }

  @Test func `is that of the tests to come and of the proof, by the last builds of their kind`() {
    // The first end compiled everything; later builds go on from there.
    let estimate = Estimate(record([(300, true), (100, false), (10, false), (20, false), (12, false)]))
    #expect(estimate?.seconds(open: 16) == 108.0, "4 * 12 + 2 * 24 + 12")
    #expect(estimate?.seconds(open: 1) == 60.0, "2 * 24 + 12")
  }

  @Test func `counts clean builds as what the last one took with a warm cache`() {
    #expect(Estimate(record([(300, true), (10, false), (45, true)]))?.seconds(open: 2) == 110.0, "10 + 2 * 45 + 10")
  }
}
