import ArgumentParser
import HostSystem
import Reports
import VirtualMachine

/// `firstbad doctor`: what this machine has and lacks.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what this machine has and lacks, and how to mend it.",
    discussion: "Exits with 0 when probes can be run here, and with 128 when something needed is missing.")

  @Option(help: ArgumentHelp("A kernel to try the accelerators with.", valueName: "file"))
  var kernel: String?

  func run() async throws {
    let places = Places()
    // A kernel that the user named and that is none is a mistake, not a finding about the machine.
    if let kernel { _ = try KernelImage(at: kernel) }
    var isReady = true
    var table = Table("", "WHAT", "FINDING")
    for need in Needs.all {
      let finding = need.check()
      if case .missing = finding, need.isRequired { isReady = false }
      table.add(finding.mark(need), need.name, finding.text)
    }
    let accelerator = await accelerator(places)
    table.add(accelerator.0, "accelerator", accelerator.1)
    for line in table.lines { try Terminal.print(line) }
    if !isReady { throw ExitCode(128) }
  }

  private func accelerator(_ places: Places) async -> (String, String) {
    do {
      guard let path = kernel ?? AcceleratorTrial.anyKernel(places) else {
        return ("?", "not tried, as no kernel is at hand: firstbad doctor --kernel FILE")
      }
      let trial = AcceleratorTrial(try Hypervisor(places: places), places: places)
      let answer = try await trial.decide(.auto, with: try KernelImage(at: path))
      switch answer.accelerator {
      case .kvm: return ("ok", "KVM runs a kernel")
      case .tcg: return ("ok", "TCG, QEMU's emulation (\(answer.reason ?? "chosen"))")
      }
    } catch {
      return ("!!", "\(error)")
    }
  }
}
