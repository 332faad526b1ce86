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
    guard outcome.suspects.count == 1, let index = outcome.suspects.first else {
      let names = outcome.suspects.map { index in
        outcome.steps.first { $0.index == index }.map { CellText.kernel($0.cell) } ?? kernels[index].label
      }
      return [
        "the first \(word(question, outcome)) kernel is one of these \(names.count); those before the last cannot be tested:"
      ] + names.map { "  \($0)" } + ["  \(cost)"]
    }
    guard let at = outcome.steps.last(where: { $0.index == index }),
      let before = outcome.steps.last(where: { $0.index == index - 1 })
    else { return [] }
    let package = at.cell.kernel.package.map { ["  package \($0.name), version \($0.version)"] } ?? []
    let doubt = outcome.isDoubtful ? ", not confirmed" : ""
    return ["first \(word(question, outcome)) kernel\(doubt): \(CellText.kernel(at.cell))"] + package + [
      "  \(at.cell.kernel.file.path)",
      "  \(outcome.step ?? difference(before, at, outcome, kernels.count - 1, question))",
      "  the kernel before it: \(CellText.kernel(before.cell))",
      "  \(cost); consoles: \(before.cell.folder?.console.path ?? "-") and \(at.cell.folder?.console.path ?? "-")",
    ]
  }

  private static func word(_ question: Question, _ outcome: KernelListBisection.Outcome) -> String {
    guard case .failure = question else { return "changed" }
    return outcome.findsFix ? "fixed" : "bad"
  }

  /// What the kernel that was found does otherwise than the one before it; of a value that was not only one change.
  private static func difference(
    _ before: KernelListBisection.Step, _ at: KernelListBisection.Step, _ outcome: KernelListBisection.Outcome,
    _ last: Int, _ question: Question
  ) -> String {
    guard case .changed(let name) = question else {
      return outcome.findsFix ? "before it: \(before.cell.finding.reason)" : at.cell.finding.reason
    }
    func value(_ step: KernelListBisection.Step) -> String {
      CellText.plain(step.cell.observation(name)?.words.description ?? "nothing")
    }
    let other = outcome.steps.last { $0.index == (outcome.findsFix ? 0 : last) }
    let third = other.map(value).flatMap { [value(before), value(at)].contains($0) ? nil : $0 }
    let place = outcome.findsFix ? "first" : "last"
    let more = third.map { ", and \($0) in the \(place) kernel: it changed more than once" } ?? ""
    return "\(name): \(value(before)) -> \(value(at))\(more)"
  }
}
