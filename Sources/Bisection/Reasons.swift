import KernelTree

/// What is said of answers that name no single commit.
extension CommitBisection {
  /// What the user said may be what contradicts.
  var wordsOnMarks: [String] {
    let marks = Record(ledger.entries).marks.filter { $0.value != .skip }.sorted { $0.key.hex < $1.key.hex }
    if marks.isEmpty { return [] }
    let list = marks.map { "\($0.key.short) was marked \($0.value.rawValue)" }.joined(separator: ", ")
    return ["some of it is the user's word: \(list); 'firstbad bisect undo' takes the last verdict back"]
  }

  /// No commit was proven, so nobody knows that none of those was it.
  static let leftOut =
    "commits that change no file which this kernel is made of are left out, as if none of them could be it"

  /// Why it may be each of several commits.
  func reasons(forRange numbers: [Int], _ search: CommitSearch, _ field: CommitRange) -> [String] {
    var count: [String: Int] = [:]
    var tried = 0
    for number in numbers {
      guard case .untestable(let why)? = search.answers[number] else { continue }
      count[why, default: 0] += 1
      if !search.marked.contains(number) { tried += 1 }
    }
    let open = numbers.count { search.answers[$0] == nil }
    var reasons = count.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) cannot tell: \($0.key)" }
    let failing = failingOtherwise(numbers, search, field)
    if !failing.isEmpty {
      reasons.append(
        "\(failing.count) of them fail otherwise than the bad end: if any failure will do, say --any-failure")
    }
    if open > 0 {
      reasons.append(
        search.isSpent
          ? "\(open) were not tested, as \(search.tests) tests are all that a search of \(field.commits.count) commits may take"
          : "\(open) were not tested, as the \(tried) that were tried among them cannot tell")
    }
    if field.commits.count < range.commits.count {
      reasons.append(Self.leftOut)
    }
    return reasons
  }
}
