import Foundation
import HostSystem
import TestKernels
import Testing

/// `--exec`: programs that others wrote, static and dynamic, alone and as a folder.
@Suite struct `Programs of others` {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func compile(_ name: String, _ body: String, _ options: [String] = []) async throws -> String {
    let program = scratch.url.appending(path: "tests/\(name)").path
    try FileManager.default.createDirectory(
      at: scratch.url.appending(path: "tests"), withIntermediateDirectories: true)
    let source = try scratch.file(
      "\(name).c",
      "#define _GNU_SOURCE\n#include <math.h>\n#include <pthread.h>\n#include <signal.h>\n#include <stdio.h>\n"
        + "#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\nint main(int n, char **v) { \(body) }\n")
    let result = try await Command.host("gcc", [source, "-o", program] + options + ["-lm"])
    try #require(result.status == 0, "\(result.errors)")
    return program
  }

  private func run(_ words: [String]) async throws -> Tool.Result {
    try await Command.firstbad(["run", "--json", "--kernel", try await TestKernels.newest(), "--exec"] + words)
  }

  @Test(arguments: [[], ["-static"]])
  func `run with their libraries, or as they are, and get their arguments`(options: [String]) async throws {
    let program = try await compile(
      "args", #"return !(n == 3 && !strcmp(v[1], "a b") && !strcmp(v[2], "--json") && sqrt(n + 13.0) == 4);"#, options)
    let result = try await run([program, "a b", "--json"])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains(#""verdict":"good""#))
  }

  @Test(arguments: [
    ("return 1;", 1, "exit status 1"), ("return 4;", 125, "exit status 4"),
    ("raise(SIGSEGV); return 0;", 1, "killed by signal 11"), ("return 127;", 125, "exit status 127"),
  ])
  func `are judged by their exit status`(body: String, status: Int, why: String) async throws {
    let result = try await run([try await compile("judged", body)])
    #expect(result.status == status, "\(result.output)\(result.errors)")
    #expect(result.output.contains(why))
    // Another status is another failure: a baseline knows it by its signature.
    if status == 1 { #expect(result.output.contains("\"signature\":\"exec.judged: \(why)"), "\(result.output)") }
    // A line of the glue around it would only mislead.
    #expect(!result.output.contains(".c:"), "\(result.output)")
  }

  @Test func `have the libraries of ld.so.conf's folders, and what those load beside them`() async throws {
    let folder = scratch.url.appending(path: "odd")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, body, more) in [
      ("inner", "int inner(void) { return 3; }", []),
      (
        "outer", "int inner(void); int outer(void) { return inner(); }",
        ["-L\(folder.path)", "-linner", "-Wl,-rpath,$ORIGIN"]
      ),
    ] {
      let source = try scratch.file("\(name).c", body)
      let result = try await Command.host(
        "gcc", ["-shared", "-fPIC", source, "-o", folder.appending(path: "lib\(name).so").path] + more)
      try #require(result.status == 0, "\(result.errors)")
    }
    let program = try await compile(
      "odd", "int outer(void); return outer() != 3;", ["-L\(folder.path)", "-louter", "-Wl,--allow-shlib-undefined"])
    _ = try scratch.file("conf/odd.conf", folder.path + "\n")
    // A machine whose configuration names that folder.
    let kernel = try await TestKernels.newest()
    let run = "mount --bind \(scratch.url.path)/conf /etc/ld.so.conf.d && \(Command.program) run --kernel \(kernel)"
    let unshare = ["--mount"] + (getuid() == 0 ? [] : ["--user", "--map-root-user"])
    let result = try await Command.host("unshare", unshare + ["sh", "-c", "\(run) --exec \(program)"])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let without = try await self.run([program])
    #expect(without.status == 128 && without.errors.contains("needs libouter.so, which is not on this machine"))
  }

  // The guest mounts a tmpfs over /tmp, so what the archive has there is not seen.
  @Test func `have a library that lies where the guest mounts something, unless they name it by its path`() async throws
  {
    let folder = URL(filePath: "/tmp/firstbad-hidden-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let library = folder.appending(path: "libhidden.so").path
    let source = try scratch.file("hidden.c", "int hidden(void) { return 3; }")
    try #require(try await Command.host("gcc", ["-shared", "-fPIC", source, "-o", library]).status == 0)
    let body = "int hidden(void); return hidden() != 3;"
    let found = try await run([
      try await compile("rpath", body, ["-L\(folder.path)", "-lhidden", "-Wl,-rpath,\(folder.path)"])
    ])
    #expect(found.status == 0, "\(found.output)\(found.errors)")
    let named = try await run([try await compile("named", body, [library])])
    #expect(named.status == 128 && named.errors.contains("the guest mounts a file system over that"), "\(named)")
  }

  @Test func `are refused when they are cut short`() async throws {
    let whole = try await compile("whole", "return 0;")
    let data = try #require(FileManager.default.contents(atPath: whole))
    let short = scratch.url.appending(path: "short")
    try data.prefix(3000).write(to: short)
    let result = try await run([short.path])
    #expect(result.status == 128 && result.errors.contains("is cut short"), "\(result)")
  }

  @Test func `are refused when they are none for the guest`() async throws {
    let script = try scratch.file("script.sh", "#!/bin/sh\nexit 0\n")
    let refused = try await run([script])
    #expect(refused.status == 128)
    #expect(refused.errors.contains("is no program for x86-64"))
    let missing = try await run(["/nowhere/program"])
    #expect(missing.status == 128)
  }

  @Test func `of a folder are a suite: parts, settings, and what is left out`() async throws {
    _ = try await compile(
      "parts", #"puts("TAP version 13\n1..3\nok 1 one\nok 2 two # SKIP no\nok 3 - three"); return 0;"#)
    _ = try await compile("slow", "for (;;) pause();")
    _ = try await compile("skips", "return 4;", ["-static"])
    _ = try await compile("reads", #"return !fopen("data.txt", "r");"#)
    _ = try scratch.file("tests/settings", "timeout=2\n")
    _ = try scratch.file("tests/data.txt", "data\n")
    let script = try scratch.file("tests/helper.sh", "#!/bin/sh\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let result = try await Command.firstbad(
      [
        "suite", "--kernel", try await TestKernels.newest(), "--format", "json", "--exec",
        scratch.url.appending(path: "tests").path,
      ])
    #expect(result.status == 1, "\(result.output)\(result.errors)")
    #expect(result.errors.contains("1 left out as no program for the guest: helper.sh"))
    #expect(!result.errors.contains("data.txt"))
    func line(_ id: String) throws -> String {
      String(try #require(result.output.split(separator: "\n").first { $0.contains(#""probe":"tests.\#(id)""#) }))
    }
    #expect(try line("parts").contains(#""observations":{"one":"ok","three":"ok","two":"skip"}"#))
    #expect(try line("slow").contains(#""outcome":"timeout""#))
    #expect(try line("skips").contains(#""standing":"skip""#))
    #expect(try line("reads").contains(#""verdict":"good""#))
  }

  @Test func `that one before them took away are said to be gone, and cannot tell`() async throws {
    _ = try await compile("a-thief", #"return rename("/exec", "/gone");"#)
    let folder = try await compile("b-gone", "return 0;").dropLast("/b-gone".count)
    let kernel = try await TestKernels.newest()
    let result = try await Command.firstbad(["run", "--kernel", kernel, "--exec", String(folder)])
    #expect(result.status == 125, "\(result)")
    #expect(result.errors.contains("/exec/tests/b-gone cannot be started: No such file or directory"), "\(result)")
  }

  @Test func `that ran and say in the end that something cannot be started, or print too much to keep, cannot tell`()
    async throws
  {
    _ = try await compile("parts", #"puts("not ok 1 - first"); return 127;"#)
    _ = try await compile("prints", #"for (int i = 1; i < 60000; i++) printf("ok %d part of many\n", i); return 0;"#)
    _ = try await compile("noise", #"for (int i = 1; i < 60000; i++) puts("a line that says nothing"); return 0;"#)
    let folder = scratch.url.appending(path: "tests").path
    let pipe = try await Command.host("mkfifo", ["\(folder)/pipe"])
    try #require(pipe.status == 0)
    let result = try await Command.firstbad([
      "suite", "--kernel", try await TestKernels.newest(), "--exec", folder,
    ])
    #expect(result.status == 128, "\(result)")
    #expect(result.output.contains("3 cells: 1 good, 2 untestable."), "\(result.output)")
    #expect(result.output.contains("ended with exit status 127"), "\(result.output)")
    #expect(result.output.contains("bytes are not kept, and results among them"), "\(result.output)")
  }

  @Test func `of a folder that cannot be run are named, and take no other along`() async throws {
    let folder = scratch.url.appending(path: "tests").path
    _ = try await compile("runs", "return 0;")
    let closed = try await compile("closed", "return 0;")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: closed)
    _ = try scratch.file("tests/below/program", "")
    let library = scratch.url.appending(path: "libgone.so").path
    let source = try scratch.file("gone.c", "int gone(void) { return 3; }")
    try #require(try await Command.host("gcc", ["-shared", "-fPIC", source, "-o", library]).status == 0)
    _ = try await compile("lacks", "int gone(void); return gone() != 3;", ["-L\(scratch.url.path)", "-lgone"])
    let made = try await Command.host("sh", ["-c", "cp \(folder)/runs \"\(folder)/$(printf 'odd\\377')\""])
    try #require(made.status == 0, "\(made.errors)")
    let result = try await Command.firstbad([
      "suite", "--kernel", try await TestKernels.newest(), "--exec", folder,
    ])
    // What a library of this machine would have shown is not known; a skip would pass for an answer.
    #expect(result.status == 128, "\(result)")
    for line in [
      "1 left out as not executable: closed", "1 left out as a folder, to be named itself: below",
      "1 left out as of a name that is no UTF-8",
    ] { #expect(result.errors.contains("firstbad: \(line)\n"), "\(result.errors)") }
    #expect(result.output.contains("untestable  configure: \(folder)/lacks needs libgone.so"), "\(result.output)")
    #expect(result.output.contains("2 cells: 1 good, 1 untestable. Not all could be told."), "\(result.output)")
  }
}
