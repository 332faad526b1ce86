import HostSystem
import Judgement
import KernelModules
import VerdictStream
import VirtualMachine

extension ProbeRunner {
  /// How often a boot is repeated that a sleeping host spoilt.
  static let sleepRetries = 2

  /// One boot of these probes, and what follows of it for each. One that the emulator or a sleeping host spoilt is made
  /// again.
  func boot(
    _ probes: [ProbeMetadata], on kernel: KernelImage, _ shape: MachineShape, _ modules: [LoadableModule],
    _ accelerator: Accelerator
  ) async throws -> [Cell] {
    var deadlines = Deadlines(for: accelerator)
    for (name, seconds) in options.deadlines { _ = deadlines.set(name, to: seconds) }
    var plan = Plan()
    plan.port = Text(hypervisor.architecture.verdictPort ?? "")
    plan.timeoutPercent = deadlines.timeoutPercent
    plan.probeMilliseconds = deadlines.probe.map { max(1, Int($0 * 1000)) } ?? 0
    plan.modules = modules.map { Plan.Module(Text($0.name), isRequired: $0.isRequired) }
    plan.probes = probes.map(\.id)
    // Programs of others print their results; a probe's output is only for a person.
    if !selection.image.files.isEmpty { plan.outputLimit = 1 << 20 }

    guard plan.text.bytes.count < Plan.limit else {
      throw Failure(
        .usage, "\(probes.count) runs are more than one boot can be asked for",
        remedy: "name fewer probes, or a smaller --repeat")
    }
    // Each is counted by itself: what is said of a dead timer is said of boots that had one.
    var (noisy, slept) = (0, 0)
    while true {
      plan.nonce = Self.freshNonce()
      let record = try await hypervisor.run(
        Boot(
          kernel: kernel, initramfs: selection.image.initramfs(plan, modules: modules.map(\.bytes)), nonce: plan.nonce,
          planned: plan.probes, shape: shape, accelerator: accelerator, deadlines: deadlines, append: options.append))
      let judge = Judge(record.evidence, failOn: options.failOn, attempt: noisy + 1)
      // Whoever wrote to the records' port, or silenced the console, shall damage no verdict but its own.
      if (judge.isStreamDamaged || judge.isAttributionLost) && probes.count > 1 {
        var cells: [Cell] = []
        for probe in probes { cells += try await boot([probe], on: kernel, shape, modules, accelerator) }
        return cells
      }
      if judge.isEmulatorNoise && noisy + 1 < Judge.noiseLimit {
        noisy += 1
        note("the emulator lost a timer interrupt; booting again (\(record.folder.console.path))")
        continue
      }
      var findings = probes.map { judge.finding(about: $0.id) }
      if !selection.image.files.isEmpty {
        // Programs of others do not observe; what they say of their parts stands for it.
        findings = findings.map { finding in
          let isCut = (finding.end?.outputDropped ?? 0) > 0
          let parts = SubResults.find(in: finding.output, isCut: isCut)
          let told = finding.observing(parts.map { ($0.name, .text(Text($0.result))) })
          return isCut && !parts.isEmpty ? told.lackingParts : told
        }
      }
      if record.lostSeconds > 0, slept < Self.sleepRetries, findings.contains(where: { $0.verdict != .good }) {
        slept += 1
        note("the host slept for \(Int(record.lostSeconds)) s; booting again (\(record.folder.console.path))")
        continue
      }
      return zip(probes, findings).map { probe, finding in
        Cell(
          kernel: kernel, probe: probe, finding: finding, accelerator: accelerator,
          durationMilliseconds: Int(record.duration / .milliseconds(1)), folder: record.folder,
          running: record.evidence.hello.map { ($0.release.description, $0.version.description) })
      }
    }
  }

  /// 128 random bits from the system's generator.
  private static func freshNonce() -> Text {
    Text(
      (0..<2).map { _ in UInt64.random(in: 0...UInt64.max) }.map { half in
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }.joined())
  }
}
