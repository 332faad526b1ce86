import Foundation
import HostSystem
import Judgement
import Synchronization
import Testing

@testable import KernelBuild

@Suite("Builds of a toy tree")
struct BuildTests {
  private func kernel(_ outcome: BuildOutcome) throws -> BuiltKernel {
    guard case .built(let kernel) = outcome else {
      Issue.record("\(outcome)")
      throw CancellationError()
    }
    return kernel
  }

  private func failure(_ outcome: BuildOutcome) throws -> BuildFailure {
    guard case .failed(let failure) = outcome else {
      Issue.record("\(outcome)")
      throw CancellationError()
    }
    return failure
  }

  private final class Progress: Sendable {
    let list = Mutex<[BuildProgress]>([])
    func take(_ progress: BuildProgress) { list.withLock { $0.append(progress) } }
    var last: BuildProgress? { list.withLock { $0.last } }
  }

  @Test("a kernel has an image, a configuration, an identity, and its log is whole")
  func built() async throws {
    let tree = try ToyTree()
    let progress = Progress()
    let kernel = try kernel(try await tree.build { progress.take($0) })
    for file in [kernel.image, kernel.vmlinux, kernel.config] {
      #expect(FileManager.default.fileExists(atPath: file.path), "\(file.path)")
    }
    #expect(kernel.identity == (try LoadedSections(kernel.vmlinux).identity))
    #expect(kernel.notes.isEmpty && kernel.seconds > 0)
    #expect(ConfigText(try String(contentsOf: kernel.config, encoding: .utf8))["CONFIG_SERIAL_8250"] == "y")
    let log = try tree.logText()
    #expect(log.contains("allnoconfig") && log.contains("  CC      a.o\n") && log.contains("  LD      vmlinux\n"))
    #expect(progress.list.withLock { $0.first?.phase } == .configure)
    #expect(
      progress.last == BuildProgress(phase: .build, filesDone: 3, filesExpected: nil, current: "vmlinux"))
    #expect(!tree.exists("objects/.firstbad-unfinished"))
  }

  @Test("the next build uses the objects again, leaves the configuration's time alone and knows how much to expect")
  func incremental() async throws {
    let tree = try ToyTree()
    let first = try kernel(try await tree.build())
    let time = { try FileManager.default.attributesOfItem(atPath: first.config.path)[.modificationDate] as? Date }
    let before = try time()
    try tree.write("b.c", "int f(void) { return 2; }\n")
    let progress = Progress()
    let second = try kernel(try await tree.build { progress.take($0) })
    #expect(try time() == before)
    #expect(second.identity != first.identity)
    #expect(progress.last?.filesExpected == 3 && progress.last?.filesDone == 2)
    let log = try tree.logText()
    #expect(!log.contains("CC      a.o"))
    try tree.write("b.c", "/* a comment */ int f(void) { return 2; }\n")
    #expect(try kernel(try await tree.build()).identity == second.identity)
  }

  @Test("a build that fails leaves no image of the commit before")
  func stale() async throws {
    let tree = try ToyTree()
    _ = try kernel(try await tree.build())
    try tree.write("b.c", "int f(void) { return nowhere; }\n")
    let failure = try failure(try await tree.build())
    #expect(failure.phase == .build)
    #expect(failure.signature == "b.c: error: 'nowhere' undeclared (first use in this function)")
    #expect(failure.lines.first == "b.c: In function 'f':")
    #expect(failure.lines.contains { $0.contains("return nowhere;") })
    #expect(!tree.exists("objects/vmlinux") && !tree.exists("objects/arch/x86/boot/bzImage"))
    #expect(!tree.exists("objects/.firstbad-unfinished"))
  }

  @Test("the signature is the same whichever of two broken files fails first", arguments: ["a", "b"])
  func order(slow: String) async throws {
    let tree = try ToyTree()
    let delayed = "$(O)/\(slow).o: delay\ndelay:\n\t@sleep 0.7\n"
    try tree.write("Makefile", ToyTree.makefile + delayed)
    try tree.write("a.c", "\n#error first of the alphabet\n")
    try tree.write("b.c", "#error second of the alphabet\n")
    #expect(try failure(try await tree.build()).signature == "a.c: error: #error first of the alphabet")
  }

  @Test("a symbol that the tree lacks ends it before anything is compiled")
  func configure() async throws {
    let tree = try ToyTree()
    let recipe = BuildRecipe(probeSymbols: ["CONFIG_UNKNOWN_B", "CONFIG_UNKNOWN_A"])
    let failure = try failure(try await tree.build(recipe))
    #expect(failure.phase == .configure)
    #expect(failure.signature == "CONFIG_UNKNOWN_A did not take: unknown in this tree")
    #expect(failure.lines.count == 2)
    let log = try tree.logText()
    #expect(!tree.exists("objects/a.o") && !log.contains("  CC"))
  }

  @Test("defconfig and a configuration are merged with what is asked for")
  func bases() async throws {
    let tree = try ToyTree()
    let user = [BuildRecipe.Assignment("OURS", "y")]
    for base in [BuildRecipe.Base.defconfig, .file(contents: "CONFIG_DEFAULT=y\nCONFIG_OURS=m\n")] {
      let kernel = try kernel(try await tree.build(BuildRecipe(base: base, userSymbols: user)))
      let config = ConfigText(try String(contentsOf: kernel.config, encoding: .utf8))
      #expect(config["CONFIG_DEFAULT"] == "y" && config["CONFIG_OURS"] == "y" && config["CONFIG_TTY"] == "y")
    }
  }

  @Test("objects of another recipe go, and so do those of a build that was killed")
  func cleaned() async throws {
    let tree = try ToyTree()
    _ = try kernel(try await tree.build())
    let other = BuildRecipe(userSymbols: [BuildRecipe.Assignment("OURS", "y")])
    #expect(try kernel(try await tree.build(other)).notes == ["clean build: the configuration asked for changed"])
    #expect(try kernel(try await tree.build(other)).notes.isEmpty)
    try tree.scratch.file("objects/.firstbad-unfinished", "")
    try tree.scratch.file("objects/a.o", "half an object")
    #expect(try kernel(try await tree.build(other)).notes == ["clean build: the last one was killed"])
    // What was built an hour from now is newer than any source that is laid out now.
    try FileManager.default.setAttributes(
      [.modificationDate: Date.now.addingTimeInterval(3600)],
      ofItemAtPath: tree.objects.appending(path: ".firstbad-stamp").path)
    #expect(
      try kernel(try await tree.build(other)).notes
        == ["clean build: the clock went back since the last one, and make goes by it"])
    try tree.scratch.file("objects/stale.h", "")
    let asked = try kernel(try await tree.build(other, isClean: true))
    #expect(asked.isClean && asked.notes.isEmpty, "that was asked for, and is no news")
    #expect(!tree.exists("objects/stale.h"))
  }

  @Test(
    "a folder with somebody's files in it is not taken for objects, least of all emptied", arguments: [true, false])
  func foreign(isClean: Bool) async throws {
    let tree = try ToyTree()
    try tree.scratch.file("objects/letter.txt", "dear")
    await #expect(throws: Failure.self) { _ = try await tree.build(isClean: isClean) }
    #expect(tree.exists("objects/letter.txt"))
  }

  @Test("two builds in one folder at a time are one too many")
  func locked() async throws {
    let tree = try ToyTree()
    let done = tree.scratch.url.appending(path: "done")
    try tree.write(
      "hook.sh", "echo end >> $O/pids; for i in $(seq 3000); do [ -e \(done.path) ] && exit; sleep 0.1; done; exit 1")
    let first = Task { try await tree.build() }
    _ = try await tree.started()
    let failure = await #expect(throws: Failure.self) { _ = try await tree.build() }
    #expect(failure?.message.contains("another build runs in") == true)
    try Data().write(to: done)
    _ = try kernel(try await first.value)
  }

  @Test("make that fails once and then succeeds has built a kernel, and says so")
  func secondTry() async throws {
    let tree = try ToyTree()
    try tree.write("hook.sh", "[ -e $O/tried ] || { touch $O/tried; exit 3; }\n")
    let kernel = try kernel(try await tree.build())
    #expect(kernel.notes == ["make failed once and then succeeded with the same tree: make: bzImage fails"])
  }

  @Test(
    "what is our side's fault is thrown, never returned",
    arguments: [
      ("echo 'gcc: fatal error: Killed signal terminated program cc1' >&2; exit 1", "the compiler was killed"),
      ("kill -KILL $$", "killed"),
      // make itself, the only child of the session's leader.
      ("read -r a b c d e sid f </proc/$$/stat; kill -KILL $(cat /proc/$sid/task/$sid/children); sleep 9", "signal 9"),
      ("echo 'fatal: x.o: No space left on device' >&2; exit 1", "the disk is full"),
      ("echo \"/bin/sh: 1: flex: not found\" >&2; exit 127", "flex is not installed"),
    ])
  func ours(hook: String, words: String) async throws {
    let tree = try ToyTree()
    try tree.write("hook.sh", hook)
    let failure = await #expect(throws: Failure.self) { _ = try await tree.build() }
    #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
    #expect(failure?.remedy != nil)
  }

  @Test("trees that cannot be built from are refused")
  func refused() throws {
    let tree = try ToyTree()
    try KernelBuilder.refuse(source: tree.source)
    #expect(throws: Failure.self) { try KernelBuilder.refuse(source: tree.scratch.url) }
    try tree.write("include/config/auto.conf", "")
    let dirty = #expect(throws: Failure.self) { try KernelBuilder.refuse(source: tree.source) }
    #expect(dirty?.remedy?.contains("make mrproper") == true)
    try tree.scratch.file("a b/Makefile", ToyTree.makefile)
    try tree.scratch.file("a b/Kbuild", "")
    try tree.scratch.file("a b/arch/x86/Kconfig", "")
    let blank = #expect(throws: Failure.self) {
      try KernelBuilder.refuse(source: tree.scratch.url.appending(path: "a b"))
    }
    #expect(blank?.message.contains("blank") == true)
  }
}
