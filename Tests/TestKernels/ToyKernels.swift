public import Foundation
public import HostSystem

/// A git repository that is configured and built in a second, and whose kernels are real: it understands what a kernel's
/// makefile is told, has a Kconfig of its own in awk, and its images are two of Debian's kernels, of which the older one
/// gives EINVAL where `mm.pkey-alloc-errno` wants ENOSPC. Which one it is hangs on CONFIG_CULPRIT. What was compiled is
/// written behind the image, where nothing looks, as two kernels have never the same bytes in their images. Where `broken`
/// is not empty it does not build with CONFIG_INET, which needs CONFIG_NET.
public struct ToyKernels: Sendable {
  /// The folder of it all.
  public let scratch: Scratch
  /// The repository.
  public var tree: URL { scratch.url.appending(path: "tree") }

  private var finished: URL { scratch.url.appending(path: "finished") }

  /// What a line `PARENT CULPRIT` of `depends` says: CULPRIT takes only with PARENT.
  private static let kconfig = #"""
    /^[^#C ]/ { needs[$2] = $1 }
    /^CONFIG_/ { name = substr($0, 8, index($0, "=") - 8); value[name] = substr($0, index($0, "=") + 1) }
    /^# CONFIG_.* is not set$/ { delete value[substr($2, 8)] }
    END {
      do {
        lost = 0
        for (name in needs) if ((name in value) && !(needs[name] in value)) { delete value[name]; lost = 1 }
      } while (lost)
      for (name in value) if (value[name] != "n") print "CONFIG_" name "=" value[name] | "sort"
    }
    """#

  /// Makes the repository with a first commit, in which both kernels are the good one whatever is configured.
  public init() async throws {
    scratch = try Scratch()
    let kernels = try await TestKernels.all()
    let (old, new) = (kernels[0].image, kernels[kernels.count - 1].image)
    _ = try scratch.file(
      "tree/Makefile",
      """
      VERSION = 6
      PATCHLEVEL = 1
      KCONFIG = awk -f $(CURDIR)/kconfig.awk $(CURDIR)/depends
      allnoconfig:
      \t@$(KCONFIG) $(KCONFIG_ALLCONFIG) > $(O)/$(KCONFIG_CONFIG)
      defconfig:
      \t@cp defaults $(O)/$(KCONFIG_CONFIG)
      olddefconfig:
      \t@$(KCONFIG) $(O)/$(KCONFIG_CONFIG) > $(O)/new && mv $(O)/new $(O)/$(KCONFIG_CONFIG)
      bzImage:
      \t@if grep -q '^CONFIG_BREAKS=y' $(O)/.config && ! grep -q '^CONFIG_MENDS=y' $(O)/.config; then echo 'a.c:1:1: error: it breaks'; exit 1; fi
      \t@if [ -s broken ] && grep -q '^CONFIG_NET=y' $(O)/.config && grep -q '^CONFIG_INET=y' $(O)/.config; then echo 'net/ipv4/tcp.c:1:1: error: it breaks'; exit 1; fi
      \t@sleep 0.3
      \t@if grep -q '^CONFIG_CULPRIT=y' $(O)/.config && [ -s rule ]; then echo old; else echo new; fi > $(O)/which
      \t@if [ "$$(cat $(O)/which)" = old ]; then cp \(old) $(O)/image; else cp \(new) $(O)/image; fi
      \t@cat $(O)/which code >> $(O)/image
      \t@printf 'const char which[] = "%s %s"; void _start(void) {}\\n' "$$(cat $(O)/which)" "$$(cat code)" > $(O)/a.c
      \t@$(CC) -ffreestanding -nostdlib -static -o $(O)/vmlinux $(O)/a.c
      \t@mkdir -p $(O)/arch/x86/boot && mv $(O)/image $(O)/arch/x86/boot/bzImage
      \t@cksum < $(O)/.config >> \(scratch.url.path)/finished

      """)
    _ = try scratch.file("tree/kconfig.awk", Self.kconfig)
    _ = try scratch.file("tree/depends", "PARENT CULPRIT\n")
    _ = try scratch.file("tree/defaults", "CONFIG_PARENT=y\nCONFIG_CULPRIT=y\nCONFIG_DEFAULT=y\n")
    _ = try scratch.file("tree/Kbuild", "obj-$(CONFIG_NET) += net/\n")
    _ = try scratch.file("tree/net/Makefile", "obj-$(CONFIG_INET) += ipv4/\n")
    _ = try scratch.file("tree/net/ipv4/Makefile", "obj-y := tcp.o\n")
    for path in ["broken", "rule"] { _ = try scratch.file("tree/\(path)", "") }
    _ = try scratch.file("tree/code", "1\n")
    _ = try scratch.file(
      "tree/Kconfig",
      "config PARENT\n\tbool \"Parent\"\n\nconfig CULPRIT\n\tbool \"The culprit\"\n\tdepends on PARENT\n")
    _ = try scratch.file("tree/arch/x86/Kconfig", "config X86\n")
    try await git("init", "-q", "-b", "main")
    try await commit("the first")
  }

  /// Commits all that has changed and tags it.
  public func commit(_ subject: String, tag: String? = nil) async throws {
    try await git("add", "-A")
    try await git("commit", "-q", "-m", subject)
    if let tag { try await git("tag", tag) }
  }

  /// Writes a file of the tree.
  public func write(_ path: String, _ text: String) throws { _ = try scratch.file("tree/\(path)", text) }

  private func git(_ arguments: String...) async throws {
    let result = try await Command.host(
      "git", ["-c", "user.name=T", "-c", "user.email=t@example.org"] + arguments, in: tree)
    guard result.status == 0 else { throw Failure(.toolFailed, result.errors) }
  }

  private var environment: [String: String] {
    [
      "XDG_CACHE_HOME": scratch.url.appending(path: "cache").path,
      "XDG_STATE_HOME": scratch.url.appending(path: "state").path,
    ]
  }

  /// Runs `firstbad` in the tree, with caches of this world alone.
  public func firstbad(_ arguments: String...) async throws -> Tool.Result { try await firstbad(arguments) }

  /// The same.
  public func firstbad(_ arguments: [String]) async throws -> Tool.Result {
    try await Command.firstbad(arguments, in: tree, environment: environment)
  }

  /// The same, ended by KILL after a while.
  public func firstbad(_ arguments: [String], killedAfter time: Duration) async throws {
    let program = Process()
    program.executableURL = URL(filePath: Command.program)
    program.arguments = arguments
    program.currentDirectoryURL = tree
    program.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    program.standardError = FileHandle.nullDevice
    program.standardOutput = FileHandle.nullDevice
    try program.run()
    try await Task.sleep(for: time)
    kill(program.processIdentifier, SIGKILL)
    program.waitUntilExit()
  }

  /// The configurations of all builds that came to their end, in order.
  public func builds() -> [String] {
    ((try? String(contentsOf: finished, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }
}
