import Foundation
import TestSupport
import VerdictStream

@testable import Bisection

/// A row of kernels on a machine where a duration is another one in each run: most runs scatter a little, some take much
/// longer, and the machine itself is slower at times. All that decides is the product's.
struct SimulatedShift {
  /// Kernels between the ends.
  var kernels = 16
  /// By so much the duration grows with the change: 1.6 is +60 %.
  var step = 1.6
  /// What is asked for.
  var shift = Shift("took", percent: 40)
  /// Scatter of most runs, as a share.
  var noise = 0.1
  /// Share of the runs that take two to five times as long.
  var outliers = 0.05
  /// Slow ups and downs of the machine, as a share; it takes some thirty runs from one to the other.
  var drift = 0.0
  /// Somebody else's work makes every run slower by this for forty runs, now and then.
  var load = 1.0

  enum Outcome { case right, wrong, doubted, refused, undecided }

  private struct Machine {
    var slowness = 0.0
    var loadedFor = 0
  }

  /// One search, from the first run of an end to the last of the proof.
  func search(_ random: inout Seeded) throws -> Outcome {
    let culprit = Int.random(in: 0..<kernels, using: &random)
    var machine = Machine()
    func normal() -> Double {
      let (one, other) = (Double.random(in: 1e-9..<1, using: &random), Double.random(in: 0..<1, using: &random))
      return (-2 * log(one)).squareRoot() * cos(2 * .pi * other)
    }
    // Kernel -1 is the good end.
    func run(_ kernel: Int) -> Seen {
      machine.slowness = machine.slowness * 0.97 + normal() * drift * 0.243
      if machine.loadedFor > 0 {
        machine.loadedFor -= 1
      } else if load > 1, Int.random(in: 0..<100, using: &random) == 0 {
        machine.loadedFor = 40
      }
      var took = 1_000_000 * exp(normal() * noise + machine.slowness) * (kernel >= culprit ? step : 1)
      if Double.random(in: 0..<1, using: &random) < outliers { took *= Double.random(in: 2..<5, using: &random) }
      if machine.loadedFor > 0 { took *= load }
      let number = Int(took)
      let quantity = Quantity(samples: [number], count: 1, unit: "ns") ?? Quantity(number, unit: "ns")
      return Seen(
        .good, phase: .done, reason: "passed", observations: ["took": "\(number)"],
        numbers: ["took": Seen.Numbers(quantity)])
    }

    var ends = EndTrial(.shifted(shift))
    while ends.turn != (0, 0) {
      let wanted = ends.turn
      ends.take(good: (0..<wanted.good).map { _ in run(-1) })
      ends.take(bad: (0..<wanted.bad).map { _ in run(kernels - 1) })
    }
    guard let yardstick = try? ends.yardstick(called: "good", "bad"), let rates = yardstick.rates else {
      return .refused
    }
    var search = NoisySearch(History(row: kernels), rates: rates)
    while case .run(let kernel, let times) = search.next() {
      for _ in 0..<times { search.record(yardstick.run(run(kernel)), for: kernel) }
    }
    guard case .culprit(let named)? = search.search.result else { return .undecided }
    var proof = StepTest(shift)
    while proof.wanted > 0 {
      var sides: (good: [Seen], bad: [Seen]) = ([], [])
      for _ in 0..<proof.wanted {
        sides.good.append(run(named - 1))
        sides.bad.append(run(named))
      }
      proof.take(good: sides.good, bad: sides.bad)
    }
    return proof.isShown ? (named == culprit ? .right : .wrong) : .doubted
  }
}
