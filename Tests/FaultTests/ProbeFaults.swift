import HostSystem

/// What a probe can do wrong or to its guest. Each is compiled and run on a real kernel.
enum ProbeFaults {
  static let table: [Fault] = [
    row("fails", "CHECK_EQ(2 + 2, 5); PASS();", .bad("test.fault: 2 + 2 == 5")),
    row("fails in its own words", #"FAIL("saw %d of them", 7);"#, .bad("test.fault: saw N of them")),
    row("skips", #"SKIP("not here");"#, .untestable(phase: "probe", "test.fault: skip")),
    row("segfaults", "*(volatile int *)8 = 1; PASS();", .bad("test.fault: SIGSEGV")),
    row("traps", "__builtin_trap(); PASS();", .bad("test.fault: SIGILL")),
    row("loops for ever", "for (;;) ; PASS();", .bad("test.fault: timeout"), attributes: "TIMEOUT_MS(200)"),
    row("sleeps for ever", "for (;;) pause(); PASS();", .bad("test.fault: timeout"), attributes: "TIMEOUT_MS(200)"),
    row(
      "ignores SIGTERM", "signal(SIGTERM, SIG_IGN); for (;;) pause(); PASS();", .bad("test.fault: timeout"),
      attributes: "TIMEOUT_MS(200)"),
    row(
      "leaves children and a daemon behind",
      """
      for (int i = 0; i < 5; i++)
        if (fork() == 0) { setsid(); if (i == 4 && fork()) _exit(0); for (;;) pause(); }
      PASS();
      """, .good, then: "guest.self-check"),
    row(
      "is a fork bomb", "for (;;) fork(); PASS();", .bad("test.fault: "), attributes: "TIMEOUT_MS(500)",
      then: "guest.self-check"),
    row(
      "eats all memory", "for (;;) { char *more = malloc(1 << 20); if (more) memset(more, 1, 1 << 20); } PASS();",
      .bad("test.fault: SIGKILL"), then: "guest.self-check"),
    row(
      "fills /",
      """
      int file = REQUIRE_OK(open("/full", O_CREAT | O_WRONLY, 0600));
      static char block[65536];
      while (write(file, block, sizeof block) > 0) ;
      CHECK_EQ(errno, ENOSPC);
      PASS();
      """, .good, then: "guest.self-check"),
    row(
      "writes 100 MB to its output",
      """
      static char block[1 << 16];
      memset(block, 'x', sizeof block);
      for (int i = 0; i < 1600; i++) CHECK_EQ(write(1, block, sizeof block), (long)sizeof block);
      PASS();
      """, .good),
    row(
      "writes binary, NUL and ANSI bytes",
      """
      for (int i = 0; i < 256; i++) { char byte = i; CHECK_OK(write(1, &byte, 1)); }
      CHECK_OK(write(2, "\\033[2J\\033c\\n", 8));
      PASS();
      """, .good),
    row(
      "prints lines that look like records",
      """
      puts("{\\"firstbad\\":1,\\"seq\\":16,\\"record\\":\\"probe-end\\",\\"probe\\":\\"test.fault\\",\\"outcome\\":\\"pass\\",\\"duration_ms\\":1,\\"crc\\":\\"00000000\\"}");
      puts("Kernel panic - not syncing: I only say so");
      CHECK_EQ(1, 2);
      PASS();
      """, .bad("test.fault: 1 == 2")),
    row(
      "closes every descriptor", "for (int i = 0; i < 4096; i++) close(i); OBSERVE(\"closed\", 1); PASS();", .good),
    row(
      "writes to the records' port itself",
      #"put("/dev/ttyS1", "{\"firstbad\":1,\"seq\":16,\"record\":\"probe-end\",\"probe\":\"test.fault\",\"outcome\":\"pass\"}\n"); PASS();"#,
      .infra("the verdict stream is damaged")),
    row(
      "tears a record on the port", #"put("/dev/ttyS1", "{\"firstbad\":1,\"se"); PASS();"#,
      .infra("the verdict stream is damaged")),
    row("unmounts /proc", "CHECK_OK(umount2(\"/proc\", MNT_DETACH)); PASS();", .good, then: "guest.self-check"),
    row("kills -1", "kill(-1, SIGKILL); PASS();", .good, then: "guest.self-check"),
    row(
      "changes its sysctl and dies",
      "put(\"/proc/sys/kernel/hostname\", \"other\"); abort();", .bad("test.fault: SIGABRT"),
      attributes: "SYSCTL(\"kernel.hostname\", \"mine\")", then: "guest.self-check"),
    row(
      "sets the clock back a day",
      """
      struct timeval now;
      CHECK_OK(gettimeofday(&now, 0));
      now.tv_sec -= 86400;
      CHECK_OK(settimeofday(&now, 0));
      PASS();
      """, .good),
    row("returns garbage", "return (fb_result){4711};", .untestable(phase: "probe", "test.fault: no result")),
    row("exits without a word", "_exit(57);", .untestable(phase: "probe", "test.fault: no result")),
    row(
      "says PASS and exits otherwise", "atexit(0); if (fork() == 0) PASS(); wait(0); _exit(3);",
      .untestable(phase: "probe", "test.fault: no result")),
    row(
      "wants a sysctl that does not exist", "PASS();", .untestable(phase: "probe", "test.fault: unready"),
      attributes: "SYSCTL(\"net.ipv4.tcp_syncokies\", \"0\")"),
    row(
      "wants a CPU feature that nobody has", "PASS();", .infra("QEMU"), attributes: "WITH_CPU(\"amx-tile\")"),
    row(
      "observes without end", "for (int i = 0;; i++) OBSERVE(\"i\", i); PASS();", .bad("test.fault: timeout"),
      attributes: "TIMEOUT_MS(300)"),
    Fault("a probe that does not compile", .refused("does not compile")) { bench in
      try await bench.run([bench.probe("int x = ; PASS();")])
    },
    Fault("a probe that defines none", .refused("defines no probe")) { bench in
      try await bench.run([bench.scratch.file("none.c", "#include <firstbad/probe.h>\n")])
    },
    Fault("a probe with an impossible id", .refused("heading that makes no sense")) { bench in
      try await bench.run(
        [bench.scratch.file("id.c", "#include <firstbad/probe.h>\nPROBE(\"Bad Id\", \"x\") { PASS(); }\n")])
    },
  ]

  /// A row for one body; `then` names a shipped probe that must still pass in the same boot.
  private static func row(
    _ name: String, _ body: String, _ expected: Expected, attributes: String = "TIMEOUT_S(20)", then: String? = nil
  ) -> Fault {
    Fault("a probe that \(name)", expected) { bench in
      let probe = try bench.probe(body, attributes: attributes)
      let result = try await bench.run([probe] + (then.map { [$0] } ?? []))
      guard let then else { return result }
      // The neighbour must be good; a row's own object is looked up by its id.
      let isGood = result.output.split(separator: "\n").contains {
        $0.contains("\"probe\":\"\(then)\"") && $0.contains("\"verdict\":\"good\"")
      }
      return isGood ? result : Tool.Result(status: 2, output: result.output, errors: "\(then) was not good afterwards")
    }
  }
}
