import HostSystem
import TestKernels
import Testing

/// Probes in Embedded Swift: run, judged and refused as those in C.
@Suite struct SwiftProbeTests {
  private static let swift = #"""
    /// What does close() say of a descriptor that is not open?
    ///
    /// PROBE("process.close-twice", "closing what is closed fails with EBADF (\"twice\")",
    ///       TIMEOUT_MS(500), PRIVATE_NETWORK)
    func probe() throws(Ending) {
      let pair = fb_tcp_pair("close.swift")
      close(pair.client)
      let error = errno(of: close(pair.client))
      observe("errno", errno: error)
      try checkEqual(error, WANTED)
    }

    """#

  @Test func aProbeMayBeInSwift() async throws {
    let scratch = try Scratch()
    let kernel = try await TestKernels.newest()
    let good = try scratch.file("close.swift", Self.swift.replacing("WANTED", with: "EBADF"))
    let run = try await Command.firstbad(["run", "--kernel", kernel, good])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains("errno=EBADF"))
    let bad = try scratch.file("open.swift", Self.swift.replacing("WANTED", with: "0"))
    let second = try await Command.firstbad(["run", "--kernel", kernel, bad])
    #expect(second.status == 1, "\(second.output)\(second.errors)")
    #expect(second.output.contains("9 == 0 is false (open.swift:10)"), "\(second.output)")
    // Two probes of one id are none of one image; those of two files are.
    #expect(try await Command.firstbad(["list", good, bad]).status == 128)
    let other = try scratch.file("other.swift", Self.several)
    let strict = try scratch.file("strict.swift", Self.strict)
    let both = try await Command.firstbad(["run", "--kernel", kernel, good, other, strict])
    #expect(both.status == 1, "\(both.output)\(both.errors)")
    for words in [
      "large=18446744073709551615 mark=1", "the probe ended without a check or an observation",
      "swallowed (other.swift:17)", "/nowhere cannot be opened: ENOENT (other.swift:24)",
      "still running at its deadline, 3 s, after other.swift:29", "errno=EBADF",
      "strict.v6            good", "strict.attribute     bad", "must be bad (strict.swift:10)",
      "first (strict.swift:12)", "kid (strict.swift:16)", "failed with 0 (strict.swift:22)", "strict.nul           bad",
      "strict.rounds        untestable", "strict.reads         good",
    ] {
      #expect(both.output.contains(words), "\(words): \(both.output)")
    }
    let headless = try scratch.file("headless.swift", "func probe() {}\n")
    #expect(try await Command.firstbad(["list", headless]).errors.contains("headless.swift has no heading"))
    let untyped = try scratch.file("any.swift", Self.swift.replacing("throws(Ending)", with: "throws"))
    #expect(try await Command.firstbad(["list", untyped]).errors.contains("say throws(Ending)"))
  }

  private static let several = #"""
    /// #include <sys/fanotify.h>

    /// PROBE("swift.large", "numbers of all sizes, a header of one's own, texts")
    func large() throws(Ending) {
      try checkEqual(UInt64.max, UInt64.max)
      observe("large", UInt64.max)
      observe("mark", FAN_CLOEXEC)
      let type = readText("/proc/sys/kernel/ostype")
      try check(type == "Linux" && type != "Minix")
      try checkErrno(errno(of: syscall(__NR_close_range, 400, 401)), 0)
    }

    /// PROBE("swift.swallowed", "a failure that is dropped counts",
    ///       TIMEOUT_S(3))
    func swallowed() throws(Ending) {
      observe("pair", tcpPair().client > 0 ? 1 : 0)
      try? check(false, "swallowed")
    }

    /// PROBE("swift.nothing", "nothing is checked")
    func nothing() {}

    /// PROBE("swift.skips", "the kit's words name the line")
    func skips() { _ = readText("/nowhere") }

    /// PROBE("swift.hangs", "a deadline names the line, too", TIMEOUT_S(1))
    @inline(never)
    func hangs() throws(Ending) {
      try check(true)
      while true { pause() }
    }

    """#

  /// What may not be lost on the way from C to Swift.
  private static let strict = #"""
    /// PROBE("strict.v6", "addresses of both kinds reach the kernel whole", NEEDS("CONFIG_IPV6"))
    func v6() throws(Ending) {
      let s = socket(AF_INET6, SOCK_STREAM, 0)
      try checkErrno(errno(of: bind(s, to: endpoint("::2", 0))), EADDRNOTAVAIL)
      try checkOK(bind(s, to: endpoint("::1", 4242)))
      try checkEqual(port_of(boundAddress(s)), 4242)
    }

    	/// PROBE ("strict.attribute", "the function under the heading is run")
    @inline(never) func fails() throws(Ending) { try check(false, "must be bad") }
    ///	PROBE("strict.then-skip", "a dropped failure counts more than a skip after it")
    func skipsThen() throws(Ending) { try? check(false, "first"); _ = readText("/nowhere") }
    /// PROBE("strict.child", "and one of a child")
    func kid() throws(Ending) {
      let one = child()
      if one == 0 { try? check(false, "kid"); _exit(0) }
      try checkEqual(end(of: one, within: 1000), 0)
    }
    /// PROBE("strict.minus", "-1 is a failure whatever errno is")
    func minus() throws(Ending) {
      fb_clear_errno()
      try checkOK(Int32(-1))
    }
    /// PROBE("strict.nul", "texts are compared to their ends")
    func nul() throws(Ending) { try checkEqual("a\0b", "a\0c") }
    /// PROBE("strict.rounds", "no round is no check")
    func rounds() throws(Ending) { try measure("x", rounds: 0) { () throws(Ending) in try check(false) } }
    /// PROBE("strict.reads", "what was read is given back")
    func reads() throws(Ending) {
      for _ in 0..<3000 { _ = field("/proc/self/status", "VmRSS") }
      try checkLess(readNumber("/proc/self/statm"), than: 4096)
    }

    """#

  /// What a newcomer stumbled over: an errno of long ago, a dropped requirement, words that C has and Swift had not.
  private static let more = #"""
    /// PROBE("more.kept-too-late", "a result from before has no errno any more")
    func keptTooLate() throws(Ending) {
      let file = open("/nowhere", O_RDONLY)
      observe("errno", errno: errno(of: file))
      try check(true)
    }
    /// PROBE("more.kept", "what a call returns may be kept")
    func kept() throws(Ending) {
      var one: Int32 = 0
      let missing = errno(of: keep(&one, open("/nowhere", O_RDONLY)))
      let found = errno(of: keep(&one, open("/dev/null", O_RDONLY)))
      observe("missing", errno: missing)
      observe("found", errno: found)
      observe("open", one >= 0)
      try checkAtMost(one, 63)
      try checkGreater(one, than: 2)
    }
    /// PROBE("more.dropped-requirement", "a requirement that is dropped counts")
    func dropped() throws(Ending) {
      try check(true)
      _ = try? requireOK(open("/nowhere", O_RDONLY))
    }
    /// PROBE("more.no-call", "a kernel without the call cannot tell")
    func noCall() throws(Ending) { try requireSyscall(1000, "not_yet") }
    /// PROBE("more.stops", "a child that is stopped and continued tells its parent", CPUS(2))
    func stops() throws(Ending) {
      let one = child()
      if one == 0 { while true { pause() } }
      kill(one, SIGSTOP)
      try checkEqual(event(of: one, within: 1000), "stopped-SIGSTOP")
      kill(one, SIGCONT)
      try checkEqual(event(of: one, within: 1000), "continued")
      try checkEqual(event(of: one, within: 50), "nothing")
      kill(one, SIGTERM)
      try checkEqual(event(of: one, within: 1000), "killed-SIGTERM")
      let other = child()
      if other == 0 { _exit(3) }
      var status: Int32 = 0
      waitpid(other, &status, 0)
      try check(WIFEXITED(status) && WEXITSTATUS(status) == 3 && !WIFSIGNALED(status) && !WIFSTOPPED(status))
    }
    /// PROBE("more.race", "racers race, and steps come in their order")
    func races() throws(Ending) {
      let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
      count.initialize(to: 0)
      let rounds = race(threads: 1, rounds: 25) { (racer) throws(Ending) in
        count.pointee += 1
        try checkEqual(racer.number, 0)
      }
      try checkEqual(rounds, 25)
      try checkEqual(count.pointee, 25)
      let steps = newSteps()
      let one = child()
      if one == 0 {
        try step(steps, 2) {}
        _exit(0)
      }
      try step(steps, 1) {}
      awaitStep(steps, 2)
    }
    /// PROBE("more.loser", "a racer that fails fails the probe")
    func loser() throws(Ending) {
      race(processes: 2, rounds: 10) { (racer) throws(Ending) in
        let late = racer.number == 1 && racer.round == 3
        try check(!late, "the second racer came to its fourth round")
      }
    }
    /// PROBE("more.lines", "a block of several lines says what it throws")
    func lines() throws(Ending) {
      try measure("turn", rounds: 3) { () throws(Ending) in
        let file = try requireOK(open("/dev/null", O_RDONLY))
        close(file)
      }
    }

    """#

  @Test func aProbeInSwiftHasTheWordsOfC() async throws {
    let scratch = try Scratch()
    let file = try scratch.file("more.swift", Self.more)
    let run = try await Command.firstbad(["run", "--kernel", try await TestKernels.newest(), file])
    for words in [
      "skip: failed with ENOENT (more.swift:21)", "good        missing=ENOENT found=0 open=1",
      "skip: errno(of:) takes the call itself, and not what it returned before (more.swift:4)",
      "more.lines                good        turn=", "the second racer came to its fourth round (more.swift:65)",
      "skip: this kernel has no not_yet() (more.swift:24)", "more.race                 good",
      "more.stops                good",
    ] {
      #expect(run.output.contains(words), "\(words): \(run.output)\(run.errors)")
    }
    // Emulated, a wait is stretched as the probe's deadline is.
    let waits = try scratch.file(
      "waits.c",
      """
      #include <firstbad/kit.h>
      PROBE("test.waits", "x")
      {
      \tlong long begin = fb_now_ms();
      \tCHECK(!wait_until(0, 100));
      \tCHECK_GE(fb_now_ms() - begin, 300);
      \tint late = open("/nowhere", O_RDONLY);
      \tOBSERVE_ERRNO("late", errno_of(late));
      \tPASS();
      }

      """)
    let waited = try await Command.firstbad(
      ["run", "--accel", "tcg", "--kernel", try await TestKernels.newest(), waits])
    #expect(waited.output.contains("errno_of() takes the call itself"), "\(waited.output)\(waited.errors)")
  }

  @Test(arguments: [
    ("func a() throws(Ending) { try check(true) }", "t.swift has no heading", "write /// PROBE"),
    (#"/// PROBE("a.b", "c", TIMEOUT(3))"# + "\nfunc a() throws(Ending) {}", "t.swift:1:", "TIMEOUT is no word"),
    (#"/// PROBE("a.b", "c")"# + "\nlet a = 1", "t.swift:1: this heading stands above no function", "let 'func NAME()"),
    (
      #"/// PROBE("a.b", "c""# + "\nfunc a() throws(Ending) {}", "t.swift:1: the heading has no end",
      "close its last parenthesis"
    ),
    (
      #"/// PROBE("a.b", "c")"# + "\nfunc a() throws(Ending) { try checkOK(fanotify_init(0, 0)) }", "t.swift:2:",
      "#include <sys/fanotify.h>"
    ),
    (
      #"/// PROBE("a.b", "c")"#
        + "\nfunc a() throws(Ending) { try measure(\"x\", rounds: 3) {\n  let y = 1\n  try checkEqual(y, 1)\n} }",
      "t.swift:2:", "{ () throws(Ending) in ... }"
    ),
    (
      "import Musl\n" + #"/// PROBE("a.b", "c")"# + "\nfunc a() throws(Ending) { try check(true) }", "t.swift:1:",
      "leave the import out"
    ),
  ])
  func anErrorInSwiftTeaches(_ text: String, _ words: String, _ lesson: String) async throws {
    let scratch = try Scratch()
    let file = try scratch.file("t.swift", text + "\n")
    let run = try await Command.firstbad(["list", file])
    #expect(run.status == 128 && run.errors.contains(words) && run.errors.contains(lesson), "\(run.errors)")
  }
}
