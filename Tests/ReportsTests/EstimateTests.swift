import Foundation
import Judgement
import KernelTree
import Testing

@testable import Bisection
@testable import Reports

@Suite struct `The time that is left` {
  private func record(_ builds: [(seconds: Double, isClean: Bool)], boot: Int? = nil) -> Record {
    Record(
      builds.enumerated().map { number, build in
        .examined(
          LedgerEntry.Examined(
            sample: .commit(Commit(id: CommitID("\(number)"), parents: [], tree: "", subject: "")),
            examination: Examination(
              tree: "", identity: "i", image: nil, seen: Seen(.good, phase: .done, reason: ""),
              buildSeconds: build.seconds, bootMilliseconds: boot, isClean: build.isClean), at: .now))
      })
  }

  @Test func `is unknown before anything was built`() {
    #expect(Estimate(record([])) == nil)
  }

  @Test func `is that of earlier builds of the same recipe before the first`() {
    let earlier = Estimate(record([]), earlier: Estimate.Earlier(step: [11, 10, 9, 300, 10, 500], clean: []))
    #expect(earlier?.seconds(open: 9) == 90.0, "the middle one of the last five: 4 * 10 + 2 * 20 + 10")
    let both = Estimate(record([]), earlier: Estimate.Earlier(step: [10], clean: [48, 50, 360]))
    #expect(both?.seconds(open: 9) == 150.0, "4 * 10 + 2 * 50 + 10")
    #expect(both?.seconds(.goodEnd, open: 9) == 210.0, "50 + 10 and the same")
    #expect(both?.seconds(.parent, open: 9) == 60.0, "a clean one, and the revert")
    let own = Estimate(record([(300, true), (20, false)]), earlier: Estimate.Earlier(step: [10], clean: [50]))
    #expect(own?.seconds(open: 2) == 140.0, "own builds count first: 20 + 2 * 50 + 20")
  }

  @Test func `is said as roughly as it is known`() {
    #expect(CommitBisectionText.about(3) == "about 10 s")
    #expect(CommitBisectionText.about(62) == "about 60 s")
    #expect(CommitBisectionText.about(1512) == "about 25 min")
    #expect(CommitBisectionText.about(9000) == "about 2.5 h")
    #expect(CommitBisectionText.number(1132) == "1,132")
    #expect(CommitBisectionText.number(214) == "214")
    #expect(CommitBisectionText.number(1_234_567) == "1,234,567")
  }

  @Test func `stands in the plan with what can reach the kernel and the builds that takes`() {
    let range = CommitRange(
      good: commit("a"), bad: commit("b"), mergeBases: [], commits: [commit("b")], findsFix: false)
    let estimate = Estimate(record([(300, true), (60, false)]))
    #expect(
      CommitBisectionText.line(.narrowed(to: 214, of: 1132), of: range, estimate: estimate)
        == "1,132 commits, 214 can reach this kernel, about 11 builds, about 13 min", "8 * 60 + 2 * 120 + 60")
    #expect(
      CommitBisectionText.line(.narrowed(to: 300, of: 300), of: range) == "300 commits, about 10 builds")
  }

  private func commit(_ id: String) -> Commit { Commit(id: CommitID(id), parents: [], tree: "", subject: id) }

  @Test func `is that of the tests to come and of the proof, by the last builds of their kind`() {
    // The first end compiled everything; later builds go on from there.
    let estimate = Estimate(record([(300, true), (100, false), (10, false), (20, false), (12, false)]))
    #expect(estimate?.seconds(open: 16) == 108.0, "4 * 12 + 2 * 24 + 12")
    #expect(estimate?.seconds(open: 1) == 60.0, "2 * 24 + 12")
  }

  /// With many runs of each kernel they are what it takes.
  @Test func `is also that of the boots, as many at a time as there are workers`() throws {
    let one = try #require(Estimate(record([(300, true), (10, false)], boot: 4000)))
    #expect(one.seconds(open: 2) == 76.0, "10 + 4, and 2 * 20 + 10 + 3 * 4")
    #expect(one.seconds(.revert, open: 1) == 14.0)
    let entries = [
      LedgerEntry.Examined(
        sample: .commit(commit("a")),
        examination: Examination(
          tree: "", identity: "i", image: nil, seen: Seen(.good, phase: .done, reason: ""), buildSeconds: 10,
          bootMilliseconds: 2000, isClean: false), at: .now)
    ]
    let runs = (0..<20).map { _ in
      LedgerEntry.ran(
        LedgerEntry.Ran(
          sample: .commit(commit("a")), isClean: false, seen: Seen(.good, phase: .done, reason: ""), milliseconds: 2000,
          at: .now))
    }
    let many = try #require(Estimate(Record(entries.map(LedgerEntry.examined) + runs), sideBySide: 2))
    #expect(many.seconds(.revert, open: 1) == 32.0, "10, and 2 + 20 * 2 / 2")
  }

  @Test func `counts clean builds as what the last one took with a warm cache`() {
    #expect(Estimate(record([(300, true), (10, false), (45, true)]))?.seconds(open: 2) == 110.0, "10 + 2 * 45 + 10")
  }
}
