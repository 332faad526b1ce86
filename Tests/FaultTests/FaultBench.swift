import Foundation
import HostSystem
import TestKernels

/// A row's own place: folders of its own for state, cache and temporary files, so that what it leaves can be
/// counted afterwards.
struct FaultBench: Sendable {
  let scratch: Scratch
  let kernel: String

  init() async throws {
    scratch = try Scratch()
    kernel = try await TestKernels.newest()
    for name in ["state", "cache", "tmp"] { try Places.make(scratch.url.appending(path: name)) }
  }

  func path(_ name: String) -> String { scratch.url.appending(path: name).path }

  var environment: [String: String] {
    ["XDG_STATE_HOME": path("state"), "XDG_CACHE_HOME": path("cache"), "TMPDIR": path("tmp")]
  }

  /// A probe called `test.fault` with this body.
  func probe(_ body: String, attributes: String = "TIMEOUT_S(20)") throws -> String {
    try scratch.file("fault.c", Self.heading + "PROBE(\"test.fault\", \"a fault\", \(attributes))\n{\n\(body)\n}\n")
  }

  static let heading = """
    #include <fcntl.h>
    #include <firstbad/probe.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mount.h>
    #include <sys/reboot.h>
    #include <sys/stat.h>
    #include <sys/time.h>
    #include <sys/wait.h>
    #include <unistd.h>
    static inline void put(const char *path, const char *text)
    {
      int file = REQUIRE_OK(open(path, O_WRONLY));
      REQUIRE_OK(write(file, text, strlen(text)));
      close(file);
    }

    """

  /// `firstbad run --json` on the row's kernel.
  func run(
    _ arguments: [String], kernel: String? = nil, environment: [String: String] = [:]
  ) async throws -> Tool.Result {
    try await Command.firstbad(
      ["run", "--json", "--accel", "tcg", "--kernel", kernel ?? self.kernel] + arguments,
      environment: self.environment.merging(environment) { $1 })
  }

  /// The same under a shell, in which the command is `$run` and a passing probe `$probe`.
  func shell(_ script: String, _ arguments: [String] = ["guest.self-check"]) async throws -> Tool.Result {
    var variables = environment
    variables["firstbad"] = Command.program
    variables["kernel"] = kernel
    variables["tree"] = Command.tree.path
    variables["run"] =
      "\(Command.program) run --json --accel tcg --kernel \(kernel) \(arguments.joined(separator: " "))"
    variables["row"] = scratch.url.path
    return try await Command.host("bash", ["-c", script], environment: variables)
  }

  /// The same in a mount namespace of its own, so that file systems can be mounted over anything.
  func mounts(_ script: String, _ arguments: [String] = ["guest.self-check"]) async throws -> Tool.Result {
    let unshare = getuid() == 0 ? "unshare --mount" : "unshare --user --map-root-user --mount"
    return try await shell("exec \(unshare) bash -c '\(script)'", arguments)
  }

  /// What the row left: processes with its folder on their command line, unfinished work, temporary files.
  func leftovers() -> [String] {
    var left: [String] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] where Int(name) != nil {
      guard let line = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline")) else { continue }
      let words = String(decoding: line.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
      if words.contains(scratch.url.path) { left.append("process \(name): \(words.prefix(120))") }
    }
    for folder in ["cache/firstbad/work", "tmp"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
      left += names.map { "\(folder)/\($0)" }
    }
    return left
  }
}
