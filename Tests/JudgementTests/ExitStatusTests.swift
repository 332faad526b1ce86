import Judgement
import Testing

private let some: [Verdict] = [
  .good, .bad(signature: "x"), .untestable(phase: .probe, signature: "x"), .infra(reason: "x"),
]

@Suite struct `The exit status` {
  @Test(arguments: [(0, 0), (1, 1), (2, 125), (3, 128)] as [(Int, Int32)])
  func `is what git bisect run understands`(_ verdict: Int, _ status: Int32) {
    #expect(ExitStatus.of(some[verdict]) == status)
    #expect(ExitStatus.of([some[verdict]]) == status)
  }

  @Test func `of no verdict at all is a failure, not a success`() { #expect(ExitStatus.of([]) >= 128) }

  @Test(
    arguments: [
      ([0, 0], 0), ([0, 1], 1), ([1, 2], 1), ([0, 2], 125), ([2, 2], 125), ([0, 3], 128), ([1, 3], 128),
      ([2, 3], 128), ([3, 1, 0, 2], 128), ([0, 2, 1], 1),
    ] as [([Int], Int32)])
  func `of several is that of the least known, then of the worst`(_ verdicts: [Int], _ status: Int32) {
    #expect(ExitStatus.of(verdicts.map { some[$0] }) == status)
    #expect(ExitStatus.of(verdicts.reversed().map { some[$0] }) == status)
  }

  // Whatever a bug makes of a verdict list, git must never read "bad" where no verdict is bad.
  @Test func `is 0, 1, 125, or 128 and more for every list of up to five verdicts`() {
    for number in 0..<1024 {
      let list = (0..<5).map { some[(number >> (2 * $0)) & 3] }
      for count in 0...5 {
        let verdicts = Array(list.prefix(count))
        let status = ExitStatus.of(verdicts)
        #expect([0, 1, 125].contains(status) || (128...255).contains(status))
        #expect((status == 0) == (count > 0 && verdicts.allSatisfy { $0 == .good }))
        if status == 1 { #expect(verdicts.contains { $0.word == "bad" }) }
      }
    }
  }
}

@Suite struct `A hunt` {
  private let hunted = Verdict.bad(signature: "a.b: x == 1")

  @Test func `for a signature calls another failure untestable`() {
    let hunt = Hunt.signature("a.b: x == 1")
    #expect(hunt.judge(hunted, outcomeIsFail: true) == hunted)
    #expect(
      hunt.judge(.bad(signature: "a.b: hang"), outcomeIsFail: true)
        == .untestable(phase: .probe, signature: "a.b: hang"))
  }

  @Test func `for a failed check calls a panic untestable`() {
    #expect(Hunt.failedCheck.judge(hunted, outcomeIsFail: true) == hunted)
    #expect(
      Hunt.failedCheck.judge(hunted, outcomeIsFail: false)
        == .untestable(phase: .probe, signature: "a.b: x == 1"))
  }

  @Test func `for any failure takes each`() {
    #expect(Hunt.anyFailure.judge(hunted, outcomeIsFail: false) == hunted)
  }

  @Test(arguments: [Hunt.failedCheck, .signature("x"), .anyFailure])
  func `never makes a failure of what is none`(_ hunt: Hunt) {
    for verdict in some where verdict.word != "bad" {
      #expect(hunt.judge(verdict, outcomeIsFail: true) == verdict)
    }
  }
}

@Suite struct `Phases` {
  @Test func `are ordered as they come`() {
    #expect(Phase.allCases == Phase.allCases.sorted())
    #expect(
      Phase.firmware < .kernel && Phase.kernel < .`init` && Phase.`init` < .probe && Phase.probe < .done)
  }
}
