import Foundation
import HostSystem
import TestKernels

/// What can be wrong with a kernel.
enum KernelFaults {
  static let table: [Fault] = [
    Fault("a kernel file that is missing", .refused("cannot be read")) { bench in
      try await bench.run(["guest.self-check"], kernel: bench.path("nowhere"))
    },
    Fault("a kernel file that is empty", .refused("is empty")) { bench in
      try await bench.run(["guest.self-check"], kernel: bench.scratch.file("vmlinuz", ""))
    },
    Fault("a kernel file that is text", .refused("is no kernel")) { bench in
      try await bench.run(["guest.self-check"], kernel: bench.scratch.file("vmlinuz", "all work and no play\n"))
    },
    Fault("a kernel file that is cut short", .refused("is cut short")) { bench in
      let file = bench.scratch.url.appending(path: "vmlinuz")
      try Data(contentsOf: URL(filePath: bench.kernel)).prefix(5_000_000).write(to: file)
      return try await bench.run(["guest.self-check"], kernel: file.path)
    },
    Fault("a kernel file of another architecture", .refused("another architecture")) { bench in
      // RISC-V firmware that comes with QEMU: a real ELF image for another processor.
      try await bench.run(
        ["guest.self-check"], kernel: "/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.elf")
    },
    Fault("a kernel without a serial port", .untestable(phase: "kernel", "no port")) { bench in
      try await bench.run(["--append", "8250.nr_uarts=0", "guest.self-check"])
    },
    Fault("a kernel that loses its console", .untestable(phase: "probe", "console lost")) { bench in
      try await bench.run(["--append", "8250.nr_uarts=1", "guest.self-check"])
    },
    Fault("a kernel that repeats its boot messages", .good) { bench in
      try await bench.run(["--append", "console=tty0", "guest.self-check"])
    },
    Fault(
      "a kernel without initramfs support",
      .untestable(phase: "kernel", "Kernel panic - not syncing: No working init found")
    ) {
      try await $0.run(["guest.self-check"], kernel: TestKernels.built("no-initramfs"))
    },
    Fault("a kernel without a serial console", .good) {
      // The records have a port of their own; only the evidence of a failure would be missing.
      try await $0.run(["guest.self-check"], kernel: TestKernels.built("no-console"))
    },
    Fault("a kernel of which nobody knows what it lacks", .untestable(phase: "configure", "test.fault: 1 == 2")) {
      bench in
      let alone = bench.scratch.url.appending(path: "a/b/c/d/vmlinuz")
      try Places.make(alone.deletingLastPathComponent())
      try FileManager.default.copyItem(atPath: bench.kernel, toPath: alone.path)
      let probe = try bench.probe("CHECK_EQ(1, 2); PASS();", attributes: "NEEDS(\"CONFIG_NOBODY_KNOWS\")")
      return try await bench.run([probe], kernel: alone.path)
    },
    Fault("a kernel that lacks what the probe needs", .untestable(phase: "configure", "CONFIG_SECCOMP is not set")) {
      let probe = try $0.probe("PASS();", attributes: "NEEDS(\"CONFIG_SECCOMP\")")
      return try await $0.run([probe], kernel: TestKernels.built("faults"))
    },
    broken(
      "oopses and lives", "ACCESS_NULL",
      .bad("BUG: kernel NULL pointer dereference, address: ADDRESS in lkdtm_ACCESS_NULL")),
    broken("says BUG and lives", "BUG", .bad("kernel BUG at drivers/misc/lkdtm/bugs.c:N! in lkdtm_BUG")),
    broken("WARNs", "WARNING", .good),
    broken(
      "WARNs when that is to fail", "WARNING", .bad("WARNING: at drivers/misc/lkdtm/bugs.c:N lkdtm_WARNING"),
      ["--fail-on", "warn"]),
    broken(
      "is told to be quiet and says BUG", "BUG", .bad("kernel BUG at drivers/misc/lkdtm/bugs.c:N! in lkdtm_BUG"),
      ["--append", "quiet"]),
    broken("panics in a driver", "PANIC", .bad("Kernel panic - not syncing: dumptest")),
    broken("hangs while a probe runs", "HARDLOCKUP", .bad("test.fault: hang")),
    Fault("a kernel that hangs in one boot and not in the next", .untestable(phase: "probe", "test.fault: hung once")) {
      bench in
      // An emulator that tells the first guest, and no other, to lock up.
      let probe = try bench.probe(
        """
        char line[4096] = "";
        int file = REQUIRE_OK(open("/proc/cmdline", O_RDONLY));
        REQUIRE_OK(read(file, line, sizeof line - 1));
        if (strstr(line, "lock-up")) put("/sys/kernel/debug/provoke-crash/DIRECT", "HARDLOCKUP");
        PASS();
        """, attributes: "TIMEOUT_MS(500)")
      let once = #"""
        args=()
        for a in "$@"; do
          [ "$last" = -append ] && ! [ -e "$row/booted" ] && a="$a lock-up"
          last=$a
          args+=("$a")
        done
        touch "$row/booted"
        exec "$real" "${args[@]}"
        """#
      let kernel = try TestKernels.built("faults")
      return try await bench.shell(
        Self.emulator(once) + "\n\"$firstbad\" run --json --accel tcg --kernel \(kernel) \(probe)")
    },
    broken("holds a task for ever", "HUNG_TASK", .bad("test.fault: stuck")),
    Fault("a kernel that an earlier probe broke", .good) { bench in
      // The second probe comes after the oops; it must be judged on a fresh boot, and be good there.
      let guilty = try bench.scratch.file(
        "a.c",
        FaultBench.heading + """
          PROBE("a.guilty", "breaks the kernel") { put("/sys/kernel/debug/provoke-crash/DIRECT", "ACCESS_NULL"); PASS(); }
          PROBE("test.fault", "is innocent") { PASS(); }
          """)
      let result = try await bench.run([guilty], kernel: TestKernels.built("faults"))
      // Both together exit with 1, for the guilty one; the row is about the other.
      return Tool.Result(status: result.status == 1 ? 0 : 2, output: result.output, errors: result.errors)
    },
    Fault("a kernel that panics before the init", .untestable(phase: "kernel", "Kernel panic - not syncing: VFS")) {
      try await $0.run(["--append", "rdinit=/nowhere", "guest.self-check"])
    },
    Fault("a kernel that hangs before the init", .untestable(phase: "kernel", "hang")) { bench in
      // The delay loop after each message makes the boot take hours, as a livelock would.
      try await bench.run(["--append", "boot_delay=10000 lpj=1000000000", "--timeout", "hello=8", "guest.self-check"])
    },
    Fault("a kernel that resets in a loop", .untestable(phase: "kernel", "Kernel panic - not syncing: VFS")) { bench in
      // An emulator that lets it: without -no-reboot each panic is followed by another boot.
      let loop = #"args=(); for a in "$@"; do [ "$a" = -no-reboot ] || args+=("$a"); done; exec "$real" "${args[@]}""#
      return try await bench.shell(
        Self.emulator(loop) + "\n$run", ["--append", "rdinit=/nowhere", "guest.self-check"])
    },
    probe("resets during a probe", "reboot(RB_AUTOBOOT); PASS();", .bad("test.fault: reset")),
    probe("powers off during a probe", "reboot(RB_POWER_OFF); PASS();", .bad("test.fault: reset")),
    probe(
      "panics during a probe", #"OBSERVE("step", 1); put("/proc/sysrq-trigger", "c"); PASS();"#,
      .bad("Kernel panic - not syncing: sysrq triggered crash")),
    Fault("a kernel that panics takes only the guilty probe along", .bad("Kernel panic - not syncing: sysrq")) {
      let guilty = try $0.probe(#"put("/proc/sysrq-trigger", "c"); PASS();"#)
      let result = try await $0.run([guilty, "guest.self-check", "net.listen-backlog"])
      let good = result.output.split(separator: "\n").count { $0.contains(#""verdict":"good""#) }
      return good == 2 ? result : Tool.Result(status: 2, output: result.output, errors: "the others were not run again")
    },
    probe(
      "is hammered with messages while records are sent",
      """
      for (int i = 0; i < 3; i++)
        if (fork() == 0) {
          int log = open("/dev/kmsg", O_WRONLY);
          for (;;) if (write(log, "<4>storm storm storm storm storm\\n", 33) < 0) _exit(1);
        }
      for (int i = 0; i < 50; i++) OBSERVE("n", i);
      PASS();
      """, .good),
    Fault("a kernel that is not the one meant", .infra("is not the one in the image")) { bench in
      // An emulator that boots another kernel than it is told to, as a stale image under the right name would.
      let other = try await TestKernels.oldest()
      try require(other != bench.kernel, "two kernels are needed")
      return try await bench.shell(
        Self.emulator(
          #"args=(); for a in "$@"; do [ "$a" = "$kernel" ] && a=\#(other); args+=("$a"); done; exec "$real" "${args[@]}""#
        )
          + "\n$run")
    },
    Fault("a kernel of another build of the same version", .infra("of build id")) { bench in
      // Neighbouring commits differ in nothing else that a running kernel tells of itself.
      let image = try bench.scratch.file("stale/bzImage", "")
      let copy = URL(filePath: image).deletingLastPathComponent()
      try FileManager.default.removeItem(atPath: image)
      try FileManager.default.copyItem(atPath: TestKernels.built("faults"), toPath: image)
      try Data("0123456789abcdef0123456789abcdef01234567\n".utf8).write(to: copy.appending(path: "build-id"))
      return try await bench.run(["guest.self-check"], kernel: image)
    },
  ]

  /// A kernel that lkdtm breaks while a probe runs (Documentation/fault-injection/provoke-crashes.rst).
  static func broken(_ name: String, _ crash: String, _ expected: Expected, _ arguments: [String] = []) -> Fault {
    Fault("a kernel that \(name)", expected) { bench in
      let probe = try bench.probe(
        "put(\"/sys/kernel/debug/provoke-crash/DIRECT\", \"\(crash)\"); PASS();", attributes: "TIMEOUT_MS(500)")
      return try await bench.run(arguments + [probe], kernel: TestKernels.built("faults"))
    }
  }

  static func probe(_ name: String, _ body: String, _ expected: Expected) -> Fault {
    Fault("a kernel that \(name)", expected) { bench in try await bench.run([bench.probe(body)]) }
  }

  /// Shell text that puts an emulator of ours before the real one on PATH; `$real` is the real one.
  static func emulator(_ body: String) -> String {
    """
    mkdir -p "$row/bin"
    export real=$(command -v qemu-system-x86_64)
    cat >"$row/bin/qemu-system-x86_64" <<'SCRIPT'
    #!/bin/bash
    \(body)
    SCRIPT
    chmod +x "$row/bin/qemu-system-x86_64"
    export PATH=$row/bin:$PATH
    """
  }
}

/// A precondition of a row, as an error rather than a trap.
func require(_ condition: Bool, _ what: String) throws {
  if !condition { throw Failure(.badInput, what) }
}
