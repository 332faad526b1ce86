import HostSystem
import KernelTree

/// What need not be searched.
extension CommitBisection {
  /// Which commits can change the kernel; found out once and kept, so that a resumed session goes the same way.
  func reach() async throws -> Reach? {
    let record = Record(ledger.entries)
    if let known = record.reach { return known }
    let ends = [range.old, range.new].compactMap { record.examination(of: .commit($0), isClean: false) ?? nil }
    guard ends.count == 2 else { return nil }
    let found: Reach?
    do { found = try await laboratory.reach(in: range, ends: ends) } catch let failure as Failure {
      report(.note("it is not known which commits can change this kernel, so all are searched: \(failure.message)"))
      return nil
    }
    if let found { try ledger.append(.narrowed(found)) }
    return found
  }

  /// The range without what cannot change the kernel.
  func narrowed(_ range: CommitRange, to reach: Reach?, isTold: Bool = false) -> CommitRange {
    let field = self.field(of: range, Record(ledger.entries).marks, reach)
    if !isTold { report(.narrowed(to: field.commits.count, of: range.commits.count)) }
    return field
  }

  /// The same without a word. What the user called good or bad is left in, whatever it changes; what he skips need not be, and
  /// what is no part of the range cannot be.
  func field(of range: CommitRange, _ marks: [CommitID: LedgerEntry.Mark], _ reach: Reach?) -> CommitRange {
    guard let reach else { return range }
    let judged = Set(range.commits.map(\.id).filter { marks[$0] == .good || marks[$0] == .bad })
    guard let field = range.narrowed(to: Reach(twins: reach.twins.filter { !judged.contains($0.commit) })) else {
      return range
    }
    return judged.isSubset(of: field.commits.map(\.id)) ? field : range
  }
}
