import Foundation
import GuestImage
import Judgement
import Suite
import VerdictStream
import VirtualMachine

/// Where a probe turns from good to bad in the order of the kernels.
struct SuiteReds {
  let probe: String
  let good: Int
  let bad: Int

  /// Each such turn of each probe: what cannot tell in between does not end it.
  static func find(_ results: [SuiteResult], _ plan: SuitePlan) -> [SuiteReds] {
    plan.probes.flatMap { probe in
      let row = results.filter { $0.cell.probe.id == probe.id }.sorted { $0.kernel < $1.kernel }
      var good: Int?
      var turns: [SuiteReds] = []
      for result in row {
        switch Standing(result.cell) {
        case .good: good = result.kernel
        case .bad:
          if let last = good {
            turns.append(SuiteReds(probe: probe.id.description, good: last, bad: result.kernel))
          }
          good = nil
        case .skip, .untestable, .infra: break
        }
      }
      return turns
    }
  }

  /// The words after `firstbad`; `probes` are the ids and files that the suite was made of.
  func command(
    _ plan: SuitePlan, packages: String?, probes: [String], _ repetition: RepeatOption, _ guest: GuestOptions
  ) -> [String] {
    var words = ["bisect"]
    let ends = [plan.kernels[good].package?.version, plan.kernels[bad].package?.version].compactMap { $0 }
    // Two flavours of one version are told apart by their files alone.
    if let packages, ends.count == 2, ends[0] != ends[1] {
      words += ["--packages", packages, "--good", ends[0], "--bad", ends[1]]
    } else {
      words += plan.kernels[good...bad].flatMap { ["--kernel", $0.file.path] }
    }
    // What shows in one of several runs may not show in the next.
    if repetition.number > 1 { words += ["--flaky"] + repetition.words }
    return words + guest.words + (probes.contains(probe) ? [probe] : source(in: probes.filter(ProbeSelection.isFile)))
  }

  /// The file with this probe, and which of its probes; all of them where its name is not to be read in just one.
  private func source(in files: [String]) -> [String] {
    let named = files.filter { (try? String(contentsOfFile: $0, encoding: .utf8))?.contains("\"\(probe)\"") == true }
    return ["--only", probe] + (named.count == 1 ? named : files)
  }
}
