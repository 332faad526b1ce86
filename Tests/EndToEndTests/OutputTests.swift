import Foundation
import TestKernels
import Testing

/// Each probe prints into a pipe of its own.
@Suite struct `A probe's output` {
  /// What a probe can do to its standard output, and one behind each that looks at its own.
  private static let ways = [
    ("flags", "CHECK_OK(fcntl(1, F_SETFL, O_NONBLOCK | O_ASYNC));"),
    ("capacity", "CHECK_EQ(CHECK_OK(fcntl(1, F_SETPIPE_SZ, 4096)), 4096);"),
    ("mode", "CHECK_OK(fchmod(1, 0));"),
    ("owner", "CHECK_OK(fchown(1, 12, -1));"),
    ("signal", "CHECK_OK(fcntl(1, F_SETSIG, SIGUSR1));"),
    ("lock", "CHECK_OK(flock(1, LOCK_EX));"),
    ("group", "CHECK_OK(fchown(1, -1, 12));"),
    // More than is kept of a probe, and more than the pipe holds.
    ("flood", "for (int i = 0; i < 3000; i++) printf(\"%0999d\\n\", i);"),
    ("leaver", "if (CHECK_OK(fork()) == 0) for (;;) puts(\"of the one before\");"),
    ("crash", "puts(\"begun\"); raise(SIGSEGV);"),
    ("closed", "fclose(stdout); close(2);"),
    ("nothing", ""),
  ]

  private static let source =
    """
    #include <firstbad/kit.h>
    #include <sys/file.h>
    #include <sys/stat.h>

    """
    + ways.enumerated().map { number, way in
      """
      PROBE("p\(number)a.\(way.0)", "changes its output") { \(way.1) PASS(); }
      PROBE("p\(number)b.\(way.0)", "finds its own as it should be")
      {
      	struct stat pipe;
      	CHECK_OK(fstat(1, &pipe));
      	CHECK_EQ(pipe.st_mode, S_IFIFO | 0600);
      	CHECK_EQ(pipe.st_uid, 0);
      	CHECK_EQ(pipe.st_gid, 0);
      	CHECK_EQ(fcntl(1, F_GETFL), O_WRONLY);
      	CHECK_EQ(fcntl(1, F_GETPIPE_SZ), 65536);
      	CHECK_EQ(fcntl(1, F_GETSIG), 0);
      	CHECK_OK(flock(CHECK_OK(open("/proc/self/fd/1", O_WRONLY)), LOCK_EX | LOCK_NB));
      	puts("of this one");
      	PASS();
      }

      """
    }.joined()

  @Test func `is as new for every probe, whatever the one before did to it`()
    async throws
  {
    let scratch = try Scratch()
    let file = try scratch.file("output.c", Self.source)
    for kernel in [try await TestKernels.oldest(), try await TestKernels.newest()] {
      let run = try await Command.firstbad(["run", "--json", "--kernel", kernel, file])
      let log = try #require(run.output.firstMatch(of: #/"log":"([^"]*)console.log"/#)?.1)
      let records = try String(contentsOfFile: log + "records.jsonl", encoding: .utf8).split(separator: "\n")
      for (number, way) in Self.ways.enumerated() {
        let id = "p\(number)b.\(way.0)"
        let line = run.output.split(separator: "\n").first { $0.contains("\"probe\":\"\(id)\"") } ?? ""
        #expect(line.contains("\"verdict\":\"good\""), "\(line)")
        let said = records.filter { $0.contains("\"record\":\"output\"") && $0.contains("\"probe\":\"\(id)\"") }
        #expect(said.count == 1 && said[0].contains("\"text\":\"of this one\\n\""), "\(said)")
      }
    }
  }
}
