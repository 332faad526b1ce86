import ArgumentParser
import Bisection
import Foundation
import HostSystem
import Judgement
import Reports
import Suite

/// `firstbad bisect`: the first bad one among ready-made kernels.
struct BisectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect", abstract: "Find the first kernel that behaves differently.",
    discussion: """
      Takes kernels in order: the first is said to be good, the last bad. Both are verified, then the others \
      are searched by halves. Only the failure that the last kernel shows counts as bad; a kernel that fails \
      otherwise cannot tell.
      """)

  @OptionGroup var kernels: KernelOptions

  @Option(help: ArgumentHelp("Hunt a change of this observation instead of a failure.", valueName: "observation"))
  var changed: String?

  @Flag(help: "Any failure counts as bad, not only that of the last kernel.")
  var anyFailure = false

  @OptionGroup var guest: GuestOptions

  @Argument(help: "A shipped probe's id, or a C file with one probe.")
  var probe: [String] = []

  func run() async throws {
    if anyFailure && changed != nil {
      throw Failure(.usage, "--changed and --any-failure exclude each other", remedy: "choose one")
    }
    let (images, probes) = try kernels.images(and: probe)
    let bench = try await Bench(probes, guest)
    guard bench.selection.probes.count == 1 else {
      throw Failure(.usage, "a bisect follows one probe", remedy: "name one probe, or a file with one probe in it")
    }
    for (earlier, later) in zip(images, images.dropFirst()) {
      guard let before = earlier.release, let after = later.release else { continue }
      if before.compare(after, options: .numeric) == .orderedDescending {
        Terminal.note(
          "firstbad: note: \(before) stands before \(after); the answer holds only for kernels in their order")
      }
    }
    let question = changed.map(Question.changed) ?? .failure(any: anyFailure)
    let bisection = try KernelListBisection(images, with: bench.runner, question: question) { step, open in
      Terminal.note(BisectionText.step(step, open: open))
    }
    let outcome = try await bisection.run()
    for line in BisectionText.summary(outcome, of: images, question) { try Terminal.print(line) }
    if outcome.suspects.count > 1 { throw ExitCode(ExitStatus.of(.untestable(phase: .done, signature: "range"))) }
  }
}
