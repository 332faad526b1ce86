import Foundation
import HostSystem
import TestKernels
import Testing

/// Fix-ups and compilers by the command, on a toy of a kernel: a git repository whose Makefile takes half a second, and
/// which fails as old trees fail.
@Suite struct `Old trees` {
  /// The toy. `old` lacks the header of today's compiler, and its script is refused; `mend` is a branch with the commit
  /// that mends the script, under the title by which the table knows it.
  private struct Toy {
    let scratch: Scratch
    var tree: URL { scratch.url.appending(path: "linux") }
    var environment: [String: String] {
      [
        "XDG_CACHE_HOME": scratch.url.appending(path: "cache").path,
        "XDG_STATE_HOME": scratch.url.appending(path: "state").path, "TOY": scratch.url.path,
        "CCACHE_DISABLE": "1",
      ]
    }

    static let makefile = """
      VERSION = 4
      PATCHLEVEL = 1
      # -fno-PIE and max-page-size= are said here, so that nothing is done about them.
      allnoconfig:
      \t@cp $(KCONFIG_ALLCONFIG) $(O)/$(KCONFIG_CONFIG)
      bzImage:
      \t@echo '  CC      vmlinux'
      \t@sh ./script.sh
      \t@$(CC) -Iinclude -nostdlib -static -fno-pie -no-pie -o $(O)/vmlinux a.c
      \t@mkdir -p $(O)/arch/x86/boot && cp $(O)/vmlinux $(O)/arch/x86/boot/bzImage

      """
    static let source = """
      #define header(x) #x
      #define gcc_header(x) header(linux/compiler-gcc##x.h)
      #define name(x) gcc_header(x)
      #include name(__GNUC__)
      void _start(void) { for (;;) ; }

      """
    static let refused = "echo \"scripts/t.pl: error: Can't use 'defined(@array)' here\" >&2; exit 1\n"
    static let accepted = "[ ! -e hold ] || { touch held; sleep 100; }\n"

    init() async throws {
      scratch = try Scratch()
      try await git("init", "-q", "-b", "main")
      for (path, text) in [
        "Makefile": Self.makefile, "Kbuild": "", "Kconfig": "", "arch/x86/Kconfig": "", "a.c": Self.source,
        "arch/x86/Makefile": "# max-page-size=\n", "scripts/Kbuild.include": "pound := \\#\n",
        "scripts/Makefile.extrawarn": "# zero-init-padding-bits\n",
        "include/linux/compiler-gcc.h": "/* gcc_header */\n",
        "include/linux/compiler-gcc4.h": "", "include/linux/compiler-gcc5.h": "/* 5 */\n", "script.sh": Self.refused,
      ] { try write(path, text) }
      try await commit("old")
      try await git("tag", "old")
      try await git("checkout", "-q", "-b", "mend")
      try write("script.sh", Self.accepted)
      try await commit("timeconst.pl: Eliminate Perl warning")
      try await git("checkout", "-q", "main")
    }

    func write(_ path: String, _ text: String) throws { _ = try scratch.file("linux/\(path)", text) }

    func git(_ words: String...) async throws {
      if !FileManager.default.fileExists(atPath: tree.path) { try Places.make(tree) }
      let result = try await Command.host("git", ["-c", "user.name=t", "-c", "user.email=t"] + words, in: tree)
      try #require(result.status == 0, "\(result)")
    }

    func commit(_ title: String) async throws {
      try await git("add", "-A")
      try await git("commit", "-q", "-m", title)
    }

    func build(_ words: String...) async throws -> Tool.Result {
      try await Command.firstbad(["build", "--tree", tree.path] + words, environment: environment)
    }

    /// The slot that the command builds in.
    func slot() throws -> URL {
      let trees = scratch.url.appending(path: "cache/firstbad/trees")
      let name = try #require(FileManager.default.contentsOfDirectory(atPath: trees.path).first)
      return trees.appending(path: "\(name)/0")
    }

    /// Files of the slot that are not as the commit has them.
    func strays(from commit: String) async throws -> [String] {
      let expected = scratch.url.appending(path: "expected-\(commit)")
      if !FileManager.default.fileExists(atPath: expected.path) {
        try await git("worktree", "add", "-q", "--detach", expected.path, commit)
        try FileManager.default.removeItem(at: expected.appending(path: ".git"))
      }
      let found = try await Command.host("diff", ["-rq", expected.path, slot().appending(path: "source").path])
      return found.output.split(separator: "\n").map(String.init)
    }
  }

  @Test func `are left alone unless they are asked about, and the fix-up that may help is named`() async throws {
    let toy = try await Toy()
    let result = try await toy.build("--commit", "old")
    #expect(result.status == 125, "\(result)")
    #expect(result.errors.contains("--fix-ups verified,time-constants"), "\(result.errors)")
    let none = try await toy.build("--commit", "old", "--fix-ups", "none")
    #expect(none.status == 125 && none.output.isEmpty, "\(none)")
  }

  @Test func `build with what they need, one after the other, and nothing of it stays in the source`() async throws {
    let toy = try await Toy()
    let result = try await toy.build("--commit", "old", "--fix-ups", "all")
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("fix-ups applied: time-constants, compiler-header"), "\(result.errors)")
    #expect(try await toy.strays(from: "old") == [])
    // Found again by all that decided it, and by nothing less.
    let again = try await toy.build("--commit", "old", "--fix-ups", "all")
    #expect(again.output == result.output, "\(again)")
    #expect(try await toy.build("--commit", "old").status == 125)
    let one = try await toy.build("--commit", "old", "--fix-ups", "time-constants")
    #expect(one.status == 125 && one.errors.contains("verified,compiler-header"), "\(one)")
    let listed = try await Command.firstbad(["store", "ls"], environment: toy.environment)
    #expect(listed.output.contains("time-constants,compiler-header"), "\(listed.output)")
  }

  @Test func `that were being built when it was killed by KILL are as their commits have them in the next step`()
    async throws
  {
    let toy = try await Toy()
    try await toy.git("checkout", "-q", "old")
    try toy.write("hold", "")
    try await toy.commit("held")
    try await toy.git("tag", "held")
    let program = Process()
    program.executableURL = URL(filePath: Command.program)
    program.arguments = ["build", "--tree", toy.tree.path, "--commit", "held", "--fix-ups", "all"]
    program.environment = ProcessInfo.processInfo.environment.merging(toy.environment) { $1 }
    program.standardError = FileHandle.nullDevice
    program.standardOutput = FileHandle.nullDevice
    try program.run()
    // The script that was cherry-picked runs, so the source is not the commit's at this moment.
    for _ in 0..<1500 where (try? toy.slot()).map({ held($0) }) != true { try await Task.sleep(for: .milliseconds(20)) }
    #expect(try held(toy.slot()))
    #expect(try await !toy.strays(from: "held").isEmpty)
    kill(program.processIdentifier, SIGKILL)
    program.waitUntilExit()
    let next = try await toy.build("--commit", "old", "--fix-ups", "none")
    #expect(next.status == 125 && next.errors.contains("defined(@array)"), "\(next)")
    #expect(try await toy.strays(from: "old") == [])
  }

  private func held(_ slot: URL) -> Bool {
    FileManager.default.fileExists(atPath: slot.appending(path: "source/held").path)
  }

  @Test func `are built by the compiler that is named for them, each with objects of its own`() async throws {
    let toy = try await Toy()
    try await toy.git("checkout", "-q", "mend")
    try toy.write("include/linux/compiler-gcc12.h", "")
    for major in 9...30 { try toy.write("include/linux/compiler-gcc\(major).h", "") }
    try await toy.commit("new")
    try await toy.git("tag", "new")
    // Another compiler by what it says of itself.
    let other = try toy.scratch.file(
      "other-gcc", "#!/bin/sh\n[ \"$1\" != --version ] || { echo 'gcc (Other) 13.9.9'; exit; }\nexec gcc \"$@\"\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: other)
    for words in [[], ["--compiler", "mend..=\(other)"], ["--compiler", "..mend=\(other)"], ["--compiler", other]] {
      let result = try await Command.firstbad(
        ["build", "--tree", toy.tree.path, "--commit", "new"] + words, environment: toy.environment)
      #expect(result.status == 0, "\(words) \(result)")
    }
    let objects = try toy.slot().appending(path: "objects")
    #expect(try FileManager.default.contentsOfDirectory(atPath: objects.path).count == 2)
    let stored = try await Command.firstbad(["store", "ls", "--json"], environment: toy.environment)
    // `mend..` holds the commit after it and `..mend` does not: two tool chains, four builds, two kernels kept.
    #expect(stored.output.split(separator: "\n").count == 2, "\(stored.output)")
  }

  @Test(arguments: [
    (["--compiler", "gcc-99"], "gcc-99 is not installed"), (["--compiler", "..=gcc"], "names no commits"),
    (["--compiler", "gcc", "--compiler", "clang"], "names two for all commits"),
    (["--compiler", "..nowhere=gcc"], "'nowhere' is no commit"),
    (["--fix-ups", "magic"], "there is no fix-up 'magic'"),
  ])
  func `of which nonsense is asked are refused with 128`(_ words: [String], _ complaint: String) async throws {
    let toy = try await Toy()
    let result = try await Command.firstbad(
      ["build", "--tree", toy.tree.path, "--commit", "old"] + words, environment: toy.environment)
    #expect(result.status == 128 && result.errors.contains(complaint), "\(result)")
  }

  @Test func `and what they need stand in Documentation/FixUps.md as the command has them`() async throws {
    let page = try await Command.firstbad(["fix-ups", "--markdown"])
    let document = try String(
      contentsOf: Command.tree.appending(path: "Documentation/FixUps.md"), encoding: .utf8)
    #expect(
      page.status == 0 && document.contains(page.output), "write what 'firstbad fix-ups --markdown' prints into it")
    let one = try await Command.firstbad(["fix-ups", "objtool-realloc"])
    #expect(one.status == 0 && one.output.contains("52a9dab6d892"), "\(one)")
    #expect(try await Command.firstbad(["fix-ups", "magic"]).status == 128)
  }
}
