/// A symbol that every kernel of ours is built with, and why.
struct BootNeed {
  enum Strength {
    /// Without it the guest does not come up or says nothing.
    case needed
    /// Taken where the tree has it; its lack is not spoken of. Old trees lack what became an option later, new ones
    /// what is one no more.
    case wished
  }

  let assignment: BuildRecipe.Assignment
  let strength: Strength
  /// What `allnoconfig` leaves off needs a row only for the other bases.
  let isForTiny: Bool
  /// What a configuration of the user's decides by itself.
  let isForOthers: Bool
  let reason: String

  private init(
    _ symbol: String, _ value: String, _ strength: Strength, tiny: Bool = true, others: Bool = true, _ reason: String
  ) {
    assignment = BuildRecipe.Assignment(symbol, value)
    self.strength = strength
    isForTiny = tiny
    isForOthers = others
    self.reason = reason
  }

  func applies(to base: BuildRecipe.Base) -> Bool {
    switch base {
    case .tiny: isForTiny
    case .defconfig, .file: isForOthers
    case .exact: false
    }
  }

  /// The table. A new need is a row. The order is that of the fragment and decides nothing.
  static let table: [BootNeed] = [
    // The way from the boot loader to the init.
    BootNeed("64BIT", "y", .needed, "guests are x86-64"),
    BootNeed("EXPERT", "y", .wished, "opens the prompts of what is switched off below"),
    BootNeed("PRINTK", "y", .needed, "the console is evidence"),
    BootNeed("EARLY_PRINTK", "y", .wished, "a kernel that dies before its console is up still says why"),
    BootNeed("TTY", "y", .wished, "serial ports are terminals; an option since 3.9"),
    BootNeed("SERIAL_8250", "y", .needed, "ttyS0 is the console, ttyS1 carries the records"),
    BootNeed("SERIAL_8250_CONSOLE", "y", .needed, "console=ttyS0"),
    BootNeed("UNIX98_PTYS", "y", .wished, "the guest contract promises /dev/pts"),
    BootNeed("BLK_DEV_INITRD", "y", .needed, "the guest is an initramfs; it is not compressed, so no RD_ row"),
    BootNeed("BINFMT_ELF", "y", .needed, "the init is an ELF program"),
    BootNeed("PROC_FS", "y", .needed, "the init sets sysctls and reads the kernel's state there"),
    BootNeed("PROC_SYSCTL", "y", .needed, "SYSCTL() of a probe"),
    BootNeed("SYSFS", "y", .wished, "the guest contract: /sys"),
    BootNeed("DEVTMPFS", "y", .wished, "the guest contract: /dev; the init makes the nodes itself where it is not"),
    BootNeed("SHMEM", "y", .wished, "what tmpfs and shared anonymous memory are made of"),
    BootNeed("TMPFS", "y", .wished, "the guest contract: /tmp, /run, /dev/shm"),

    // What a C program takes for granted. Small, and a probe that meets ENOSYS says nothing about its subject.
    BootNeed("MULTIUSER", "y", .wished, "user ids; an option since 4.1"),
    BootNeed("FUTEX", "y", .wished, "every libc waits by it"),
    BootNeed("EPOLL", "y", .wished, "taken for granted by programs"),
    BootNeed("SIGNALFD", "y", .wished, "taken for granted by programs"),
    BootNeed("TIMERFD", "y", .wished, "taken for granted by programs"),
    BootNeed("EVENTFD", "y", .wished, "taken for granted by programs"),
    BootNeed("POSIX_TIMERS", "y", .wished, "time limits in probes; an option since 4.10"),
    BootNeed("HIGH_RES_TIMERS", "y", .wished, "a sleep of a millisecond takes a millisecond"),
    BootNeed("ADVISE_SYSCALLS", "y", .wished, "madvise(2); an option since 3.18"),
    BootNeed("MEMBARRIER", "y", .wished, "taken for granted by programs"),
    BootNeed("FILE_LOCKING", "y", .wished, "flock(2)"),
    BootNeed("NET", "y", .wished, "most behaviours that were ever asked for are the network's"),
    BootNeed("UNIX", "y", .wished, "socketpair(2)"),
    BootNeed("INET", "y", .wished, "TCP and UDP over lo"),
    BootNeed(
      "X86_INTEL_MEMORY_PROTECTION_KEYS", "y", .wished,
      "mm.pkey-alloc-errno cannot tell without it; it costs two files"),
    BootNeed("SYN_COOKIES", "y", .wished, "net.listen-backlog switches them off by their sysctl"),
    BootNeed("BUG", "y", .wished, "without it the kernel does not say that it is broken"),
    BootNeed("KALLSYMS", "y", .wished, "signatures name functions; without it a WARN names an address"),
    BootNeed("RANDOM_TRUST_CPU", "y", .wished, "getrandom(2) does not wait for entropy that a guest never gets"),
    BootNeed("NO_HZ_IDLE", "y", .wished, "a guest that waits does not take the host's processor"),

    // The same code gives the same image, and the boot is short.
    BootNeed("DEBUG_BUGVERBOSE", "n", .wished, "puts __LINE__ into the image: a comment would change it"),
    BootNeed("LOCALVERSION_AUTO", "n", .wished, "puts the commit into the image"),
    BootNeed("RANDOMIZE_BASE", "n", .wished, "two boots of an image are the same boot"),
    BootNeed("STACKPROTECTOR", "n", .wished, "before 5.7 gcc 10 and later make kernels that panic by it"),
    BootNeed("CC_STACKPROTECTOR", "n", .wished, "the same, as it was called until 4.18"),
    BootNeed("WERROR", "n", .wished, "a newer compiler's new warning is no fault of the commit's"),
    BootNeed("UNWINDER_GUESS", "y", .wished, others: false, "the least to build; traces are read for names alone"),
    BootNeed("KERNEL_GZIP", "y", .wished, "gzip is on every host, and is unpacked fast enough"),
    BootNeed("DEBUG_INFO_NONE", "y", .wished, tiny: false, "debug information makes the link ten times longer"),
    BootNeed("DEBUG_INFO", "n", .wished, tiny: false, "the same, before 5.18 made it a choice"),
    BootNeed("DEBUG_INFO_BTF", "n", .wished, tiny: false, "needs pahole on the host"),
    BootNeed("GCC_PLUGINS", "n", .wished, tiny: false, "need the compiler's headers, and one of them a random seed"),
    BootNeed("IKCONFIG", "n", .wished, tiny: false, "puts the configuration's text into the image"),
    BootNeed("IKHEADERS", "n", .wished, tiny: false, "puts an archive of the headers into the image"),
    BootNeed("MODULE_SIG", "n", .wished, tiny: false, "a key made anew for each build, by openssl"),
    BootNeed("MODULE_SIG_KEY", "\"\"", .wished, tiny: false, "the same, where lockdown selects MODULE_SIG"),
    BootNeed("SYSTEM_TRUSTED_KEYS", "\"\"", .wished, tiny: false, "distributions name files that only they have"),
    BootNeed("SYSTEM_REVOCATION_KEYS", "\"\"", .wished, tiny: false, "distributions name files that only they have"),
  ]

  /// Wished rows of what programs take for granted, which give way where a person's configuration says otherwise and
  /// it is the configuration that is in question. What the guest contract promises, what the image must be free of and
  /// what a choice hangs on is not among them: that gives way only where two configurations in question differ in it.
  static let yielding: Set<String> = Set(
    [
      "MULTIUSER", "FUTEX", "EPOLL", "SIGNALFD", "TIMERFD", "EVENTFD", "POSIX_TIMERS", "HIGH_RES_TIMERS",
      "ADVISE_SYSCALLS", "MEMBARRIER", "FILE_LOCKING", "NET", "UNIX", "INET", "X86_INTEL_MEMORY_PROTECTION_KEYS",
      "SYN_COOKIES", "BUG", "RANDOM_TRUST_CPU",
    ].map { "CONFIG_\($0)" })

  /// Wished rows that give way to nobody but the user's own word, not even where two configurations differ in them. Of these a
  /// distribution asks for what only its own build hosts have, so that the kernel does not build after an hour, or is another
  /// one each time: pahole, keys, plugins, archivers, a compiler without new warnings.
  static let ofTheHost: Set<String> = Set(
    [
      "DEBUG_INFO_NONE", "DEBUG_INFO", "DEBUG_INFO_BTF", "GCC_PLUGINS", "IKHEADERS", "KERNEL_GZIP", "LOCALVERSION_AUTO",
      "MODULE_SIG", "MODULE_SIG_KEY", "SYSTEM_TRUSTED_KEYS", "SYSTEM_REVOCATION_KEYS", "WERROR",
    ].map { "CONFIG_\($0)" })

  /// Rows that give way when one of these is asked for: of a choice only one can be had.
  static let alternatives = [
    "CONFIG_UNWINDER_GUESS": ["CONFIG_UNWINDER_ORC", "CONFIG_UNWINDER_FRAME_POINTER"],
    "CONFIG_NO_HZ_IDLE": ["CONFIG_NO_HZ_FULL", "CONFIG_HZ_PERIODIC"],
    "CONFIG_KERNEL_GZIP": ["BZIP2", "LZMA", "XZ", "LZO", "LZ4", "ZSTD"].map { "CONFIG_KERNEL_\($0)" },
    "CONFIG_DEBUG_INFO_NONE": debugInfo + ["CONFIG_DEBUG_INFO"],
    "CONFIG_DEBUG_INFO": debugInfo,
  ]

  private static let debugInfo = ["DWARF4", "DWARF5", "DWARF_TOOLCHAIN_DEFAULT"].map { "CONFIG_DEBUG_INFO_\($0)" }
}
