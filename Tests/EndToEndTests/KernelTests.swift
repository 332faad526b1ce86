import Foundation
import HostSystem
import TestKernels
import Testing
import VerdictStream

/// The shipped probes on the oldest and the newest kernel that apt offers.
@Suite struct KernelTests {
  @Test(arguments: ["guest.self-check", "net.listen-backlog"])
  func theShippedProbesPassOnTheOldestAndTheNewest(probe: String) async throws {
    let kernels = [try await TestKernels.oldest(), try await TestKernels.newest()]
    let result = try await Command.firstbad(
      ["run", "--json"] + kernels.flatMap { ["--kernel", $0] } + [probe])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 2)
    if probe == "net.listen-backlog" {
      #expect(result.output.split(separator: "\n").allSatisfy { $0.contains(#""admitted":1"#) })
    }
  }

  @Test func aBisectFindsWhichKernelChangedPkeyAlloc() async throws {
    let kernels = try await TestKernels.all()
    try #require(kernels.count >= 2, "apt offers fewer than two kernels")
    let result = try await Command.firstbad(
      ["bisect", "--kernels"] + kernels.map(\.image) + ["--changed", "errno", "mm.pkey-alloc-errno"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("errno: EINVAL -> ENOSPC"))
    // 6.1.187 says EINVAL and 6.1.190 ENOSPC (measured; Documentation and the probe say so).
    if kernels.contains(where: { $0.package.version == "6.1.187-1" && $0.package.name.contains("-53-") }) {
      #expect(result.output.contains("package linux-image-6.1.0-54-cloud-amd64, version 6.1.190-1"))
    }
    let boots = try #require(result.output.firstMatch(of: #/([0-9]+) boots for/#).flatMap { Int($0.1) })
    let halvings = Int(log2(Double(kernels.count - 1)).rounded(.up))
    #expect(boots <= halvings + 4 + 6, "two ends, each twice, the halvings, and four of each that the answer rests on")
  }

  @Test func aFixIsTheFirstGoodKernelAndWhatCannotBeTestedMayBeIt() async throws {
    let kernels = try await TestKernels.all()
    try #require(kernels.count >= 3)
    let (oldest, newest) = (kernels[0].image, kernels[kernels.count - 1].image)
    func bisect(_ words: String...) async throws -> Tool.Result {
      try await Command.firstbad(["bisect", "--find-fix"] + words + ["mm.pkey-alloc-errno"])
    }
    let changed = try await Command.firstbad(
      ["bisect", "--kernels"] + kernels.map(\.image) + ["--changed", "errno", "mm.pkey-alloc-errno"])
    let place = try #require(changed.output.firstMatch(of: #/first changed kernel: (.*)/#)).1
    let before = try #require(changed.output.firstMatch(of: #/the kernel before it: (.*)/#)).1
    let versions = try await bisect(
      "--packages", TestKernels.pattern, "--bad", kernels[0].package.version,
      "--good", kernels[kernels.count - 1].package.version)
    #expect(versions.status == 0, "\(versions)")
    for words in [
      "first fixed kernel: \(place)\n", "before it: error == ENOSPC: 22 == 28", "the kernel before it: \(before)\n",
      "its changelog has ",
    ] { #expect(versions.output.contains(words), "\(versions.output)") }

    let range = try await bisect("--kernels", oldest, try TestKernels.built("no-initramfs"), newest)
    #expect(range.status == 125, "\(range)")
    #expect(range.output.contains("the first fixed kernel is one of these 2; those before the last cannot be tested:"))
    // The bad end is none of them; the good one is the last.
    let named = range.output.split(separator: "\n").dropFirst().dropLast()
    #expect(named.count == 2 && named.last?.contains(kernels[kernels.count - 1].package.version) == true, "\(named)")
    #expect(!range.output.contains(kernels[0].package.version))

    let swapped = try await bisect("--kernels", newest, oldest)
    #expect(swapped.status == 128 && swapped.output.isEmpty, "\(swapped)")
    #expect(swapped.errors.contains("the last kernel, ") && swapped.errors.contains("should be good and is bad"))
    let versionsSwapped = try await bisect(
      "--packages", TestKernels.pattern, "--good", kernels[0].package.version,
      "--bad", kernels[kernels.count - 1].package.version)
    #expect(
      versionsSwapped.status == 128 && versionsSwapped.errors.contains("leave --find-fix out"), "\(versionsSwapped)")
  }

  @Test func aBisectRefusesEndsThatDoNotDiffer() async throws {
    let kernels = try await TestKernels.all()
    try #require(kernels.count >= 2)
    let result = try await Command.firstbad(
      [
        "bisect", "--kernels", kernels[0].image, kernels[kernels.count - 1].image, "--changed", "admitted",
        "net.listen-backlog",
      ])
    #expect(result.status >= 128)
    #expect(result.errors.contains("admitted is the same at both ends"))
  }

  @Test func aBisectRefusesAGoodEndThatIsBad() async throws {
    let kernels = try await TestKernels.all()
    try #require(kernels.count >= 2)
    let result = try await Command.firstbad(
      ["bisect", "--kernels", kernels[0].image, kernels[kernels.count - 1].image, "mm.pkey-alloc-errno"])
    #expect(result.status >= 128)
    #expect(result.errors.contains("should be good and is bad"))
    #expect(result.errors.contains("--changed"))
  }

  @Test func anImageSpeaksForItselfInSomebodysOwnQEMU() async throws {
    let scratch = try Scratch()
    let image = scratch.url.appending(path: "own.cpio").path
    #expect(try await Command.firstbad(["image", "-o", image, "guest.self-check"]).status == 0)
    let result = try await Command.host(
      "qemu-system-x86_64",
      [
        "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio", "-m", "256", "-accel", "tcg",
        "-kernel", try await TestKernels.newest(), "-initrd", image, "-append", "console=ttyS0 quiet rdinit=/init",
      ])
    // The init turned the power off by itself, or this would have run into the limit.
    #expect(result.status == 0)
    var reader = RecordReader(nonce: "unplanned")
    reader.feed(result.output.utf8)
    #expect(reader.flaws.isEmpty)
    #expect(reader.isDone)
    let ends = reader.records.compactMap { record in if case .probeEnd(let end) = record { end } else { nil } }
    #expect(ends.map(\.outcome) == [.pass])
  }

  @Test func gitBisectRunWithStepNamesTheCommit() async throws {
    let kernels = try await TestKernels.all()
    try #require(kernels.count >= 2)
    let scratch = try Scratch()
    let probe = try scratch.file(
      "changed.c",
      """
      #include <firstbad/probe.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      PROBE("test.old-errno", "pkey_alloc() says EINVAL", WITHOUT_CPU("pku"))
      {
        CHECK_ERRNO(syscall(SYS_pkey_alloc, 0, 0), EINVAL);
        PASS();
      }
      """)
    // A tree whose commits "build" one of two real kernels; commit 6 brings the other, commit 5 builds none.
    let tree = scratch.url.appending(path: "tree")
    try FileManager.default.createDirectory(at: tree, withIntermediateDirectories: true)
    func git(_ arguments: String...) async throws -> Tool.Result {
      let result = try await Command.host(
        "git", ["-c", "user.name=test", "-c", "user.email=test@example.org"] + arguments, in: tree)
      return result
    }
    _ = try await git("init", "-q")
    let images = [kernels[0].image, kernels[kernels.count - 1].image]
    for number in 1...9 {
      let kernel = number == 5 ? "/nowhere" : images[number < 6 ? 0 : 1]
      try Data("\(kernel)\n".utf8).write(to: tree.appending(path: "kernel"))
      try Data("\(number)\n".utf8).write(to: tree.appending(path: "number"))
      _ = try await git("add", "-A")
      _ = try await git("commit", "-q", "-m", "commit \(number)")
    }
    let script = try scratch.file(
      "step.sh",
      """
      mkdir -p arch/x86/boot && cp "$(cat kernel)" arch/x86/boot/bzImage || exit 125
      exec \(Command.program) step \(probe)
      """)
    _ = try await git("bisect", "start", "HEAD", "HEAD~8")
    let run = try await git("bisect", "run", "sh", script)
    // Commit 5 cannot be built: git is left with 5 and 6, says so with status 2, and has blamed no other.
    #expect(run.status == 2, "\(run)")
    let subject = try await git("log", "-1", "--format=%s", "refs/bisect/bad")
    #expect(subject.output == "commit 6\n", "\(run.output)")
  }

  /// Nobody verifies the value that is said to be good, as the ends of a bisection are verified.
  @Test(arguments: [
    ("errno=ENOSPC", "OBSERVE_ERRNO(\"errno\", ENOSPC); PASS();", 0),
    ("errno=28", "OBSERVE_ERRNO(\"errno\", ENOSPC); PASS();", 0),
    ("errno=EINVAL", "OBSERVE_ERRNO(\"errno\", ENOSPC); PASS();", 1), ("n=02", "OBSERVE(\"n\", 2); FAIL(\"so\");", 0),
    ("errno=EINVALL", "OBSERVE_ERRNO(\"errno\", ENOSPC); PASS();", 128), ("errno=", "PASS();", 128),
    ("n=1", "OBSERVE(\"n\", 1); SKIP(\"so\");", 125), ("n=2", "OBSERVE(\"n\", 1); SKIP(\"so\");", 125),
    ("n=1", "OBSERVE(\"n\", 1); __builtin_trap();", 125), ("other=1", "OBSERVE(\"n\", 1); PASS();", 125),
  ])
  func stepJudgesByAValue(changed: String, body: String, status: Int) async throws {
    let scratch = try Scratch()
    let probe = try scratch.file(
      "value.c", "#include <firstbad/probe.h>\nPROBE(\"test.value\", \"a value\")\n{\n\t\(body)\n}\n")
    let folder = scratch.url.appending(path: "arch/x86/boot")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: URL(filePath: try await TestKernels.newest()), to: folder.appending(path: "bzImage"))
    let result = try await Command.firstbad(["step", "--changed", changed, probe], in: scratch.url)
    #expect(result.status == status, "\(result)")
    // The table says bad where the check failed, and the value is what counts.
    #expect(result.errors.contains("test.value: n is 2, so this is good") == (changed == "n=02"), "\(result)")
  }
}
