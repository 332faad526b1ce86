import Bisection
import Testing

/// A row of things of which some cannot be tested, and every search that can happen in it.
private struct Row {
  let count: Int
  var untestable: Set<Int> = []

  /// How many stretches the untestable ones make.
  var stretches: Int { untestable.count { !untestable.contains($0 - 1) } }

  /// Follows each answer a test can give, down to every result. The places where the change may be are those
  /// that the answers leave; each of them is given to `check` with the result and the tests it took.
  func explore(_ check: (_ firstBad: Int, OrderedSearch.Result?, _ tested: [Int]) -> Void) {
    follow(OrderedSearch(count: count), 1...count - 1, [], check)
  }

  private func follow(
    _ search: OrderedSearch, _ places: ClosedRange<Int>, _ tested: [Int],
    _ check: (Int, OrderedSearch.Result?, [Int]) -> Void
  ) {
    guard let next = search.next, tested.count <= count else {
      for place in places { check(place, search.result, tested) }
      return
    }
    func answered(_ answer: OrderedSearch.Answer, _ places: Range<Int>) {
      if places.isEmpty { return }
      var search = search
      search.record(answer, at: next)
      follow(search, ClosedRange(places), tested + [next], check)
    }
    if untestable.contains(next) {
      answered(.untestable, Range(places))
    } else {
      answered(.good, Range(places).clamped(to: next + 1..<count))
      answered(.bad, Range(places).clamped(to: 0..<next + 1))
    }
  }

  /// What can be said at best: the last good one before the change and the first bad one behind it that can
  /// be tested, and nothing but untestable ones between them.
  func truth(_ firstBad: Int) -> OrderedSearch.Result {
    let lastGood = (0..<firstBad).last { !untestable.contains($0) } ?? 0
    let bad = (firstBad..<count).first { !untestable.contains($0) } ?? count - 1
    return bad == lastGood + 1 ? .first(bad) : .among(lastGood + 1...bad)
  }
}

/// Tests that halving needs to tell so many possibilities apart.
private func halvings(_ possibilities: Int) -> Int {
  var tests = 0
  while 1 << tests < possibilities { tests += 1 }
  return tests
}

@Suite struct `A search by halves` {
  // With n kernels, of which both ends are known, there are n - 1 places for the change.
  @Test(arguments: 2...40)
  func `finds the first bad one of a clean row in ⌈log₂(n - 1)⌉ tests`(_ count: Int) {
    var places: Set<Int> = []
    Row(count: count).explore { firstBad, result, tested in
      places.insert(firstBad)
      #expect(result == .first(firstBad))
      #expect(tested.count <= halvings(count - 1), "\(count) with \(firstBad) bad: \(tested)")
      #expect(Set(tested).count == tested.count && tested.allSatisfy { (1..<count - 1).contains($0) })
    }
    #expect(places == Set(1..<count))
  }

  // Rows of up to 20 with every stretch there is; longer ones with every third beginning and second end.
  @Test(arguments: 3...40)
  func `never names a wrong one next to a stretch that cannot be tested`(_ count: Int) {
    let (beginnings, endings) = count <= 20 ? (1, 1) : (3, 2)
    for begin in stride(from: 1, to: count - 1, by: beginnings) {
      for end in stride(from: begin, to: count - 1, by: endings) {
        check(Row(count: count, untestable: Set(begin...end)))
      }
    }
  }

  // Two stretches grow with the fourth power of the count: all of them up to 10, and of longer rows those
  // with short ones at every fifth place.
  @Test(arguments: 5...40)
  func `never names a wrong one between two such stretches`(_ count: Int) {
    let (longest, places) = count <= 10 ? (count, 1) : (3, 5)
    for first in stride(from: 1, to: count - 1, by: places) {
      for second in stride(from: first + 2, to: count - 1, by: places) {
        for (one, two) in lengths(upTo: longest) where first + one < second && second + two <= count - 1 {
          check(Row(count: count, untestable: Set(first..<first + one).union(second..<second + two)))
        }
      }
    }
  }

  @Test func `says so when nothing between the ends can be tested`() {
    Row(count: 9, untestable: Set(1...7)).explore { _, result, tested in
      #expect(result == .among(1...8))
      #expect(tested.sorted() == Array(1...7))
    }
  }

  private func lengths(upTo longest: Int) -> [(Int, Int)] {
    (1...longest).flatMap { one in (1...longest).map { (one, $0) } }
  }

  /// The bound: an untestable one costs its own test, and a stretch of them one more, as it makes a half
  /// that is no half.
  private func check(_ row: Row) {
    let bound = halvings(row.count - 1) + row.untestable.count + row.stretches
    row.explore { firstBad, result, tested in
      // One expectation for each of so many results would take longer than the search.
      if result != row.truth(firstBad) || tested.count > bound || Set(tested).count != tested.count {
        Issue.record(
          "\(row), \(firstBad) bad: \(String(describing: result)) after \(tested), at most \(bound)")
      }
    }
  }
}

@Suite struct `The search` {
  @Test func `has nothing to test between two neighbours`() {
    let search = OrderedSearch(count: 2)
    #expect(search.next == nil)
    #expect(search.remaining == 0)
    #expect(search.result == .first(1))
  }

  @Test func `has no result while something is open`() {
    var search = OrderedSearch(count: 4)
    #expect(search.result == nil)
    search.record(.good, at: 1)
    #expect(search.result == nil)
    search.record(.untestable, at: 2)
    #expect(search.result == .among(2...3))
  }

  @Test func `begins in the middle and counts what is open`() {
    var search = OrderedSearch(count: 9)
    #expect(search.next == 4)
    #expect(search.remaining == 7)
    search.record(.bad, at: 4)
    #expect(search.next == 2)
    #expect(search.remaining == 3)
  }

  @Test func `steps aside from an untestable one to its neighbour`() {
    var search = OrderedSearch(count: 9)
    search.record(.untestable, at: 4)
    #expect(search.next == 3)
    search.record(.untestable, at: 3)
    #expect(search.next == 5)
  }

  // A row that is not in order has several changes; one of them is a true answer, none of the others is.
  @Test(arguments: 3...11)
  func `ends at a place that goes from good to bad, however the answers alternate`(_ count: Int) {
    for pattern in 0..<(1 << (count - 2)) {
      let isBad = [false] + (0..<count - 2).map { pattern >> $0 & 1 == 1 } + [true]
      var search = OrderedSearch(count: count)
      while let next = search.next { search.record(isBad[next] ? .bad : .good, at: next) }
      guard case .first(let found)? = search.result, isBad[found], !isBad[found - 1] else {
        Issue.record("\(isBad): \(String(describing: search.result))")
        continue
      }
    }
  }

  // A search that is resumed from its ledger takes answers in any order.
  @Test func `takes answers it did not ask for`() {
    var search = OrderedSearch(count: 9)
    search.record(.good, at: 6)
    #expect(search.next == 7)
    search.record(.bad, at: 7)
    #expect(search.result == .first(7))
  }
}
