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

  /// The words after `firstbad`.
  func command(_ plan: SuitePlan, packages: String?, probes: [String], _ guest: GuestOptions) -> [String] {
    var words = ["bisect"]
    let ends = [plan.kernels[good].package?.version, plan.kernels[bad].package?.version].compactMap { $0 }
    // Two flavours of one version are told apart by their files alone.
    if let packages, ends.count == 2, ends[0] != ends[1] {
      words += ["--packages", packages, "--good", ends[0], "--bad", ends[1]]
    } else {
      words += plan.kernels[good...bad].flatMap { ["--kernel", $0.file.path] }
    }
    words += guest.words
    let files = probes.filter(ProbeSelection.isFile)
    return words + (files.isEmpty || !probes.contains(probe) && files.isEmpty ? [probe] : source(in: files))
  }

  /// The file with this probe, and which of its probes when there are several.
  private func source(in arguments: [String]) -> [String] {
    let files = arguments.flatMap { word -> [String] in
      if word.hasSuffix(".c") || word.hasSuffix(".swift") { return [word] }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: word)) ?? []
      return names.filter(ProbeSelection.isFile).sorted().map { "\(word)/\($0)" }
    }
    for file in files {
      guard let text = try? String(contentsOfFile: file, encoding: .utf8), text.contains("PROBE(\"\(probe)\"") else {
        continue
      }
      return ["--only", probe, file]
    }
    return [probe]
  }
}
