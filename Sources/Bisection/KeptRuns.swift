import Foundation
import ImageStore
import Judgement

/// Runs of kernels, kept by the kernel's identity the moment their boot ends, for whoever asks about that kernel again.
struct KeptRuns: Sendable {
  private let store: ImageStore
  /// Runs that are asked of a boot.
  let perBoot: Int
  /// A number of a run is that of a machine as it was then, idle or not. It must not be held against what the machine is
  /// like now, so where numbers are hunted nothing is taken from here.
  private let measures: Bool

  init(in store: ImageStore, perBoot: Int = 1, measures: Bool = false) {
    self.store = store
    self.perBoot = max(1, perBoot)
    self.measures = measures
  }

  /// Runs of these numbers of a kernel: those that are kept, and for the rest what boots give that are made now, side by
  /// side. Where it measures, all that these boots gave, which may be more than was asked for.
  func runs(
    of identity: String, _ question: String, _ numbers: Range<Int>, willBoot: () -> Void = {},
    boot: @escaping @Sendable () async throws -> [Run]
  ) async throws -> [Run] {
    var kept = measures ? [] : try known(identity, question)
    // Another store may have fewer than were asked for before.
    let first = measures ? 0 : min(numbers.lowerBound, kept.count)
    let last = first + numbers.count
    let before = kept.count
    if before < last { willBoot() }
    var fresh: [Run] = []
    var unkept: [Run] = []
    // A boot that a run of it broke gives fewer.
    while kept.count + unkept.count < last {
      let boots = (last - kept.count - unkept.count + perBoot - 1) / perBoot
      let made = try await withThrowingTaskGroup(of: [Run].self) { group in
        for _ in 0..<boots { group.addTask { try await keep(boot(), identity, question) } }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      fresh += made.filter(Self.isKept)
      unkept += made.filter { !Self.isKept($0) }
      // In the one order that everybody sees: boots end as they like, and the next who asks counts by that of the store.
      kept = measures ? fresh.map(\.seen) : try known(identity, question)
    }
    if measures { return fresh + unkept }
    let all = kept.enumerated().map { place, seen in
      let isNew = place >= before && place - before < fresh.count
      return Run(seen: seen, milliseconds: isNew ? fresh[place - before].milliseconds : nil)
    }
    return Array((all + unkept)[first..<last])
  }

  /// A timer that was dead in each boot may be the kernel's fault or that of a machine which was busy then; tomorrow's is to
  /// be asked again.
  private static func isKept(_ run: Run) -> Bool {
    !(run.seen.phase == .kernel && run.seen.signature == Judge.deadTimer)
  }

  private func known(_ identity: String, _ question: String) throws -> [Seen] {
    try store.verdicts(identity: identity, question: question)
      .compactMap { try? JSONDecoder().decode(Seen.self, from: Data($0.utf8)) }
  }

  private func keep(_ runs: [Run], _ identity: String, _ question: String) throws -> [Run] {
    let texts = try runs.filter(Self.isKept).map { String(decoding: try JSONEncoder().encode($0.seen), as: UTF8.self) }
    try store.remember(texts, identity: identity, question: question)
    return runs
  }
}
