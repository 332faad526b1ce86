import Foundation
import HostSystem
import TestSupport

@testable import KernelBuild

/// A tree that a builder takes for a kernel's and that is built in half a second: two C files, and a hook that does
/// what a test wants. Its Makefile understands the few things that a builder says.
struct ToyTree {
  let scratch: Scratch
  var source: URL { scratch.url.appending(path: "source") }
  var objects: URL { scratch.url.appending(path: "objects") }
  var log: URL { scratch.url.appending(path: "build.log") }

  static let makefile = """
    VERSION = 6
    PATCHLEVEL = 1
    allnoconfig:
    \t@grep -v UNKNOWN $(KCONFIG_ALLCONFIG) > $(O)/$(KCONFIG_CONFIG)
    defconfig:
    \t@echo CONFIG_DEFAULT=y > $(O)/$(KCONFIG_CONFIG)
    olddefconfig:
    \t@grep -v UNKNOWN $(O)/$(KCONFIG_CONFIG) > $(O)/olddefconfig && mv $(O)/olddefconfig $(O)/$(KCONFIG_CONFIG)
    bzImage: $(O)/a.o $(O)/b.o
    \t@O=$(O) sh ./hook.sh
    \t@echo '  LD      vmlinux'
    \t@$(CC) -nostdlib -static -o $(O)/vmlinux $^
    \t@mkdir -p $(O)/arch/x86/boot && cp $(O)/vmlinux $(O)/arch/x86/boot/bzImage
    $(O)/%.o: %.c
    \t@echo '  CC      $*.o'
    \t@$(CC) -ffreestanding -c -o $@ $(CURDIR)/$<

    """

  init() throws {
    scratch = try Scratch()
    try scratch.file("source/Makefile", Self.makefile)
    for path in ["Kbuild", "Kconfig", "arch/x86/Kconfig", "hook.sh"] { try scratch.file("source/\(path)", "") }
    try scratch.file("source/a.c", "int f(void); void _start(void) { f(); }\n")
    try scratch.file("source/b.c", "int f(void) { return 1; }\n")
  }

  func write(_ path: String, _ text: String) throws { try scratch.file("source/\(path)", text) }

  func builder(
    _ recipe: BuildRecipe = BuildRecipe(), jobs: Int = 2, silence: Duration = .seconds(60)
  ) async throws -> KernelBuilder {
    KernelBuilder(recipe, try await ToolChain.find(), jobs: jobs, useCcache: false, silence: silence)
  }

  func build(
    _ recipe: BuildRecipe = BuildRecipe(), isClean: Bool = false, jobs: Int = 2, silence: Duration = .seconds(60),
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) async throws -> BuildOutcome {
    try await builder(recipe, jobs: jobs, silence: silence).build(
      source: source, objects: objects, log: log, isClean: isClean, progress: progress)
  }

  func logText() throws -> String { try String(contentsOf: log, encoding: .utf8) }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: scratch.url.appending(path: path).path)
  }

  /// Waits until the hook has written the process ids of all that it started. Beside all the other tests that may take
  /// long; a hook that never does is an error, as a test that went on would be of something else.
  func started() async throws -> [pid_t] {
    let file = scratch.url.appending(path: "objects/pids")
    for _ in 0..<4000 {
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      if text.hasSuffix("end\n") { return text.split(separator: "\n").compactMap { pid_t($0) } }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Failure(.toolFailed, "the hook of the toy tree did not begin", remedy: "look at its build.log")
  }

  /// Whether one of these processes is alive after the time that a process needs to be gone.
  static func alive(_ processes: [pid_t]) async throws -> [pid_t] {
    var alive = processes
    for _ in 0..<100 where !alive.isEmpty {
      alive = alive.filter { pid in
        // One that has ended and that nobody has waited for is not alive.
        let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return state.map { !$0.contains(") Z ") } ?? false
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    return alive
  }

  /// A hook that starts processes of which one heeds no TERM, tells their ids, and waits.
  static let stubborn = """
    sh -c 'trap "" TERM; echo $$ >> $O/pids; while :; do sleep 1; done' &
    sleep 1000 & echo $! >> $O/pids
    echo $$ >> $O/pids
    echo $PPID >> $O/pids
    sleep 0.3; echo end >> $O/pids
    wait
    """
}
