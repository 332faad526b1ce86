import Foundation
import HostSystem
import TestKernels
import Testing

/// `firstbad config` and `--base auto` on a tree that builds in a second: what is configured, built, kept, booted and
/// judged is what is for a kernel's. `KconfigTests` have a real Kconfig.
@Suite struct `A configuration` {
  private let world: ToyKernels

  init() async throws {
    world = try await ToyKernels()
    try world.write("rule", "x\n")
    try await world.commit("what CULPRIT switches on is broken", tag: "broken")
  }

  private static let probe = "mm.pkey-alloc-errno"

  /// Two configurations that differ in twelve symbols, of which PARENT and CULPRIT matter and only together.
  private func ends() throws -> (good: String, bad: String) {
    let common = "CONFIG_COMMON=y\nCONFIG_NUMBER=3\n"
    let good = (1...4).map { "CONFIG_A\($0)=y\n" }.joined()
    let bad = (1...5).map { "CONFIG_Z\($0)=y\n" }.joined()
    return (
      try world.scratch.file("good.config", common + good),
      try world.scratch.file(
        "bad.config", "CONFIG_A1=y\n" + common + "CONFIG_PARENT=y\nCONFIG_CULPRIT=y\nCONFIG_NUMBER=4\n" + bad)
    )
  }

  @Test func `of two is searched for the symbols that make the one bad, and asked again nothing is built`() async throws
  {
    let (good, bad) = try ends()
    let result = try await world.firstbad("config", "bisect", "--good", good, "--bad", bad, Self.probe)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("what makes it bad, confirmed, is 2 symbols together:"), "\(result.output)")
    #expect(result.output.contains("  CONFIG_CULPRIT: n -> y\n      Kconfig:4, \"The culprit\""), "\(result.output)")
    #expect(result.output.contains("without CONFIG_PARENT=y it is good: CONFIG_CULPRIT does not take then"))
    #expect(result.output.contains("without them the bad configuration is good, from a clean build"))
    #expect(result.output.contains("11 symbols differ"), "\(result.output)")
    // All kernels are one of two, so after the four boots of each end no kernel is booted.
    #expect(result.output.contains(" 8 boots"), "\(result.output)")
    let built = world.builds().count
    let again = try await world.firstbad("config", "bisect", "--good", good, "--bad", bad, Self.probe)
    #expect(again.status == 0 && again.output.contains(" 0 builds, 0 boots"), "\(again)")
    #expect(world.builds().count == built)
  }

  @Test func `of a tree that builds with a fix-up only is searched, and the base of a bisect found, with that`()
    async throws
  {
    let makefile = try String(contentsOf: world.tree.appending(path: "Makefile"), encoding: .utf8)
    try world.write("Makefile", makefile.replacing("\t@sleep 0.3\n", with: "\t@sh ./script.sh\n"))
    let failures = world.tree.deletingLastPathComponent().appending(path: "failures")
    try world.write(
      "script.sh",
      """
      echo once >>\(failures.path)
      echo '  HOSTCC  scripts/t'
      echo "scripts/t.pl: error: Can't use 'defined(@array)' here" >&2; exit 1

      """)
    try world.write("rule", "")
    try await world.commit("an old script", tag: "calm")
    try world.write("rule", "x\n")
    try await world.commit("what CULPRIT switches on is broken again", tag: "loud")
    try world.write("script.sh", "exit 0\n")
    try await world.commit("timeconst.pl: Eliminate Perl warning")
    let (good, bad) = try ends()
    let search = ["config", "bisect", "--commit", "loud", "--good", good, "--bad", bad, Self.probe]
    let without = try await world.firstbad(search)
    #expect(without.status == 128 && without.output.isEmpty, "\(without)")
    // Where no fix-up follows of it a failure that may be the host's is tried again.
    let once = try Data(contentsOf: failures)
    #expect(try await world.firstbad(search).status == 128)
    #expect(try Data(contentsOf: failures).count > once.count)
    let with = try await world.firstbad(search + ["--fix-ups", "time-constants"])
    #expect(with.status == 0 && with.output.contains("what makes it bad, confirmed, is 2 symbols"), "\(with)")
    #expect(with.output.contains("fix-ups applied, and to how many kernels: time-constants ("), "\(with.output)")
    // What failed without the fix-up may have been the host's doing, and is not tried anew where the fix-up follows of it.
    let failed = try Data(contentsOf: failures)
    let repeated = try await world.firstbad(search + ["--fix-ups", "time-constants"])
    #expect(repeated.status == 0, "\(repeated)")
    #expect(try Data(contentsOf: failures) == failed, "\(repeated)")
    let climb = ["bisect", "--base", "auto", "--good", "calm", "--bad", "loud", Self.probe]
    let found = try await world.firstbad(climb + ["--fix-ups", "time-constants"])
    #expect(found.status == 0 && found.output.contains("broken again"), "\(found)")
    #expect(found.errors.contains("base defconfig shows it"), "\(found.errors)")
    #expect(found.output.contains("time-constants ("), "\(found.output)")
    // What the base and the fix-ups were is known when it is gone on with.
    let again = try await world.firstbad("bisect", "--resume")
    #expect(again.status == 0 && again.output.contains("broken again"), "\(again)")
  }

  @Test func `is searched for what changes an observation`() async throws {
    let (good, bad) = try ends()
    let result = try await world.firstbad(
      "config", "bisect", "--good", good, "--bad", bad, "--changed", "errno", Self.probe)
    #expect(result.status == 0 && result.output.contains("CONFIG_CULPRIT: n -> y"), "\(result)")
  }

  @Test func `killed again and again is searched to the end without a build made twice`() async throws {
    let (good, bad) = try ends()
    let words = ["config", "bisect", "--good", good, "--bad", bad, Self.probe]
    var kills = 0
    for milliseconds in [1500, 4000, 7000, 10_000] {
      try await world.firstbad(words, killedAfter: .milliseconds(milliseconds))
      kills += 1
    }
    let result = try await world.firstbad("config", "bisect", "--good", good, "--bad", bad, Self.probe)
    #expect(result.status == 0 && result.output.contains("confirmed, is 2 symbols together:"), "\(result)")
    // A kill can hit between the end of a build and its being kept. Clean builds for the proof are others.
    let counts = Dictionary(grouping: world.builds(), by: \.self).mapValues(\.count)
    #expect(counts.values.reduce(0) { $0 + max(0, $1 - 2) } == 0, "\(counts)")
    #expect(world.builds().count <= counts.count + 3 + kills, "\(counts)")
  }

  @Test func `that is large is reduced to the least that shows it, as a file for the other commands`() async throws {
    let (_, bad) = try ends()
    let least = world.scratch.url.appending(path: "least").path
    let result = try await world.firstbad("config", "minimize", "--config", bad, "-o", least, Self.probe)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("the least that shows it, confirmed: 2 of "), "\(result.output)")
    let lines = try String(contentsOfFile: least, encoding: .utf8).split(separator: "\n").filter {
      !$0.hasPrefix("# f")
    }
    #expect(lines.suffix(2) == ["CONFIG_CULPRIT=y", "CONFIG_PARENT=y"], "\(lines)")
    // Used as it says, it shows it, and its kernel is that of the proof.
    let built = world.builds().count
    let step = try await world.firstbad("step", "--build", "--config", "@\(least)", Self.probe)
    #expect(step.status == 1, "\(step)")
    #expect(world.builds().count == built)
  }

  @Test func `that cannot be written is said to be before anything is built`() async throws {
    let (_, bad) = try ends()
    let nowhere = world.scratch.url.appending(path: "missing/least").path
    let result = try await world.firstbad("config", "minimize", "--config", bad, "-o", nowhere, Self.probe)
    #expect(result.status == 128 && result.errors.contains("\(nowhere) cannot be written"), "\(result)")
    #expect(world.builds().isEmpty)
  }

  @Test func `in which some things do not build is searched all the same`() async throws {
    let (good, bad) = try ends()
    let text = try String(contentsOfFile: bad, encoding: .utf8)
    let broken = try world.scratch.file("broken.config", text + "CONFIG_BREAKS=y\n")
    let refused = try await world.firstbad("config", "bisect", "--good", good, "--bad", broken, Self.probe)
    #expect(refused.status == 128 && refused.errors.contains("the bad configuration, \(broken), cannot be judged"))
    #expect(refused.errors.contains("it breaks"), "\(refused.errors)")
    // What lies between the two in Kconfig's order, the culprit too, cannot be built without the second one.
    let mended = try world.scratch.file("mended.config", text + "CONFIG_BREAKS=y\nCONFIG_MENDS=y\n")
    let result = try await world.firstbad("config", "bisect", "--good", good, "--bad", mended, Self.probe)
    #expect(result.status == 0 && result.output.contains("confirmed, is 2 symbols together:"), "\(result)")
    #expect(result.errors.contains("cannot tell (build: "), "\(result.errors)")
  }

  @Test func `that is none, or the same as the other, or swapped is refused`() async throws {
    let (good, bad) = try ends()
    for (one, other, words) in [
      (good, good, "are the same once kconfig has completed them"),
      (bad, good, "the good configuration, \(bad), should be good and is bad"),
      (good, "/nowhere", "the base /nowhere cannot be read"),
    ] {
      let result = try await world.firstbad("config", "bisect", "--good", one, "--bad", other, Self.probe)
      #expect(result.status == 128 && result.errors.contains(words), "\(result)")
      #expect(result.output.isEmpty && result.errors.contains("remedy"), "\(result)")
    }
  }

  @Test func `that is too small is said to be, and --base auto climbs`() async throws {
    for number in 2...5 {
      try world.write("code", "\(number)\n")
      try await world.commit("commit \(number)")
    }
    let small = try await world.firstbad("bisect", "--good", "broken~1", "--bad", "main", Self.probe)
    #expect(small.status == 128 && small.errors.contains("should be bad and is good"), "\(small)")
    #expect(
      small.errors.contains("firstbad bisect --base defconfig --good broken~1 --bad main \(Self.probe)"),
      "\(small.errors)")
    let auto = try await world.firstbad("bisect", "--base", "auto", "--good", "broken~1", "--bad", "main", Self.probe)
    #expect(auto.status == 0 && auto.output.contains("what CULPRIT switches on is broken"), "\(auto)")
    #expect(auto.errors.contains("with base tiny the bad end is good, so defconfig is tried"), "\(auto.errors)")
    #expect(auto.errors.contains("base defconfig shows it"), "\(auto.errors)")
    let built = world.builds().count
    // From the ledger, and not by climbing again.
    let again = try await world.firstbad("bisect", "--resume")
    #expect(again.status == 0 && !again.errors.contains("base"), "\(again)")
    #expect(world.builds().count == built)
  }

  @Test func `that no base shows is said to be in none`() async throws {
    try world.write("defaults", "CONFIG_DEFAULT=y\n")
    try await world.commit("a defconfig without it")
    let result = try await world.firstbad("bisect", "--base=auto", "--good", "broken~1", "--bad", "main", Self.probe)
    #expect(
      result.status == 128 && result.errors.contains("none of the bases that were tried shows it: tiny, defconfig"))
    let file = try world.scratch.file("own.config", "CONFIG_PARENT=y\nCONFIG_CULPRIT=y\n")
    let own = try await world.firstbad(
      "bisect", "--base=auto:\(file)", "--good", "broken~1", "--bad", "main", Self.probe)
    #expect(own.status == 0 && own.output.contains("what CULPRIT switches on is broken"), "\(own)")
    // The file may be gone by then; the session has its own.
    try FileManager.default.removeItem(atPath: file)
    let again = try await world.firstbad("bisect", "--resume")
    #expect(again.status == 0 && again.output.contains("what CULPRIT switches on is broken"), "\(again)")
    let build = try await world.firstbad("build", "--base", "auto")
    #expect(build.status == 128 && build.errors.contains("here is no bad end"), "\(build)")
  }
}
