import Foundation
import HostSystem
import TestKernels

/// What can go wrong on the host's side.
enum HostFaults {
  static let table: [Fault] =
    [
      shell("no QEMU", .refused("qemu-system-x86_64 is not installed"), "\(without("qemu-system-x86_64"))\n$run"),
      Fault("no musl-gcc", .refused("musl-gcc is not installed")) { bench in
        try await bench.shell("\(without("musl-gcc"))\n$run", [bench.probe("PASS();")])
      },
      emulator("QEMU that refuses", .infra("QEMU ended with status 1: boom"), "echo boom >&2; exit 1"),
      emulator(
        "QEMU that does nothing", .untestable(phase: "firmware", "silent"), "exec sleep 1000", ["--timeout", "hello=2"]),
      emulator(
        "a stream that is cut", .infra("records did not all arrive"), #""$real" "$@" | head -c 2000"#),
      emulator("a stream whose records come twice", .infra("damaged"), #""$real" "$@" | sed -u p"#),
      emulator(
        "a stream whose records change places", .infra("damaged"),
        #""$real" "$@" | awk 'NR == 3 { held = $0; next } { print } NR == 4 { print held } { fflush() }'"#),
      emulator(
        "a stream that loses its last byte", .infra("records did not all arrive"),
        #""$real" "$@" | awk '{ buffer = buffer $0 "\n" } END { printf "%s", substr(buffer, 1, length(buffer) - 1) }'"#),
      mounts("no /dev/kvm", .good, "\(bareDevices)\n${run/--accel tcg/}"),
      mounts(
        "a /dev/kvm that is no KVM", .good,
        "[ -e /dev/kvm ] || exit 0; mount --bind /dev/null /dev/kvm; ${run/--accel tcg/}"),
      mounts(
        "KVM asked for and absent", .refused("KVM was asked for and does not work here"),
        "\(bareDevices)\n${run/--accel tcg/--accel kvm}"),
      mounts(
        "a /dev/kvm that this user may not open", .good,
        """
        \(bareDevices)
        touch /dev/kvm && chmod 000 /dev/kvm
        cp -r "$tree/.build-guest/kit" "$row/kit" && cp $firstbad $kernel "$row/" && chmod -R a+rwX "$row"
        exec setpriv --reuid=65534 --regid=65534 --clear-groups env FIRSTBAD_KIT="$row/kit" \
          "$row/firstbad" run --json --kernel "$row/$(basename $kernel)" guest.self-check
        """),
      mounts("a full disk under the state", .refused("cannot be written"), "\(full("state"))\n$run"),
      Fault("a full disk under the cache", .refused("cannot be written")) { bench in
        try await bench.mounts("\(full("cache"))\n$run", [bench.probe("PASS();")])
      },
      Fault("a full disk under TMPDIR", .good) { bench in
        try await bench.mounts("\(full("tmp"))\n$run", [bench.probe("PASS();")])
      },
      mounts("a cache that is read-only", .good, "mount -t tmpfs -o ro none $row/cache; ${run/--accel tcg/}"),
      mounts("a state that is read-only", .refused("cannot be written"), "mount -t tmpfs -o ro none $row/state; $run"),
      shell(
        "no HOME", .good,
        "export TMPDIR=$row/elsewhere; mkdir $TMPDIR; exec env -u HOME -u XDG_STATE_HOME -u XDG_CACHE_HOME $run"),
      shell("two runs at once", .good, "$run & $run; one=$?; wait $!; exit $((one | $?))"),
      shell(
        "a reader that has gone", .refused("standard output cannot be written"), "$run | true; exit ${PIPESTATUS[0]}"),
      shell("standard output closed", .refused("standard output cannot be written"), "$run >&-"),
      shell("all standard descriptors closed", .interrupted, "$run >&- 2>&- <&-"),
      shell(
        "the log's folder removed meanwhile", .good,
        "\(background)\n\(until("kernel"))\nrm -rf $row/state/firstbad/runs\nwait $runner"),
      Fault("the runner killed at ten random moments, then run again", .good) { bench in
        // From the compiler to the last record; what a killed run left under the cache the next one clears away.
        try await bench.shell(
          """
          for round in 1 2 3 4 5 6 7 8 9 10; do
            $run >/dev/null 2>&1 & runner=$!
            sleep $((RANDOM % 3)).$((RANDOM % 1000))
            kill -KILL $runner 2>/dev/null
            wait $runner 2>/dev/null
          done
          $run
          """, [bench.probe("PASS();")])
      },
      mounts(
        "a disk that fills while the guest runs", .refused("cannot be written"),
        "mount -t tmpfs -o size=132k none $row/state; $run"),
      mounts(
        "no Swift on the machine", .good,
        "mount -t tmpfs none $(dirname $(dirname $(readlink -f $(command -v swift)))); $run"),
      Fault("the user's own limit passes", .untestable(phase: "probe", "out of time")) { bench in
        try await bench.run(["--timeout", "total=20", "--timeout", "probe=90", bench.probe("sleep(60); PASS();")])
      },
      Fault("a host that sleeps", .good) { bench in
        // Nine seconds in which neither the guest nor we run, in a probe that has eight.
        try await bench.shell(
          """
          \(background)
          \(until("probe"))
          kill -STOP $qemu $runner; sleep 9; kill -CONT $runner $qemu
          wait $runner
          """, ["--timeout", "probe=8", bench.probe("sleep(2); PASS();")])
      },
      shell("few descriptors", .interrupted, "ulimit -n 6; $run"),
      shell("little memory", .refused("address space is limited to 390 MiB"), "ulimit -v 400000; $run"),
      Fault("too little memory for QEMU", .infra("QEMU ended with status 1")) { bench in
        try await bench.shell(
          "ulimit -v 2000000; $run", [bench.probe("PASS();", attributes: "TIMEOUT_S(20), MEMORY_MIB(4096)")])
      },
      shell(
        "no threads", .refused("no thread can be had at the start"), "\(counted)exec $other prlimit --nproc=6 $run"),
      Fault("no threads from the middle on", .refused("no thread can be had for 60 seconds")) { bench in
        try await bench.shell(
          "\(counted)$other $run & runner=$!; \(until("probe")); $other prlimit --nproc=1 --pid $runner; wait $runner",
          [bench.probe("sleep(90); PASS();", attributes: "TIMEOUT_S(100)")])
      },
      shell("no file may grow", .interrupted, "ulimit -f 0; $run"),
      shell(
        "a misspelt option", .refused("Unknown option '--jsn'"), "$firstbad run --jsn --kernel $kernel guest.self-check"
      ),
      shell(
        "a probe that does not exist", .refused("no shipped probe is called net.nothing"),
        "$firstbad run --kernel $kernel net.nothing"),
      shell("no probe", .refused("no probe is named"), "$firstbad run --kernel $kernel"),
    ] + ["start", "kernel", "probe"].flatMap(atPhase)

  /// What may happen to QEMU or to us while a run is in that phase.
  private static func atPhase(_ phase: String) -> [Fault] {
    func row(_ name: String, _ expected: Expected, _ deed: String) -> Fault {
      Fault("\(name) in the phase \(phase)", expected) { bench in
        try await bench.shell(
          "\(background)\n\(until(phase))\n\(deed)\nwait $runner", [bench.probe("sleep(3); PASS();")])
      }
    }
    return [
      row("QEMU killed", .infra("QEMU was killed by signal 9"), "kill -KILL $qemu"),
      row("QEMU asked to end", .infra("QEMU was killed by signal 15"), "kill -TERM $qemu"),
      row("SIGINT", .interrupted, "kill -INT $runner"),
      row("SIGTERM", .interrupted, "kill -TERM $runner"),
      row("SIGKILL of the runner", .interrupted, "kill -KILL $runner"),
    ]
  }

  // MARK: - Ways to say it

  private static func shell(_ name: String, _ expected: Expected, _ script: String) -> Fault {
    Fault(name, expected) { try await $0.shell(script) }
  }

  private static func mounts(_ name: String, _ expected: Expected, _ script: String) -> Fault {
    Fault(name, expected) { try await $0.mounts(script) }
  }

  private static func emulator(
    _ name: String, _ expected: Expected, _ body: String, _ arguments: [String] = []
  ) -> Fault {
    Fault(name, expected) {
      try await $0.shell("\(KernelFaults.emulator(body))\n$run", arguments + ["guest.self-check"])
    }
  }

  /// A PATH with every program but one.
  private static func without(_ program: String) -> String {
    """
    mkdir "$row/path"
    for folder in ${PATH//:/ }; do
      for file in "$folder"/*; do ln -s "$file" "$row/path/" 2>/dev/null; done
    done
    rm "$row/path/\(program)"
    PATH=$row/path
    """
  }

  /// A /dev without /dev/kvm, for a mount namespace.
  private static let bareDevices = """
    mkdir "$row/dev"
    for name in null zero full random urandom tty; do touch "$row/dev/$name"; mount --bind /dev/$name "$row/dev/$name"; done
    mount --rbind "$row/dev" /dev
    """

  /// A folder on a file system without a free block.
  private static func full(_ folder: String) -> String {
    "mount -t tmpfs -o size=64k none $row/\(folder); cat /dev/zero >$row/\(folder)/filler 2>/dev/null; "
  }

  private static let background = "$run & runner=$!"

  /// Sets `other` to what makes a program somebody whose processes are counted, as root's are not.
  private static let counted = """
    if [ $(id -u) = 0 ]; then
      other="setpriv --reuid=64999 --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override"
    fi

    """

  /// Waits until the run in the background is in a phase; sets `qemu`.
  private static func until(_ phase: String) -> String {
    let start = """
      until qemu=$(pgrep -f "qemu-system-x86_64 .*path=$row/state"); do sleep 0.01; done
      """
    let log = "$row/state/firstbad/runs/*/console.log"
    switch phase {
    case "kernel": return start + "\nuntil grep -qs 'Linux version' \(log); do sleep 0.02; done"
    case "probe": return start + "\nuntil grep -qs 'firstbad: probe test.fault' \(log); do sleep 0.02; done"
    default: return start
    }
  }
}
