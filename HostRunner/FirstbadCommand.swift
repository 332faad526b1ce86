import ArgumentParser
import Foundation
import HostSystem
import Judgement

/// The `firstbad` command.
@main
struct FirstbadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "firstbad",
    abstract: "Which commit changed the kernel's behaviour?",
    discussion: """
      Write the behaviour down as one small C function, a probe. firstbad boots kernels under QEMU, runs the \
      probe in each, and exits as 'git bisect run' wants: 0 good, 1 bad, 125 cannot tell, 128 or more for \
      everything that is not the kernel's doing.
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, SuiteCommand.self, BisectCommand.self, ConfigCommand.self, StepCommand.self, ListCommand.self,
      ExplainCommand.self, NewCommand.self, ImageCommand.self, BuildCommand.self, StoreCommand.self,
      KernelsCommand.self, SurveyCommand.self, FixUpsCommand.self, DoctorCommand.self,
    ])

  /// Without a command nothing was judged, and help printed with status 0 would read as "good".
  func run() throws {
    throw Failure(.usage, "no command is named", remedy: "'firstbad --help' lists them")
  }

  /// Not the parser's own main: its usage errors exit with 64, which `git bisect run` reads as bad.
  static func main() async {
    signal(SIGPIPE, SIG_IGN)
    Terminal.occupyStandardDescriptors()
    do {
      try Shortage.watch()
    } catch {
      Foundation.exit(status(of: error))
    }
    let work = Task { () -> Int32 in
      do {
        var command = try parseAsRoot()
        if var asynchronous = command as? any AsyncParsableCommand {
          try await asynchronous.run()
        } else {
          try command.run()
        }
        return 0
      } catch {
        return status(of: error)
      }
    }
    let interruption = Interruption { work.cancel() }
    let ended = await work.value
    withExtendedLifetime(interruption) { Foundation.exit(Interruption.exitStatus ?? ended) }
  }

  static func status(of error: any Error) -> Int32 {
    if let verdict = error as? ExitCode { return verdict.rawValue }
    if let failure = error as? Failure {
      Terminal.note("firstbad: \(failure.message)")
      if let remedy = failure.remedy { Terminal.note("  remedy: \(remedy)") }
      return ExitStatus.failure
    }
    if error is CancellationError { return ExitStatus.failure }
    if exitCode(for: error) == .success {
      // --help and --version arrive as errors.
      do {
        try Terminal.print(fullMessage(for: error))
        return 0
      } catch {
        return ExitStatus.failure
      }
    }
    Terminal.note(fullMessage(for: error))
    return ExitStatus.failure
  }
}
