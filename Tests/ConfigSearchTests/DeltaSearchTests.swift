import Bisection
import TestSupport
import Testing

@testable import ConfigSearch

/// The engine alone, in worlds whose truth is known: which differences make it bad, which need others to take, which
/// cannot be tested without others.
@Suite struct `A search among differences` {
  /// What a world does with a set of differences.
  private struct World {
    var count: Int
    /// It is bad with all of any of these.
    var causes: [Set<Int>]
    /// A difference takes only where another one does.
    var needs: [Int: Int] = [:]
    /// With the first one and without the second it cannot be tested.
    var breaks: [(with: Int, without: Int)] = []

    func taken(_ candidate: Set<Int>) -> Set<Int> {
      candidate.filter { member in
        var next: Int? = member
        while let one = next {
          if !candidate.contains(one) { return false }
          next = needs[one]
        }
        return true
      }
    }

    func answer(_ candidate: Set<Int>) -> DeltaSearch.Answer {
      let taken = taken(candidate)
      if breaks.contains(where: { taken.contains($0.with) && !taken.contains($0.without) }) {
        return .untestable("does not build")
      }
      return causes.contains { $0.isSubset(of: taken) } ? .bad : .good
    }

    /// Searches to the end, and what is asked twice is an error.
    func search(limit: Int = 200) -> (outcome: DeltaSearch.Outcome, tests: Int) {
      var search = DeltaSearch(count: count, good: answer([]), limit: limit)
      var tests = 0
      var asked: Set<Set<Int>> = []
      while true {
        switch search.step {
        case .done(let outcome): return (outcome, tests)
        case .test(let candidate, let left):
          #expect(asked.insert(candidate).inserted && left > 0)
          tests += 1
          search.record(answer(candidate), for: candidate)
        }
      }
    }
  }

  @Test func `finds one of n by halving, and one test more shows that it is enough`() {
    for count in [1, 2, 3, 10, 64, 100, 1000, 4096] {
      for culprit in Set([0, count / 3, count / 2, count - 1]) {
        let (outcome, tests) = World(count: count, causes: [[culprit]]).search()
        #expect(outcome.members == [culprit])
        #expect(outcome.needed == [culprit])
        #expect(tests <= DeltaSearch.halvings(count) + 1, "\(count) \(culprit)")
      }
    }
  }

  @Test func `finds those that only together make it bad, and shows that each is needed`() {
    var random = Seeded(1)
    for _ in 0..<600 {
      let count = Int.random(in: 2...300, using: &random)
      let cause = Set(
        (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 0..<count, using: &random) })
      let (outcome, tests) = World(count: count, causes: [cause]).search()
      #expect(Set(outcome.members) == cause)
      #expect(outcome.needed == outcome.members)
      #expect(tests <= cause.count * (DeltaSearch.halvings(count) + 2), "\(count) \(cause)")
    }
  }

  @Test func `finds what makes it bad where symbols need others to take`() {
    var random = Seeded(2)
    for _ in 0..<600 {
      let count = Int.random(in: 2...200, using: &random)
      var world = World(count: count, causes: [[Int.random(in: 0..<count, using: &random)]])
      // Chains of dependencies, upwards and downwards in the order.
      let order = Array(0..<count).shuffled(using: &random)
      for (place, member) in order.enumerated() where place > 0 && Int.random(in: 0..<3, using: &random) > 0 {
        world.needs[member] = order[Int.random(in: 0..<place, using: &random)]
      }
      let (outcome, _) = world.search()
      #expect(!outcome.isCutShort)
      // The culprit and all that it needs, and nothing else.
      var chain: Set<Int> = []
      var next: Int? = world.causes[0].first
      while let one = next {
        chain.insert(one)
        next = world.needs[one]
      }
      #expect(Set(outcome.members) == chain)
    }
  }

  @Test func `names a bad set of which no member can be left out, whatever cannot be tested`() {
    var random = Seeded(3)
    var most = 0
    for _ in 0..<1500 {
      let count = Int.random(in: 2...120, using: &random)
      func any() -> Int { Int.random(in: 0..<count, using: &random) }
      var world = World(count: count, causes: (0..<Int.random(in: 1...3, using: &random)).map { _ in [any(), any()] })
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let (one, other) = (any(), any())
        if one != other { world.breaks.append((one, other)) }
      }
      guard world.answer(Set(0..<count)) == .bad, world.answer([]) != .bad else { continue }
      let (outcome, tests) = world.search()
      most = max(most, tests)
      let members = Set(outcome.members)
      #expect(world.answer(members) == .bad)
      if outcome.isCutShort { continue }
      for member in members {
        let without = world.answer(members.subtracting([member]))
        #expect(without != .bad && outcome.without[member] == without)
      }
    }
    #expect(most <= 200, "tests are bounded: \(most)")
  }

  @Test func `tells what it knows when the tests run out`() {
    // Only all of them can be tested.
    let world = World(count: 40, causes: [[7]], breaks: (0..<40).map { (with: $0, without: ($0 + 1) % 40) })
    let (outcome, tests) = world.search(limit: 30)
    #expect(outcome.isCutShort)
    #expect(tests == 30)
    #expect(outcome.members == Array(0..<40))
  }

  @Test func `counts what costs nothing apart`() {
    let world = World(count: 300, causes: [Set((1...10).map { $0 * 29 })])
    func search(limit: Int = 60, most: Int = 2000, isSpent: (Int) -> Bool) -> (DeltaSearch.Outcome, tests: Int) {
      var search = DeltaSearch(count: world.count, limit: limit, most: most)
      var tests = 0
      while true {
        guard case .test(let candidate, _) = search.step else { break }
        tests += 1
        search.record(world.answer(candidate), for: candidate, isSpent: isSpent(tests))
      }
      guard case .done(let outcome) = search.step else { preconditionFailure("it ended") }
      return (outcome, tests)
    }
    let half = search { $0 % 2 == 0 }
    #expect(half.tests > 60 && !half.0.isCutShort && Set(half.0.members) == world.causes[0])
    let spent = search(limit: 20) { _ in true }
    #expect(spent.tests == 20 && spent.0.isCutShort)
    let bounded = search(most: 20) { _ in false }
    #expect(bounded.tests == 20 && bounded.0.isCutShort)
  }

  @Test func `goes the same way when it is taken up again`() {
    let world = World(count: 90, causes: [[3, 50, 77]], breaks: [(with: 20, without: 60)])
    var whole = DeltaSearch(count: 90)
    var order: [Set<Int>] = []
    while case .test(let candidate, _) = whole.step {
      order.append(candidate)
      whole.record(world.answer(candidate), for: candidate)
    }
    for killed in order.indices {
      var again = DeltaSearch(count: 90)
      for candidate in order[...killed] { again.record(world.answer(candidate), for: candidate) }
      let next: DeltaSearch.Step = killed + 1 < order.count ? .test(order[killed + 1], left: 0) : whole.step
      switch (again.step, next) {
      case (.test(let one, _), .test(let other, _)): #expect(one == other)
      case (let one, let other): #expect(one == other)
      }
    }
  }

  @Test func `says so at once where nothing is needed`() {
    #expect(World(count: 5, causes: [[]]).search().tests == 0)
    #expect(World(count: 5, causes: [[]]).search().outcome.members.isEmpty)
  }
}
