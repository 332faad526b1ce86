public import Bisection
public import VirtualMachine

/// A bisection among kernels, for a person.
public enum BisectionText {
  /// One line a step, as it is made.
  public static func step(_ step: KernelListBisection.Step, open: Int) -> String {
    let word =
      switch step.answer {
      case .good: "good"
      case .bad: "bad"
      case .untestable: "cannot tell (\(CellText.plain(step.cell.finding.reason)))"
      }
    let observed = CellText.observed(step.cell, most: CellText.longest)
    let trial = step.trial.map { "  \(CommitBisectionText.runs($0))" } ?? ""
    return "\(CellText.kernel(step.cell)): \(word)\(trial)\(observed.isEmpty ? "" : "  \(observed)")  [\(open) left]"
  }

  /// The answer, with what it rests on.
  public static func summary(
    _ outcome: KernelListBisection.Outcome, of kernels: [KernelImage], _ question: Question
  ) -> [String] {
    let sure = outcome.confidence.map { "\(CommitBisectionText.percent($0)) sure; " } ?? ""
    let cost = "\(sure)\(outcome.boots) boots for \(kernels.count) kernels"
    if outcome.suspects.count == 1, let index = outcome.suspects.first {
      guard let bad = outcome.steps.last(where: { $0.index == index }),
        let good = outcome.steps.last(where: { $0.index == index - 1 })
      else { return [] }
      let package = bad.cell.kernel.package.map { ["  package \($0.name), version \($0.version)"] } ?? []
      let doubt = outcome.isDoubtful ? ", not confirmed" : ""
      return ["first \(word(question)) kernel\(doubt): \(CellText.kernel(bad.cell))"] + package + [
        "  \(bad.cell.kernel.file.path)",
        "  \(outcome.step ?? difference(good, bad, last: outcome.steps.last { $0.index == kernels.count - 1 }, question))",
        "  the kernel before it: \(CellText.kernel(good.cell))",
        "  \(cost); consoles: \(good.cell.folder?.console.path ?? "-") and \(bad.cell.folder?.console.path ?? "-")",
      ]
    } else {
      let names = outcome.suspects.map { index in
        outcome.steps.first { $0.index == index }.map { CellText.kernel($0.cell) } ?? kernels[index].label
      }
      return [
        "the first \(word(question)) kernel is one of these \(outcome.suspects.count); those before the last cannot be tested:"
      ] + names.map { "  \($0)" } + ["  \(cost)"]
    }
  }

  private static func word(_ question: Question) -> String {
    if case .failure = question { "bad" } else { "changed" }
  }

  private static func difference(
    _ good: KernelListBisection.Step, _ bad: KernelListBisection.Step, last: KernelListBisection.Step?,
    _ question: Question
  ) -> String {
    guard case .changed(let name) = question else { return bad.cell.finding.reason }
    func value(_ step: KernelListBisection.Step) -> String {
      CellText.plain(step.cell.observation(name)?.words.description ?? "nothing")
    }
    let third = last.map(value).flatMap { [value(good), value(bad)].contains($0) ? nil : $0 }
    let more = third.map { ", and \($0) in the last kernel: it changed more than once" } ?? ""
    return "\(name): \(value(good)) -> \(value(bad))\(more)"
  }
}
