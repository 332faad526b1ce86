public import Foundation
public import HostSystem

/// Compiles probes with musl-gcc and links them with the guest library. No Swift tool chain is needed.
public struct ProbeCompiler: Sendable {
  private let kit: Kit
  private let places: Places
  private let compiler: Tool

  /// What the package manager needs to hear.
  public static let remedy = "install it: apt-get install musl-tools gcc"

  /// A compiler with this kit.
  public init(kit: Kit, places: Places) throws(Failure) {
    self.kit = kit
    self.places = places
    compiler = try Tool("musl-gcc", remedy: Self.remedy)
  }

  /// Warnings are errors: a missing result, a wrong format, an assignment for a comparison or a variable that may
  /// be unset each makes a probe say something that it did not see. What is merely unused is let pass.
  static let options = [
    "-std=gnu17", "-D_GNU_SOURCE=", "-Os", "-g0", "-Wall", "-Werror", "-Wno-error=unused-variable",
    "-Wno-error=unused-function", "-Wno-error=unused-but-set-variable", "-Wno-error=misleading-indentation",
    "-Wno-error=array-bounds",
    "-ffunction-sections", "-fdata-sections",
    "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-fno-pie",
  ]

  /// `noseparate-code` saves three pages of padding; the rest drops what no probe uses.
  static let linking = [
    "-static", "-no-pie", "-s", "-Wl,--gc-sections", "-Wl,--build-id=none", "-Wl,-z,noseparate-code",
  ]

  /// For a debugger: the source's lines in their order, and names. Later options win over earlier ones.
  static let debugging = ["-g", "-Og"]

  /// An init with the probes of these C and Swift files; for a debugger it is slower and larger.
  public func image(of sources: [URL], forDebugger: Bool = false) async throws -> GuestImage {
    for source in sources where !FileManager.default.isReadableFile(atPath: source.path) {
      throw Failure(.badInput, "\(source.path) cannot be read", remedy: "check the path of the probe")
    }
    let folder = try WorkFolder.make(in: places)
    let program = folder.url.appending(path: "init")
    let inputs = try await inputs(of: sources, in: folder.url)
    let result = try await compiler.run(
      Self.options + (forDebugger ? Self.debugging : []) + ["-I", kit.headers.path] + inputs.map(\.path)
        + [kit.library.path, "-o", program.path] + Self.linking.filter { !forDebugger || $0 != "-s" },
      // The compiler's own temporary files go where ours are swept.
      environment: ["TMPDIR": folder.url.path, "LC_ALL": "C"], limit: .seconds(300))
    if result.errors.contains("No space left on device") {
      throw Failure(
        .cannotWrite, "\(folder.url.path) cannot be written: No space left on device",
        remedy: "free some space there, or point XDG_CACHE_HOME to another disk")
    }
    guard result.status == 0 else {
      let names = sources.map(\.lastPathComponent).joined(separator: ", ")
      throw Failure(
        .doesNotCompile, "\(names) does not compile:\n\(result.errors)",
        remedy: Self.lesson(result.errors))
    }
    try? FileHandle.standardError.write(contentsOf: Data(result.errors.utf8))
    guard let bytes = try? Data(contentsOf: program) else {
      throw Failure(.cannotWrite, "the compiler left no program in \(folder.url.path)")
    }
    return try GuestImage(program: bytes, from: sources.map(\.lastPathComponent).joined(separator: ", "))
  }

  /// C files as they are; of a Swift file its object, and the C that carries its heading.
  private func inputs(of sources: [URL], in folder: URL) async throws -> [URL] {
    let swift = sources.filter { $0.pathExtension == "swift" }
    guard swift.count <= 1 else {
      throw Failure(
        .usage, "\(swift.map(\.lastPathComponent).joined(separator: ", ")): only one probe of a run may be in Swift",
        remedy: "run them one after the other")
    }
    var inputs = sources.filter { $0.pathExtension != "swift" }
    for source in swift { inputs += try await SwiftProbe(source).compile(kit, in: folder) }
    return inputs
  }

  /// Words of kit.h that were used without it.
  private static func kitLesson(_ errors: String) -> String? {
    let words = [
      "temp_", "new_mount", "read_text", "read_number", "write_text", "write_errno", "sysctl_text", "set_sysctl",
      "field", "at_end", "has_word", "endpoint", "tcp_", "udp_pair", "unix_pair", "bound_address", "socket_option",
      "set_socket_option", "new_network", "veth_pair", "link_address", "move_link", "child", "end_of",
      "new_namespaces", "wait_until", "drop_capability", "become_nobody", "same_namespace", "errno_of",
      "REQUIRE_PATH", "REQUIRE_SYSCALL", "MEASURE", "OBSERVE_SAMPLES", "sample", "percentile", "now_ns", "race",
      "new_steps", "STEP", "await_step",
    ]
    let used = words.contains { errors.contains("implicit declaration of function '\($0)") }
    return used ? "that is a word of the kit: #include <firstbad/kit.h>" : nil
  }

  /// Compiler messages that mean something particular in a probe.
  private static func lesson(_ errors: String) -> String? {
    let table = [
      ("control reaches end of non-void function", "end every path of the probe with PASS(), FAIL(...) or SKIP(...)"),
      ("no return statement in function", "end every path of the probe with PASS(), FAIL(...) or SKIP(...)"),
      (
        " with no value, in function returning non-void",
        "leave a probe with PASS(), FAIL(...) or SKIP(...), not with return"
      ),
      ("'SYS_", "this libc is older than the call: include <firstbad/syscalls.h> and say __NR_name"),
      ("'__NR_", "no header here knows the call: #define its number, as the kernel's syscall table has it"),
      (
        "implicit declaration of function",
        kitLesson(errors) ?? "include the header that the function's man page names"
      ),
      ("OBSERVE takes an integer or a string", "scale the number to an integer, as in microseconds"),
      ("gcc: not found", "install gcc, which musl-gcc calls: apt-get install gcc"),
      ("firstbad/probe.h: No such file", "run 'make guest' again: the kit has lost its headers"),
      ("undefined reference to", "the guest is linked with musl and with nothing else"),
    ]
    return table.first { errors.contains($0.0) }?.1
  }
}
