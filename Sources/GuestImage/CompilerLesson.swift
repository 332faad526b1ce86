import Foundation

/// What a compiler's message means in a probe, as a remedy.
enum CompilerLesson {
  /// The lesson of the first trouble that is known.
  static func of(_ errors: String, hasKit: Bool) -> String? {
    heading(errors) ?? missing(errors, hasKit) ?? table.first { errors.contains($0.0) }?.1
  }

  private static let table = [
    ("control reaches end of non-void function", "end every path of the probe with PASS(), FAIL(...) or SKIP(...)"),
    ("no return statement in function", "end every path of the probe with PASS(), FAIL(...) or SKIP(...)"),
    (
      " with no value, in function returning non-void",
      "leave a probe with PASS(), FAIL(...) or SKIP(...), not with return"
    ),
    (
      "/bits/ioctl.h:",
      "both musl and the kernel define these: include <linux/...> before <sys/ioctl.h> and <sys/mount.h>"
    ),
    ("OBSERVE takes an integer or a string", "scale the number to an integer, as in microseconds"),
    ("gcc: not found", "install gcc, which musl-gcc calls: apt-get install gcc"),
    ("firstbad/probe.h: No such file", "run 'make guest' again: the kit has lost its headers"),
    (
      "undefined reference to `_swift_stdlib_",
      "Embedded Swift has no Unicode tables: compare texts by checkEqual(a, b) or sameText(a, b), and count their utf8"
    ),
    ("undefined reference to `$s", "Embedded Swift lacks what is named there: use less of the standard library"),
    ("undefined reference to", "the guest is linked with musl and with nothing else"),
  ]

  /// A word that stands in a heading and is none of a heading's.
  private static func heading(_ errors: String) -> String? {
    guard let word = errors.firstMatch(of: /error: expected ',' or ';' before '(\w+)'\n[^\n]*PROBE\(/)?.1 else {
      return nil
    }
    return
      "\(word) is no word of a probe's heading; there are SYSCTL, NEEDS, MODULE, WITH_CPU, WITHOUT_CPU, CPUS, MEMORY_MIB, "
      + "TIMEOUT_MS, TIMEOUT_S, REPEAT, PRIVATE_NETWORK, PRIVATE_PIDS, LIMIT_MEMORY_MIB, LIMIT_PIDS and REAL_MOUNTS"
  }

  /// A name that no header has declared: the header that does, or what was meant.
  private static func missing(_ errors: String, _ hasKit: Bool) -> String? {
    let unknown = /error: (?:implicit declaration of function '(\w+)'|'(\w+)' undeclared)[^\n]*/
    guard let found = errors.firstMatch(of: unknown), let name = found.1 ?? found.2 else { return nil }
    if !hasKit, kit.contains(String(name)) { return "\(name) is a word of the kit: #include <firstbad/kit.h>" }
    // Misspelt words of probe.h; of functions the compiler's guesses are mostly strange.
    if let meant = found.0.firstMatch(of: /did you mean '(\w+)'/)?.1, name == name.uppercased(),
      probeWords.contains(where: meant.hasPrefix)
    {
      return "\(name) is no word of probe.h; \(meant) is"
    }
    if let header = header(with: String(name), isFunction: found.1 != nil) {
      return "\(name) is declared by #include <\(header)>"
    }
    if name.hasPrefix("SYS_") {
      return "this libc is older than the call: include <firstbad/syscalls.h> and say __NR_\(name.dropFirst(4))"
    }
    if name.hasPrefix("__NR_") {
      return "no header here knows the call: #define its number, as the kernel's syscall table has it"
    }
    return found.1 == nil || found.0.contains("did you mean")
      ? nil : "include the header that the function's man page names"
  }

  private static let probeWords = ["CHECK", "REQUIRE", "OBSERVE", "PASS", "FAIL", "SKIP", "PROBE"]

  /// Words of kit.h.
  private static let kit: Set<String> = [
    "temp_folder", "temp_file", "temp_text", "new_mount", "read_text", "read_number", "write_text", "write_errno",
    "sysctl_text", "set_sysctl", "field", "has_word", "at_end", "endpoint", "tcp_listener", "tcp_pair", "udp_pair",
    "unix_pair", "bound_address", "port_of", "socket_option", "set_socket_option", "new_network", "veth_pair",
    "link_address", "move_link", "child", "child_in", "end_of", "new_namespaces", "wait_until", "drop_capability",
    "become_nobody", "same_namespace", "errno_of", "REQUIRE_PATH", "REQUIRE_SYSCALL", "MEASURE", "OBSERVE_SAMPLES",
    "sample", "percentile", "now_ns", "race", "new_steps", "STEP", "await_step",
  ]

  /// Where Debian, and musl itself, keep its headers.
  private static let folders = ["/usr/include/x86_64-linux-musl", "/usr/local/musl/include", "/usr/lib/musl/include"]

  /// The header of the guest's C library that declares a name, `sys/mman.h`; the one with the shortest path.
  static func header(with name: String, isFunction: Bool) -> String? {
    let function = "(?m)^(#define\\s+\(name)\\(|[^#/*].*\\b\(name)\\s*\\()"
    let constant = "(?m)^(#define\\s+\(name)\\b|\\s+\(name)\\b\\s*[,=])"
    guard let folder = folders.first(where: { FileManager.default.fileExists(atPath: $0) }),
      let declaration = try? Regex(isFunction ? function : constant)
    else { return nil }
    let all = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".h") }.sorted { ($0.count, $0) < ($1.count, $1) }
    func text(_ path: String) -> String {
      (try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)) ?? ""
    }
    guard let path = all.first(where: { text($0).contains(name) && text($0).contains(declaration) }) else { return nil }
    // What lies in bits/ is for a header of the same folder tree to include.
    guard path.hasPrefix("bits/") else { return path }
    return all.first { !$0.hasPrefix("bits/") && text($0).contains("#include <\(path)>") }
  }
}
