import Testing

@testable import Bisection

/// `--base auto`: which configuration is large enough, by a few runs of both ends. A base that is taken too early ends the
/// session at its ends, and one too many costs half an hour.
@Suite struct `A base of a bisection` {
  private let failure = Question.failure(any: false)

  /// What one base comes to, and how many runs of each end it took. An end shows the last of its runs for good.
  private func fit(
    _ question: Question, isFlaky: Bool = false, bad: [Seen], good: [Seen]
  ) async throws -> (fit: BaseLadder.Fit, bad: Int, good: Int) {
    var (ranBad, ranGood) = (0, 0)
    let fit = try await BaseLadder.fit(
      question, isFlaky: isFlaky,
      bad: { number in
        ranBad += 1
        return number < bad.count ? bad[number] : bad.last
      },
      good: { number in
        ranGood += 1
        return number < good.count ? good[number] : good.last
      })
    return (fit, ranBad, ranGood)
  }

  @Test func `shows a failure that the bad end has and the good one has not`() async throws {
    let found = try await fit(failure, bad: [.failing], good: [.fine])
    #expect(found == (.shows, 1, 1))
  }

  @Test func `lacks what a good bad end does not show, and the good end is not built for that`() async throws {
    let found = try await fit(failure, bad: [.fine], good: [.fine])
    #expect(found == (.lacks("the bad end is good"), BaseLadder.runs, 0))
    let broken = try await fit(failure, bad: [.broken("a.c: error")], good: [.fine])
    #expect(broken.fit == .lacks("the bad end cannot be judged (a.c: error)"))
    #expect(broken.good == 0)
  }

  @Test func `lacks what the probe needs where it fails at both ends`() async throws {
    let both = try await fit(failure, bad: [.failing], good: [.failing])
    #expect(both.fit == .lacks("the good end fails, too (check failed)"))
    let other = try await fit(.failure(any: true), bad: [.failing], good: [.panicking])
    #expect(other.fit == .lacks("the good end fails, too (panic)"))
    let broken = try await fit(failure, bad: [.failing], good: [.broken("b.c: error")])
    #expect(broken.fit == .lacks("the good end cannot be judged (b.c: error)"))
    // What happens in one run only is the ends' to tell.
    #expect(try await fit(failure, bad: [.failing], good: [.failing, .fine]).fit == .shows)
  }

  @Test func `shows what is seen only sometimes`() async throws {
    let late = Array(repeating: Seen.fine, count: 13) + [.failing]
    #expect(try await fit(failure, isFlaky: true, bad: late, good: [.failing, .fine]) == (.shows, 14, 2))
    let never = try await fit(failure, isFlaky: true, bad: [.fine], good: [.fine])
    #expect(never.fit == .lacks("the bad end is good in each of 20 runs"))
    // Nobody said so, and yet one run is too few.
    #expect(try await fit(failure, bad: [.fine, .failing], good: [.fine]).fit == .shows)
    let value = try await fit(.changed("admitted"), isFlaky: true, bad: [.fine, .fine, .fine, .failing], good: [.fine])
    #expect(value.fit == .shows)
  }

  @Test func `shows a value that differs between the ends`() async throws {
    let question = Question.changed("admitted")
    #expect(try await fit(question, bad: [.failing], good: [.fine]).fit == .shows)
    #expect(try await fit(question, bad: [.fine], good: [.fine]).fit == .lacks("admitted is 1 at both ends"))
    let silent = try await fit(question, bad: [.panicking], good: [.fine])
    #expect(silent.fit == .lacks("the bad end shows no admitted (panic)") && silent.good == 0)
    let dumb = try await fit(question, bad: [.fine], good: [.hanging])
    #expect(dumb.fit == .lacks("the good end shows no admitted (the whole guest hung)"))
  }

  @Test func `shows a number that is hunted where both ends have it, whatever the probe says of it`() async throws {
    let question = Question.shifted(Shift("admitted", percent: 50))
    #expect(try await fit(question, bad: [.fine], good: [.fine]) == (.shows, 1, 1))
    let silent = try await fit(question, bad: [.panicking], good: [.fine])
    #expect(silent.fit == .lacks("the bad end shows no admitted that is a number (panic)"))
    let dumb = try await fit(question, bad: [.fine], good: [.broken("a.c: error")])
    #expect(dumb.fit == .lacks("the good end shows no admitted that is a number (a.c: error)"))
  }
}
