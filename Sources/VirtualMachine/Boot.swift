import Foundation
public import HostSystem
public import Judgement
import Subprocess
import SystemPackage
public import VerdictStream

/// One boot to be made: a kernel, an initramfs, a machine.
public struct Boot: Sendable {
  /// The kernel.
  public var kernel: KernelImage
  /// The initramfs, plan included.
  public var initramfs: [UInt8]
  /// The plan's nonce.
  public var nonce: Text
  /// The plan's probes.
  public var planned: [Text]
  /// The machine.
  public var shape: MachineShape
  /// Who executes it.
  public var accelerator: Accelerator
  /// How long each phase may take.
  public var deadlines: Deadlines
  /// Further words for the kernel's command line.
  public var append: [String]
  /// When to stop.
  public var goal: Watch.Goal

  /// All fields.
  public init(
    kernel: KernelImage, initramfs: [UInt8], nonce: Text, planned: [Text], shape: MachineShape,
    accelerator: Accelerator, deadlines: Deadlines, append: [String] = [], goal: Watch.Goal = .done
  ) {
    self.kernel = kernel
    self.initramfs = initramfs
    self.nonce = nonce
    self.planned = planned
    self.shape = shape
    self.accelerator = accelerator
    self.deadlines = deadlines
    self.append = append
    self.goal = goal
  }
}

/// What a boot left.
public struct BootRecord: Sendable {
  /// All that can be judged.
  public let evidence: Evidence
  /// From QEMU's start to its end.
  public let duration: Duration
  /// Where console and records are.
  public let folder: RunFolder
  /// Who executed it.
  public let accelerator: Accelerator
  /// Seconds in which the host slept or we were stopped. The guest's clock jumped by as much, so a deadline that
  /// passed in it may have passed for no fault of the guest's.
  public let lostSeconds: Double
}

/// QEMU, ready to boot guests.
public struct Hypervisor: Sendable {
  /// The guest's architecture.
  public let architecture: Architecture
  /// The emulator.
  public let qemu: Tool
  private let shell: Tool
  private let setpriv: Tool
  private let places: Places

  /// Finds QEMU and what it is started with.
  public init(_ architecture: Architecture = .x86_64, places: Places) throws(Failure) {
    self.architecture = architecture
    self.places = places
    qemu = try Tool(architecture.qemu, remedy: "install it: apt-get install \(architecture.package)")
    shell = try Tool("sh", remedy: "a shell is part of every system")
    setpriv = try Tool("setpriv", remedy: "install it: apt-get install util-linux")
  }

  /// Boots, watches, ends the guest, and tells. Throws only when our own side fails before the start.
  public func run(_ boot: Boot) async throws -> BootRecord {
    let folder = try RunFolder(in: places)
    try Places.write(Data(boot.initramfs), to: folder.initramfs)
    let line = CommandLine(
      architecture: architecture, accelerator: boot.accelerator, shape: boot.shape,
      kernel: boot.kernel.file.path, initramfs: folder.initramfs.path, console: folder.console.path,
      append: boot.append)
    try Places.write(Data("#!/bin/sh\nexec \(line.shell(program: qemu.path))\n".utf8), to: folder.command)
    guard let console = ConsoleFile(folder.console) else {
      throw Failure(.cannotWrite, "\(folder.console.path) cannot be made", remedy: "free some space there")
    }
    defer { console.close() }

    let records = try RecordPipe()
    let qemuEnd = records.writeEnd

    let start = ContinuousClock.now
    var watched = Watched(
      Watch(nonce: boot.nonce, deadlines: boot.deadlines, goal: boot.goal), records: records, console: console)
    let (end, complaint) = await supervise(line, &watched, records: qemuEnd)
    try Task.checkCancellation()
    let duration = start.duration(to: .now)
    let watch = watched.finish()
    // A disk that is full now was perhaps too full for the console; a folder that is gone is the user's doing.
    do throws(Failure) {
      try Places.write(Data(watched.rawRecords), to: folder.records)
    } catch {
      if FileManager.default.fileExists(atPath: folder.url.path) { throw error }
    }
    return BootRecord(
      evidence: Evidence(
        nonce: boot.nonce, planned: boot.planned, expectedKernel: boot.kernel.version,
        expectedBuild: boot.kernel.build,
        records: watch.reader.records, flaws: watch.reader.flaws, console: watch.console, end: end,
        complaint: complaint),
      duration: duration, folder: folder, accelerator: boot.accelerator, lostSeconds: watched.lostSeconds)
  }

  /// Runs QEMU until the watch has seen enough or QEMU ends by itself.
  private func supervise(
    _ line: CommandLine, _ watched: inout Watched, records: FileDescriptor
  ) async -> (RunEnd, String) {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = Self.gently
    do {
      let finished = try await Subprocess.run(
        .path(FilePath(setpriv.path)), arguments: Arguments(launcher + [qemu.path] + line.arguments),
        platformOptions: options, input: .none,
        output: .fileDescriptor(records, closeAfterSpawningProcess: true), error: .string(limit: 1 << 20)
      ) { execution in
        let end = await watched.follow()
        // A guest that said everything has nothing left to lose, so no grace is spent.
        if let end { await execution.teardown(using: end == .done ? Self.atOnce : Self.gently) }
        return end
      }
      let words = finished.standardError
      if let end = finished.closureResult { return (end, words) }
      switch finished.terminationStatus {
      case .exited(let status):
        // QEMU catches TERM and ends with 0, as it does when the guest resets.
        return (words.contains("terminating on signal") ? .signalled(Int(SIGTERM)) : .exited(Int(status)), words)
      case .signaled(let number): return (.signalled(Int(number)), words)
      }
    } catch {
      return (.notStarted(String(describing: error)), "")
    }
  }

  private static var atOnce: [TeardownStep] {
    [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
  }

  /// TERM lets QEMU say last words on standard error; KILL to the whole group follows.
  private static var gently: [TeardownStep] {
    [.send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))] + atOnce
  }

  /// Dies with us even when we are killed: the kernel sends KILL to QEMU when its parent ends. A parent that
  /// ended before that was arranged is noticed by the shell, which then never becomes QEMU.
  private var launcher: [String] {
    [
      "--pdeathsig", "KILL", "--", shell.path, "-c",
      #"parent=$1; shift; [ "$PPID" = "$parent" ] || exit 1; exec "$@""#, "sh", String(getpid()),
    ]
  }
}
