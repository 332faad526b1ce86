import Judgement
import Testing
import VerdictStream

@testable import Suite

@Suite struct `Without a baseline` {
  @Test(
    arguments: [
      (Outcome.pass, Change.Kind.same, 0), (.fail, .worse, 1), (.timeout, .worse, 1), (.noResult, .lost, 128),
      (.unready, .lost, 128),
    ] as [(Outcome, Change.Kind, Int32)])
  func `a cell stands for itself`(outcome: Outcome, kind: Change.Kind, status: Int32) throws {
    let cell = try cell(outcome)
    let change = Change(cell, title: "k", baseline: nil)
    #expect(change.kind == kind)
    var tally = SuiteTally()
    tally.take(SuiteResult(kernel: 0, cell: cell, change: change))
    #expect(tally.exitStatus == status)
  }

  @Test func `skips alone tell nothing, and beside a pass they do no harm`() throws {
    var tally = SuiteTally()
    #expect(tally.exitStatus == 128)
    let skip = try cell(.skip)
    tally.take(SuiteResult(kernel: 0, cell: skip, change: Change(skip, title: "k", baseline: nil)))
    #expect(tally.exitStatus == 128)
    let good = try cell(.pass)
    tally.take(SuiteResult(kernel: 0, cell: good, change: Change(good, title: "k", baseline: nil)))
    #expect(tally.exitStatus == 0)
    #expect(tally[.skip] == 1)
  }

  @Test func `nor do they tell more where they are known`() throws {
    var baseline = Baseline()
    let skip = try cell(.skip)
    baseline.take([(skip, "k")], inOrderOf: ["k"])
    var tally = SuiteTally()
    tally.take(SuiteResult(kernel: 0, cell: skip, change: Change(skip, title: "k", baseline: baseline)))
    #expect(tally[.same] == 1 && tally.exitStatus == 128)
  }
}
