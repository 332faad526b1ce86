import Testing

@testable import VirtualMachine

@Suite struct `QEMU is called` {
  private let line = CommandLine(
    architecture: .x86_64, accelerator: .tcg, shape: MachineShape(), kernel: "/k/vmlinuz",
    initramfs: "/r/i.cpio",
    console: "/r/console.log")

  @Test func `with two serial ports and nothing else`() {
    let expected = """
      qemu-system-x86_64 -M pc -accel tcg,tb-size=64 -cpu max,enforce,-erms -smp 1 -m 256 -nodefaults -no-user-config \
      -display none -no-reboot -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny \
      -kernel /k/vmlinuz -initrd /r/i.cpio -append 'console=ttyS0 earlyprintk=serial,ttyS0,115200 loglevel=6 \
      printk.devkmsg=on panic=-1 rdinit=/init' -chardev file,id=console,path=/r/console.log \
      -serial chardev:console -chardev stdio,id=records,signal=off -serial chardev:records
      """
    let words = line.arguments.map { $0.contains(" ") ? "'\($0)'" : $0 }
    #expect(([line.architecture.qemu] + words).joined(separator: " ") == expected)
  }

  @Test func `by hand writes to no file and shows both ports`() {
    let text = line.shell(program: "q")
    #expect(!text.contains("/r/console.log"), "the kept console must not be overwritten")
    #expect(text.contains("-chardev stdio,id=console,signal=on -serial chardev:console"))
    #expect(text.contains("-chardev file,id=records,path=/dev/stderr -serial chardev:records"))
  }

  @Test func `with the machine that the probe wants`() {
    var line = line
    line.shape = MachineShape(cpus: 2, memoryMebibytes: 1024, cpuFeatures: ["-pku", "+avx2"])
    line.accelerator = .kvm
    let text = line.shell(program: "q")
    #expect(text.contains(" -accel kvm -cpu max,enforce,+avx2,-pku -smp 2,sockets=2 -m 1024 "))
  }

  @Test func `without what is dear to emulate, unless the probe speaks of it`() {
    var line = line
    line.shape = MachineShape(cpuFeatures: ["+erms", "-pku"])
    #expect(line.shell(program: "q").contains(" -accel tcg,tb-size=64 -cpu max,enforce,+erms,-pku "))
  }

  @Test func `with the user's words last, so that they win`() {
    var line = line
    line.append = ["loglevel=8", "panic=0"]
    #expect(line.kernelArguments.suffix(3) == ["rdinit=/init", "loglevel=8", "panic=0"])
    #expect(line.kernelArguments.contains("panic=-1"))
  }

  @Test func `with what shortens the boot before the user's words`() {
    var line = line
    line.shape.shortcuts = ["cryptomgr.notests"]
    line.append = ["cryptomgr.notests=0"]
    #expect(line.kernelArguments.suffix(2) == ["cryptomgr.notests", "cryptomgr.notests=0"])
  }

  @Test(arguments: [
    ("CONFIG_CRYPTO_USER_API_HASH", false), ("CONFIG_DM_CRYPT", false), ("CONFIG_TLS", false),
    ("CONFIG_INET_ESP", false), ("CONFIG_BIG_KEYS", false), ("CONFIG_CRYPTO_FIPS=n", false), ("CONFIG_INET", true),
    ("CONFIG_MEMCG", true),
  ])
  func `without trying its ciphers, unless the probe is about such`(_ symbol: String, _ isShort: Bool) {
    #expect(BootShortcut.words(forSymbols: ["CONFIG_NET", symbol]).contains("cryptomgr.notests") == isShort)
  }

  @Test func `never with a path's comma taken for an option`() {
    var line = line
    line.console = "/r/a,b/console.log"
    #expect(line.arguments.contains("file,id=console,path=/r/a,,b/console.log"))
  }

  @Test(arguments: [
    ("plain-word_1.0=/,:+@", "plain-word_1.0=/,:+@"), ("two words", "'two words'"), ("it's", "'it'\\''s'"),
    ("", "''"), ("$(reboot)", "'$(reboot)'"), ("a;b", "'a;b'"), ("*", "'*'"),
  ])
  func `by a line that a shell takes as it is meant`(_ word: String, _ quoted: String) {
    #expect(line.shell(program: word).hasPrefix(quoted + " -M "))
  }
}

@Suite struct `A machine` {
  @Test func `is the same however its features are ordered`() {
    #expect(MachineShape(cpuFeatures: ["+b", "-a"]) == MachineShape(cpuFeatures: ["-a", "+b"]))
    #expect(MachineShape() != MachineShape(cpus: 2))
  }

  @Test(arguments: Accelerator.allCases)
  func `has deadlines in the order of the phases`(_ accelerator: Accelerator) {
    let deadlines = Deadlines(for: accelerator)
    #expect(deadlines.firstByte < deadlines.hello)
    #expect(deadlines.grace > deadlines.postMortem)
    #expect(deadlines.timeoutPercent >= 100)
    #expect(deadlines.total == nil)
  }
}
