import Foundation
import HostSystem
import TestSupport
import Testing

@Suite struct `A tool` {
  private let shell: Tool

  init() throws { shell = try Tool("sh", remedy: "none") }

  @Test func `is found along PATH, or by its path`() throws {
    #expect(shell.path.hasSuffix("/sh"))
    #expect(try Tool(shell.path, remedy: "none").path == shell.path)
  }

  @Test func `that is not there is a failure with its remedy`() {
    #expect(throws: Failure(.missingTool, "no-such-tool is not installed", remedy: "install it")) {
      try Tool("no-such-tool", remedy: "install it")
    }
  }

  @Test func `is no folder, no file that cannot be run, and not the empty name`() throws {
    let scratch = try Scratch()
    let file = try scratch.file("folder/file", "#!/bin/sh\n")
    for name in [scratch.url.path + "/folder", file.path, scratch.url.path + "/nothing", "", "/"] {
      #expect(Tool.find(name) == nil, "\(name)")
    }
  }

  @Test(arguments: [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 128 + 15), ("kill -KILL $$", 128 + 9)])
  func `ends with its status, or with 128 and its signal`(_ script: String, _ status: Int) async throws {
    #expect(try await shell.run(["-c", script]).status == status)
  }

  @Test func `gives its output and its errors apart`() async throws {
    let result = try await shell.run(["-c", "echo one; echo two >&2; echo three >&2"])
    #expect(result.output == "one\n")
    #expect(result.errors == "two\nthree\n")
    #expect(result.lastWords == "one")
    #expect(try await shell.run(["-c", ":"]).lastWords == "it said nothing")
  }

  @Test func `runs where and with what it is told, and inherits the rest`() async throws {
    let scratch = try Scratch()
    try scratch.file("here")
    let result = try await shell.run(
      ["-c", "ls; echo $WORD; echo ${PATH:+path}"], in: scratch.url.path, environment: ["WORD": "a b"])
    #expect(result.output == "here\na b\npath\n")
  }

  @Test func `runs without a variable that is to be unset`() async throws {
    try #require(ProcessInfo.processInfo.environment["HOME"] != nil)
    let script = "echo ${HOME+home} ${WORD-none}"
    #expect(try await shell.run(["-c", script]).output == "home none\n")
    #expect(try await shell.run(["-c", script], environment: ["HOME": nil, "WORD": nil]).output == "none\n")
  }

  @Test func `that says more than is wanted is an error, and is not cut short`() async throws {
    #expect(try await shell.run(["-c", "echo 12345"], outputLimit: 6).output == "12345\n")
    await #expect(throws: (any Error).self) { try await shell.run(["-c", "echo 123456"], outputLimit: 6) }
  }

  @Test func `that must succeed and does not is a failure with its last words`() async throws {
    #expect(try await shell.succeed(["-c", "echo fine"]).output == "fine\n")
    await #expect(throws: Failure(.toolFailed, "sh failed with status 3: sad")) {
      try await shell.succeed(["-c", "echo sad >&2; exit 3"])
    }
  }
}

@Suite struct `A tool that takes too long` {
  /// Far less than the scripts' own minute, and enough for a machine whose cores other tests hold.
  private let soon = Duration.seconds(50)

  /// Runs a script with a short limit; how long that took.
  private func limited(_ script: String) async throws -> Duration {
    let shell = try Tool("sh", remedy: "none")
    let clock = ContinuousClock()
    let start = clock.now
    await #expect(throws: Failure(.toolFailed, "sh was not done after 0.1 seconds")) {
      try await shell.run(["-c", script], limit: .milliseconds(100))
    }
    return start.duration(to: clock.now)
  }

  @Test func `is ended`() async throws { #expect(try await limited("sleep 60; :") < soon) }

  @Test func `is ended although it does not heed TERM`() async throws {
    #expect(try await limited("trap '' TERM; while :; do sleep 1; done") < soon)
  }

  @Test func `takes the processes that it started with it`() async throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "process").path
    #expect(try await limited("sleep 60 & echo $! > \(file); wait") < soon)
    try await expectDead(file)
  }

  @Test func `takes with it even those that do not heed TERM`() async throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "process").path
    #expect(try await limited("(trap '' TERM; exec sleep 60) & echo $! > \(file); wait") < soon)
    try await expectDead(file)
  }

  /// The process whose number is in the file is gone, or about to be reaped by init.
  private func expectDead(_ file: String) async throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let process = try #require(Int32(text.filter(\.isNumber)))
    for _ in 0..<50 where isAlive(process) { try await Task.sleep(for: .milliseconds(20)) }
    #expect(!isAlive(process))
    if isAlive(process) { kill(process, SIGKILL) }
  }

  private func isAlive(_ process: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return false
    }
    return !status.contains(") Z ")
  }
}
