import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelBuild

@Suite("No build outlives who wanted it", .timeLimit(.minutes(2)))
struct ProcessTests {
  @Test("cancelling the task ends make and all that it started, those that heed no TERM too")
  func cancelled() async throws {
    let tree = try ToyTree()
    try tree.write("hook.sh", ToyTree.stubborn)
    let build = Task { try await tree.build() }
    let processes = try await tree.started()
    #expect(processes.count == 4)
    build.cancel()
    await #expect(throws: CancellationError.self) { _ = try await build.value }
    #expect(try await ToyTree.alive(processes).isEmpty)
  }

  @Test("a build that was cancelled while make could put itself in order is gone on with")
  func resumed() async throws {
    let tree = try ToyTree()
    try tree.write("hook.sh", "echo $$ >> $O/pids; echo end >> $O/pids; sleep 1000")
    let build = Task { try await tree.build() }
    _ = try await tree.started()
    build.cancel()
    await #expect(throws: (any Error).self) { _ = try await build.value }
    #expect(tree.exists("objects/a.o") && !tree.exists("objects/.firstbad-unfinished"))
    try tree.write("hook.sh", "")
    guard case .built(let kernel) = try await tree.build() else {
      Issue.record("not built")
      return
    }
    #expect(kernel.notes.isEmpty)
  }

  @Test("silence has a limit; a tree that falls silent twice gives no kernel")
  func silent() async throws {
    let tree = try ToyTree()
    try tree.write("hook.sh", ToyTree.stubborn)
    guard case .failed(let failure) = try await tree.build(silence: .seconds(2)) else {
      Issue.record("built")
      return
    }
    #expect(failure.phase == .build)
    #expect(failure.signature == "make said nothing for 2.0 seconds, twice")
    #expect(failure.lines.contains { $0.contains("CC      ") })
    #expect(try await ToyTree.alive(try await tree.started()).isEmpty)
  }

  @Test("what was silent once and then is built, from nothing, is the machine's doing, and told")
  func silentOnce() async throws {
    let tree = try ToyTree()
    let marker = tree.scratch.url.appending(path: "silent").path
    try tree.write("hook.sh", "[ -e '\(marker)' ] || { touch '\(marker)'; sleep 1000; }")
    guard case .built(let kernel) = try await tree.build(silence: .seconds(2)) else {
      Issue.record("not built")
      return
    }
    #expect(kernel.isClean)
    #expect(kernel.notes == ["make said nothing for 2.0 seconds, and was ended; the second build came to its end"])
  }

  /// As old kconfig does that asks a question, and finds its input at the end. (What a recipe of a build says make holds back until
  /// it is done.)
  @Test("words without end have a limit as well")
  func endless() async throws {
    let tree = try ToyTree()
    let asking = "allnoconfig:\n\t@yes \(String(repeating: "y", count: 2000))\nunused:"
    try tree.write("Makefile", ToyTree.makefile.replacing("allnoconfig:", with: asking))
    guard case .failed(let failure) = try await tree.build() else {
      Issue.record("built")
      return
    }
    #expect(failure.signature == "make said more than 256 MiB, twice")
    #expect(failure.phase == .configure)
    #expect(failure.lines.last == String(repeating: "y", count: 200))
    #expect(try FileManager.default.attributesOfItem(atPath: tree.log.path)[.size] as? Int ?? 0 < 300 << 20)
  }

  @Test("two ends that differ are both told")
  func differently() {
    let silent = Endless(what: "make said nothing for 1800.0 seconds", phase: .build, lines: [])
    let loud = Endless(what: "make said more than 256 MiB", phase: .build, lines: ["y"])
    let failure = loud.failure(after: silent)
    #expect(failure.signature == "make said more than 256 MiB, and before that make said nothing for 1800.0 seconds")
    #expect(failure.lines == ["y"] && !failure.isOfCode)
    #expect(silent.failure(after: silent).signature == "make said nothing for 1800.0 seconds, twice")
  }

  @Test("who speaks now and then is not silent")
  func slow() async throws {
    let tree = try ToyTree()
    // Past make's own collecting of a job's words (--output-sync), which holds them until the job is done.
    let rules = (1...4).map { "slow\($0): \($0 > 1 ? "slow\($0 - 1)" : "")\n\t@sleep 1; echo $@\n" }.joined()
    try tree.write("Makefile", ToyTree.makefile + "bzImage: | slow4\n" + rules)
    guard case .built = try await tree.build(silence: .seconds(3)) else {
      Issue.record("not built")
      return
    }
  }

  @Test("KILL of the parent ends make and all that it started, and leaves the mark of an unfinished build")
  func parentKilled() async throws {
    let tree = try ToyTree()
    try tree.write("hook.sh", ToyTree.stubborn)
    try FileManager.default.createDirectory(at: tree.objects, withIntermediateDirectories: true)
    let marker = try tree.scratch.file("marker", "")
    let shell = try Tool("sh", remedy: "a shell is part of every system")
    // The shell stands for firstbad: it starts the launcher in a session of its own and waits.
    let words = MakeRun.launch(
      parent: 0, marker: marker,
      command: ["make", "-C", tree.source.path, "O=\(tree.objects.path)", "CC=gcc", "bzImage"])
    let quoted = words.map { $0 == "0" ? "$$" : "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
    let parent = Task {
      try await shell.run(
        ["-c", "echo $$ > '\(tree.scratch.url.path)/parent'; setsid setpriv \(quoted); :"],
        limit: .seconds(60))
    }
    let processes = try await tree.started()
    #expect(processes.count == 4)
    let id = try String(contentsOf: tree.scratch.url.appending(path: "parent"), encoding: .utf8)
    kill(try #require(pid_t(id.trimmingCharacters(in: .whitespacesAndNewlines))), SIGKILL)
    #expect(try await ToyTree.alive(processes).isEmpty)
    #expect(try await parent.value.status == 128 + 9)
    #expect(tree.exists("marker"))
  }

  /// The stamp is removed last but one, and the mark of an unfinished build last.
  @Test("a folder that was being emptied when the builder was killed is emptied by the next", arguments: [true, false])
  func killedWhileEmptying(hasStamp: Bool) async throws {
    let tree = try ToyTree()
    _ = try await tree.build()
    try tree.scratch.file("objects/.firstbad-unfinished", "")
    if !hasStamp {
      for item in try FileManager.default.contentsOfDirectory(at: tree.objects, includingPropertiesForKeys: nil)
      where item.lastPathComponent != ".firstbad-unfinished" {
        try FileManager.default.removeItem(at: item)
      }
    }
    guard case .built(let kernel) = try await tree.build() else {
      Issue.record("not built")
      return
    }
    #expect(kernel.isClean)
  }

  @Test("what is no kernel's tree is the commit's failure where git laid it out, and an error where a person names it")
  func noKernelTree() async throws {
    let tree = try ToyTree()
    try FileManager.default.removeItem(at: tree.source.appending(path: "Kbuild"))
    let builder = try await tree.builder()
    func build(_ source: SourceTree?) async throws -> BuildOutcome {
      try await builder.build(
        source: tree.source, tree: source, objects: tree.objects, log: tree.log, isClean: false
      ) { _ in }
    }
    let outcome = try await build(SourceTree("side project") { _ in nil })
    #expect(
      outcome == .failed(BuildFailure(phase: .configure, signature: "the commit's tree is no kernel tree", lines: [])))
    await #expect(throws: Failure.self) { _ = try await build(nil) }
  }

  @Test("the signal of a thread's end, while the parent lives, disturbs nothing")
  func threadEnded() async throws {
    let tree = try ToyTree()
    // The launcher leads the session.
    try tree.write("hook.sh", "read -r a b c d e launcher f </proc/$$/stat; kill -USR1 $launcher; sleep 0.3\n")
    guard case .built(let kernel) = try await tree.build() else {
      Issue.record("not built")
      return
    }
    #expect(kernel.notes.isEmpty)
  }

  @Test("ccache gives no object that holds another file's bytes")
  func includedBytes() async throws {
    let scratch = try Scratch()
    let source = try scratch.file("a.S", ".incbin \"blob\"\n")
    let environment = Kbuild.environment(
      from: ["CCACHE_DIR": scratch.url.appending(path: "cache").path, "CCACHE_DEPEND": "1"], compilesPreprocessed: true)
    let ccache = try Tool("ccache", remedy: "install it: apt-get install ccache")
    var objects: [Data] = []
    for blob in ["one", "two"] {
      _ = try scratch.file("blob", blob)
      let object = scratch.url.appending(path: "a.o")
      _ = try await ccache.run(
        ["gcc", "-Wp,-MMD,\(scratch.url.path)/a.d", "-I", scratch.url.path, "-c", source.path, "-o", object.path],
        environment: environment.mapValues { Optional($0) })
      objects.append(try Data(contentsOf: object))
    }
    #expect(objects[0] != objects[1])
  }

  /// A hit of its direct mode would be the object of before: that holds each header that was read against what it is now,
  /// and has no place for one that was not there.
  @Test("ccache gives no object of before a header was there")
  func newHeader() async throws {
    let scratch = try Scratch()
    let source = try scratch.file("a.c", "#include <value.h>\nint value = VALUE;\n")
    _ = try scratch.file("second/value.h", "#define VALUE 1\n")
    // What is younger than its compiling is not remembered.
    let past = Date.now.addingTimeInterval(-60)
    func age(_ path: String) throws {
      try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: path)
    }
    for path in [source.path, scratch.url.appending(path: "second/value.h").path] { try age(path) }
    let ccache = try Tool("ccache", remedy: "install it: apt-get install ccache")
    func object(_ settings: [String: String]) async throws -> Data {
      let object = scratch.url.appending(path: "a.o")
      let own = settings.merging(["CCACHE_DIR": scratch.url.appending(path: "cache").path]) { $1 }
      _ = try await ccache.run(
        ["gcc", "-I\(scratch.url.path)/first", "-I\(scratch.url.path)/second", "-c", source.path, "-o", object.path],
        environment: own.mapValues { Optional($0) })
      return try Data(contentsOf: object)
    }
    let (ours, plain) = (
      Kbuild.environment(from: ["CCACHE_DIRECT": "1"], compilesPreprocessed: true), [String: String]()
    )
    let (old, oldPlain) = (try await object(ours), try await object(plain))
    try age(try scratch.file("first/value.h", "#define VALUE 2\n").path)
    #expect(try await object(ours) != old)
    #expect(try await object(plain) == oldPlain, "otherwise nothing is shown here")
  }

  @Test("make sees none of the variables that decide behind the recipe's back")
  func environment() {
    let environment = Kbuild.environment(from: [
      "PATH": "/bin", "HOME": "/home/a", "CCACHE_DIR": "/c", "CCACHE_DEPEND": "1", "MAKEFLAGS": "-j99",
      "KCFLAGS": "-O0", "ARCH": "arm",
      "KBUILD_OUTPUT": "/x", "LC_ALL": "de_DE", "CCACHE_BASEDIR": "/", "KBUILD_BUILD_USER": "me", "LLVM": "1",
    ])
    #expect(environment["PATH"] == "/bin" && environment["CCACHE_DIR"] == "/c" && environment["HOME"] == "/home/a")
    #expect(environment["LC_ALL"] == "C" && environment["KBUILD_BUILD_USER"] == "firstbad")
    #expect(environment["CCACHE_BASEDIR"]?.isEmpty == true)
    // In depend mode ccache does not see an .incbin, and gives another kernel's decompressor for this one's.
    #expect(environment["CCACHE_DEPEND"] == nil && environment["CCACHE_NODEPEND"] == "1")
    // In direct mode it does not see a header that is new, and a person's settings may name another compiler.
    #expect(environment["CCACHE_NODIRECT"] == "1" && environment["CCACHE_COMPILER"]?.isEmpty == true)
    #expect(environment["CCACHE_CPP2"] == "1" && environment["CCACHE_NOCPP2"] == nil)
    let once = Kbuild.environment(from: ["CCACHE_CPP2": "1"], compilesPreprocessed: true)
    #expect(once["CCACHE_NOCPP2"] == "1" && once["CCACHE_CPP2"] == nil)
    for name in ["MAKEFLAGS", "KCFLAGS", "ARCH", "KBUILD_OUTPUT", "LLVM"] { #expect(environment[name] == nil) }
  }
}
