import Foundation
import HostSystem
import TestKernels
import Testing

/// Several runs in one boot, races, and durations.
@Suite struct MeasureTests {
  /// The third run of a boot does something; the kernel's domain name counts the runs, as it outlives them.
  private static func counting(_ id: String, _ attributes: String, third: String) -> String {
    """
    #include <firstbad/kit.h>
    PROBE("\(id)", "the third run in a boot is as the others"\(attributes))
    {
    \tconst char *name = "/proc/sys/kernel/domainname";
    \tint run = atoi(read_text(name)) + 1;
    \tchar text[16];
    \tsnprintf(text, sizeof text, "%d", run);
    \twrite_text(name, text);
    \tOBSERVE("run", run);
    \tFILE *mark = fopen("/tmp/mark", "wx");
    \tREQUIRE(mark, "the run before left its mark in /tmp");
    \tfclose(mark);
    \tif (run == 3) { \(third) }
    \tPASS();
    }

    """
  }

  @Test func aProbeIsRunAsOftenAsItsHeadingSaysAndIsBadWhenOneRunIs() async throws {
    let scratch = try Scratch()
    let kernel = try await TestKernels.newest()
    let probe = try scratch.file("count.c", Self.counting("test.count", ", REPEAT(5)", third: "CHECK_NE(run, 3);"))
    let run = try await Command.firstbad(["run", "--json", "--kernel", kernel, probe])
    #expect(run.status == 1, "\(run.output)\(run.errors)")
    #expect(run.output.contains(#""reason":"failed in 1 of 5 runs, in run 3: run != 3: 3 != 3 is false (count.c:13)""#))
    #expect(run.output.contains(#""observations":{"run":3}"#))
    #expect(run.output.contains(#""runs":5"#))
    #expect(run.output.contains(#""signature":"test.count: run != 3""#))
    // Whose machine this is is no matter of the probe's: by hand there is no domain name to be set.
    let once = try scratch.file("once.c", Self.counting("test.once", "", third: "FAIL(\"third\");"))
    let single = try await Command.firstbad(["run", "--kernel", kernel, once])
    #expect(single.status == 0, "\(single.output)")
    let more = try await Command.firstbad(["run", "--repeat", "3", "--kernel", kernel, once])
    #expect(more.status == 1, "\(more.output)")
    #expect(more.output.contains("failed in 1 of 3 runs, in run 3: third"), "\(more.output)")
  }

  @Test func theRunThatBreaksTheKernelEndsTheRow() async throws {
    let scratch = try Scratch()
    let panic = try scratch.file(
      "panic.c",
      Self.counting("test.panic", ", REPEAT(5)", third: "write_text(\"/proc/sysrq-trigger\", \"c\");"))
    let good = try scratch.file("good.c", "#include <firstbad/probe.h>\nPROBE(\"test.good\", \"x\") { PASS(); }\n")
    let run = try await Command.firstbad(["run", "--kernel", try await TestKernels.newest(), panic, good])
    #expect(run.status == 1)
    #expect(run.output.contains("failed in run 3 of 5, and the row ended early: the kernel died"), "\(run.output)")
    // The probe beside it is run in a boot of its own.
    #expect(run.output.contains("test.good   good"), "\(run.output)")
  }

  @Test func whatFailsInOneOfTheRacersFailsTheProbe() async throws {
    let scratch = try Scratch()
    let probe = try scratch.file(
      "race.c",
      """
      #include <firstbad/kit.h>
      static void fails(struct racer *self) { CHECK(self->number != 1 || self->round < 3); }
      static void dies(struct racer *self) { if (self->number == 1 && self->round == 2) raise(SIGSEGV); }
      static void skips(struct racer *self) { REQUIRE(self->round < 2, "no third round"); }
      static void adds(struct racer *self) { __atomic_fetch_add((long *)self->data, 1, __ATOMIC_RELAXED); }
      PROBE("race.processes", "x") { race(fails, .processes = 3, .rounds = 10, .together = 1); PASS(); }
      PROBE("race.threads", "x", CPUS(2)) { race(fails, .threads = 2, .rounds = 10); PASS(); }
      PROBE("race.death", "x") { race(dies, .processes = 2, .rounds = 10); PASS(); }
      PROBE("race.skip", "x") { race(skips, .processes = 2, .rounds = 10); PASS(); }
      PROBE("race.rounds", "x")
      {
      \tlong sum = 0;
      \tlong rounds = race(adds, .threads = 4, .rounds = 25, .data = &sum);
      \tCHECK_EQ(rounds, 100);
      \tCHECK_EQ(sum, 100);
      \tPASS();
      }
      PROBE("race.steps", "x")
      {
      \tstruct steps *steps = new_steps();
      \tint ends[2];
      \tchar seen[5] = "";
      \tREQUIRE_OK(pipe(ends));
      \tif (child() == 0) {
      \t\tSTEP(steps, 2) { write(ends[1], "2", 1); }
      \t\tSTEP(steps, 4) { write(ends[1], "4", 1); }
      \t\t_exit(0);
      \t}
      \tSTEP(steps, 1) { write(ends[1], "1", 1); }
      \tSTEP(steps, 3) { write(ends[1], "3", 1); }
      \tawait_step(steps, 4);
      \tCHECK_EQ(read(ends[0], seen, 4), 4);
      \tCHECK_STR_EQ(seen, "1234");
      \tPASS();
      }

      """)
    let run = try await Command.firstbad(["run", "--json", "--kernel", try await TestKernels.newest(), probe])
    func reason(_ id: String) -> String {
      let line = run.output.split(separator: "\n").first { $0.contains("\"probe\":\"race.\(id)\"") } ?? ""
      return line.firstMatch(of: #/"reason":"([^"]*)"/#).map { String($0.1) } ?? ""
    }
    #expect(reason("processes") == "self->number != 1 || self->round < 3: not true (race.c:2)", "\(run.output)")
    #expect(reason("threads") == "self->number != 1 || self->round < 3: not true (race.c:2)")
    #expect(reason("death") == "racer 1 was killed by SIGSEGV (race.c:8)")
    #expect(reason("skip") == "no third round (race.c:4)")
    #expect(reason("rounds") == "passed")
    #expect(reason("steps") == "passed")
  }

  /// A sleep whose length depends on what the kernel answers: of real changes of a duration there is none among the
  /// kernels that every machine can fetch.
  private static let sleeping = """
    #include <firstbad/kit.h>
    PROBE("test.sleep", "a sleep", WITHOUT_CPU("pku"))
    {
    \tint answer = errno_of(syscall(SYS_pkey_alloc, 0, 0));
    \tMEASURE("sleep", 10) { usleep(answer == ENOSPC ? 60000 : 30000); }
    \tOBSERVE_IN("stack", 8192, "bytes");
    \tPASS();
    }

    """

  @Test func aDurationIsTracedToTheKernelThatChangedIt() async throws {
    let scratch = try Scratch()
    let probe = try scratch.file("sleep.c", Self.sleeping)
    let kernels = try await TestKernels.all().map(\.image)
    let run = try await Command.firstbad(
      ["bisect", "--repeat", "5", "--kernels"] + kernels + ["--changed", "sleep:+50%", probe])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    // As the errno itself changes there.
    let errno = try scratch.file(
      "errno.c", Self.sleeping.replacing("OBSERVE_IN(\"stack\", 8192, \"bytes\");", with: "OBSERVE(\"errno\", answer);")
    )
    let plain = try await Command.firstbad(["bisect", "--kernels"] + kernels + ["--changed", "errno", errno])
    func kernel(_ text: String) -> Substring? {
      text.split(separator: "\n").first { $0.hasPrefix("first changed kernel: ") }
    }
    #expect(kernel(run.output) != nil && kernel(run.output) == kernel(plain.output), "\(run.output)\(plain.output)")
    #expect(run.output.contains("run in turns: sleep "), "\(run.output)")
    // What is measured is not asked to be the same, and what is not there by so much is refused.
    let same = try await Command.firstbad(["bisect", "--kernels"] + kernels + ["--changed", "sleep", probe])
    #expect(same.status == 128 && same.errors.contains("--changed sleep:+50%"), "\(same.errors)")
    let much = try await Command.firstbad(
      [
        "bisect", "--repeat", "10", "--kernels", kernels[0], kernels[kernels.count - 1], "--changed", "sleep:+300%",
        probe,
      ])
    #expect(much.status == 128 && much.errors.contains("but not by the +300 % asked for"), "\(much.errors)")
    #expect(
      try await Command.firstbad(["bisect", "--kernels", "a", "b", "--changed", "sleep:50%", probe]).status == 128)
  }

  @Test func measurementsAreToldInEveryReport() async throws {
    let scratch = try Scratch()
    let kernel = try await TestKernels.newest()
    let probe = try scratch.file("sleep.c", Self.sleeping)
    let run = try await Command.firstbad(["run", "--json", "--kernel", kernel, probe])
    #expect(run.output.contains(#""stack":{"unit":"bytes","value":8192}"#), "\(run.output)")
    #expect(run.output.firstMatch(of: #/"sleep":\{"count":10,"max":[0-9]+,"min":[0-9]+,"p50":[0-9]+/#) != nil)
    let table = try await Command.firstbad(["run", "--kernel", kernel, probe])
    #expect(table.output.firstMatch(of: #/sleep=[0-9.]+ms\(p99=[0-9.]+ms,n=10\) stack=8192bytes/#) != nil)
    // A baseline knows that it was measured, and not how much: a second run does not differ.
    let baseline = scratch.url.appending(path: "known.json").path
    let words = ["suite", "--kernels", kernel, "--baseline", baseline, probe]
    #expect(try await Command.firstbad(words + ["--update-baseline"]).status == 0)
    #expect(try String(contentsOfFile: baseline, encoding: .utf8).contains("\"sleep\" : null"))
    let again = try await Command.firstbad(words)
    #expect(again.status == 0, "\(again.output)")
    #expect(again.output.contains("measured: test.sleep sleep: "))
  }

  /// The oldest and the newest kernel; `make library-twice` is for more.
  @Test func theWholeLibraryObservesTheSameInAnyOrder() async throws {
    let scratch = try Scratch()
    let baseline = scratch.url.appending(path: "known.json").path
    let words = [
      "suite", "--kernels", try await TestKernels.oldest(), try await TestKernels.newest(), "--baseline", baseline,
    ]
    let first = try await Command.firstbad(words + ["--shuffle", "1", "--update-baseline"])
    #expect(first.status == 0, "\(first.output)\(first.errors)")
    let second = try await Command.firstbad(words + ["--shuffle", "2"])
    #expect(second.status == 0, "\(second.output)\(second.errors)")
  }

  @Test func aDebuggerFindsTheSource() async throws {
    let scratch = try Scratch()
    _ = try scratch.file(
      "look.c",
      """
      #include <firstbad/kit.h>
      PROBE("test.look", "x")
      {
      \tint file = temp_file();
      \tlong size = lseek(file, 0, SEEK_END);
      \tCHECK_EQ(size, 0);
      \tPASS();
      }

      """)
    let image = try await Command.firstbad(
      ["image", "--init-only", "--debug", "-o", "init", "look.c"], in: scratch.url)
    #expect(image.status == 0, "\(image.errors)")
    let run = try await Command.host(
      "gdb",
      [
        "-q", "-batch", "-ex", "set debuginfod enabled off", "-ex", "set follow-fork-mode child", "-ex",
        "break look.c:6",
        "-ex", "run", "-ex", "backtrace 1", "-ex", "print size", "-ex", "continue", "--args", "./init", "run",
        "test.look",
      ], in: scratch.url)
    #expect(run.output.contains("look.c:6"), "\(run.output)\(run.errors)")
    #expect(run.output.contains("$1 = 0"))
    #expect(run.output.contains("exited normally"))
  }
}
