/// How QEMU is called. Pure.
struct CommandLine: Sendable {
  var architecture: Architecture
  var accelerator: Accelerator
  var shape: MachineShape
  var kernel: String
  var initramfs: String
  /// File that receives the first serial port.
  var console: String
  /// Further words for the kernel's command line.
  var append: [String] = []

  /// The kernel's command line.
  ///
  /// - `loglevel=6`: notices and all that is worse. `quiet` would hide the text of a WARN, which is evidence.
  /// - `panic=-1` with QEMU's `-no-reboot`: a dead guest ends at once.
  /// - `printk.devkmsg=on`: the init's marks are not rate-limited.
  /// - `earlyprintk`: a kernel that dies before its console is up still says why.
  var kernelArguments: [String] {
    let console = architecture.console
    return [
      "console=\(console)", "earlyprintk=serial,\(console),115200", "loglevel=6", "printk.devkmsg=on", "panic=-1",
      "rdinit=/init",
    ] + shape.shortcuts + append
  }

  /// Arguments after the program's name.
  ///
  /// Each a package of its own: the table that a kernel without ACPI finds them by has the first core of each package.
  private static func processors(_ count: Int) -> String { count > 1 ? "\(count),sockets=\(count)" : "1" }

  /// The guest gets two serial ports and nothing else: no network, no disk, no display, no shared folder.
  /// Records leave by standard output, where the host reads them without delay; the console goes straight
  /// into its file, so that it is kept even when the host's runner is killed.
  var arguments: [String] {
    [
      "-M", architecture.machine, "-accel", accelerator.argument, "-cpu", shape.cpuModel(for: accelerator),
      "-smp", Self.processors(shape.cpus), "-m", String(shape.memoryMebibytes),
      "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
      "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
      "-kernel", kernel, "-initrd", initramfs, "-append", kernelArguments.joined(separator: " "),
      "-chardev", "file,id=console,path=\(Self.escaped(console))", "-serial", "chardev:console",
      "-chardev", "stdio,id=records,signal=off", "-serial", "chardev:records",
    ]
  }

  /// A comma in a value of a QEMU option is written twice.
  private static func escaped(_ value: String) -> String { value.replacing(",", with: ",,") }

  /// The whole as a line for a shell that repeats the run before a person's eyes: console on standard output,
  /// records on standard error. It writes to no file, least of all to the console that was kept.
  func shell(program: String) -> String {
    let here = arguments.map { word in
      if word.hasPrefix("file,id=console,") { return "stdio,id=console,signal=on" }
      return word == "stdio,id=records,signal=off" ? "file,id=records,path=/dev/stderr" : word
    }
    return ([program] + here).map { word in
      let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_=/.,:+@".contains($0) }
      return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }.joined(separator: " ")
  }
}
