import Testing

@testable import Judgement

private func read(_ lines: String...) -> ConsoleReader {
  var reader = ConsoleReader()
  reader.feed(lines.map { $0 + "\n" }.joined().utf8)
  return reader
}

@Suite struct `The console tells` {
  @Test(
    arguments: [
      ("Kernel panic - not syncing: Fatal exception", .dead),
      ("BUG: kernel NULL pointer dereference, address: 0000000000000010", .broken),
      ("BUG: KASAN: slab-out-of-bounds in foo+0x1/0x2", .broken),
      ("kernel BUG at mm/slub.c:305!", .broken),
      ("Kernel BUG at kfree+0x1f/0x80 [verbose debug info unavailable]", .broken), ("Oops: 0000 [#1] SMP PTI", .broken),
      ("Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP", .broken),
      ("general protection fault: 0000 [#1]", .broken), ("Internal error: Oops: 96000004 [#1] SMP", .broken),
      ("Unable to handle kernel paging request at virtual address ffff000", .broken),
      ("WARNING: CPU: 0 PID: 1 at net/core/sock.c:100", .warning),
      ("WARNING: possible circular locking dependency detected", .warning),
      ("UBSAN: shift-out-of-bounds in foo.c:1:2", .warning),
      ("INFO: task kworker/0:1:12 blocked for more than 120 seconds.", .warning),
      ("rcu: INFO: rcu_sched self-detected stall on CPU", .warning),
      ("watchdog: BUG: soft lockup - CPU#0 stuck for 22s!", .warning),
      ("BUG: soft lockup - CPU#0 stuck for 22s!", .warning),
      ("BUG: sleeping function called from invalid context at mm/slab.h:1", .warning),
      ("BUG kmalloc-64 (Not tainted): Poison overwritten", .broken),
      ("BUG kmalloc-rnd-05-64 (Tainted: G    B   W  OE     ): Right Redzone overwritten", .broken),
      ("BUG dentry(17:a b.service) (Tainted: G    B     ): Objects remaining on __kmem_cache_shutdown()", .broken),
      ("Slab corruption (Not tainted): kmalloc-64 start=ffff888004c6b000, len=64", .broken),
      ("slab error in verify_redzone_free(): cache `kmalloc-64': double free detected", .broken),
    ] as [(String, KernelEvent.Severity)])
  func `what a kernel says in trouble, and how bad it is`(_ line: String, _ severity: KernelEvent.Severity) {
    for prefix in ["", "[    1.234567] ", "[12345.678901][  T123] ", "[    0.000000][    C0] "] {
      let events = read(prefix + line).events
      #expect(events.map(\.severity) == [severity], "\(prefix)\(line)")
      #expect(events.first?.signature == events.first.map { _ in Masking.signature(line[...]) })
    }
  }

  @Test(arguments: [
    "DEBUG: all is well", "ext4: DEBUG: BUG: is what we look for", "audit: the line said \"BUG: x\"",
    "foo: Kernel panic - not syncing: quoted", "Command line: panic=-1 Oops: no", "bug: lower case",
    "systemd: WARNING: x", "NOWARNING: x", "[drm] BUG: of a driver's own", "",
    "BUG kmalloc-64 is the cache to look at", "BUG report 7 (Not tainted by us): see below", "BUG x (Tainted: ): ",
    "Slab corruption checks are on", "Slab 0xffffea000013 (Not tainted): x", "a BUG kmalloc-8 (Not tainted): quoted",
  ])
  func `nothing by a word in the middle of a line`(_ line: String) {
    #expect(read("[    1.234567] " + line, line).events.isEmpty)
  }

  @Test func `the same of a slab whatever happened to the kernel before`() {
    let reader = read(
      "BUG kmalloc-64 (Not tainted): Poison overwritten",
      "[   17.0] BUG kmalloc-64 (Tainted: G    B   W        ): Poison overwritten",
      "Slab corruption (Tainted: G    B): dentry start=ffff888004c6b000, len=192")
    #expect(
      reader.events.map(\.signature) == [
        "BUG kmalloc-N: Poison overwritten", "BUG kmalloc-N: Poison overwritten",
        "Slab corruption: dentry start=ADDRESS, len=N",
      ])
  }

  @Test func `which probe ran`() {
    let reader = read(
      "BUG: early", "[    1.0] firstbad: probe net.one", "BUG: one", "[    1.1] firstbad: probe net.two",
      "BUG: two")
    #expect(reader.events.map(\.probe) == [nil, "net.one", "net.two"])
  }

  @Test func `that no probe runs any more, once the init has said so`() {
    let reader = read(
      "firstbad: probe net.one", "firstbad: done", "BUG: in the driver that turns the power off")
    #expect(reader.events.map(\.probe) == [nil])
  }

  @Test func `that a kernel began, and began again`() {
    let reader = read(
      "[    0.000000] Linux version 6.1.0 (b@h)", "x", "[    0.000000] Linux version 6.1.1 (b@h)")
    #expect(reader.banners == 2)
    #expect(reader.banner == "Linux version 6.1.0 (b@h)")
  }

  @Test func `the last thing that was said`() {
    #expect(read("one", "[    1.0] two", "", "[    1.1] ").lastLine == "[    1.0] two")
  }

  @Test func `that the kernel is dead, but not that it is only broken`() {
    #expect(read("Kernel panic - not syncing: x").isDead)
    #expect(!read("BUG: x", "Oops: y").isDead)
  }

  @Test func `the faulting function, once, and for the event it follows`() {
    let reader = read(
      "RIP: 0010:early+0x1/0x2", "BUG: a", "RIP: 0010:first+0x1/0x2", "RIP: 0033:0x7f00",
      "RIP: 0010:second+0x1/0x2",
      "BUG: b", "pc : third+0x1/0x2")
    #expect(reader.events.map(\.signature) == ["BUG: a in first", "BUG: b in third"])
  }

  @Test func `the same in whatever pieces its bytes come, with CR or without`() {
    let text = "[    1.0] firstbad: probe a.b\r\n[    1.1] BUG: x\r\nKernel panic - not syncing: y\r\n"
    var whole = ConsoleReader()
    whole.feed(text.utf8)
    var single = ConsoleReader()
    for byte in text.utf8 { single.feed([byte]) }
    #expect(single.events == whole.events)
    #expect(whole.events.map(\.line) == ["[    1.1] BUG: x", "Kernel panic - not syncing: y"])
    #expect(single.size == text.utf8.count)
  }

  @Test func `no more than a line's first thousand bytes, and goes on behind it`() {
    let reader = read(String(repeating: "x", count: 100_000), "BUG: y")
    #expect(reader.events.count == 1)
    #expect(reader.size == 100_008)
  }

  @Test func `something even where it is no UTF-8`() {
    var reader = ConsoleReader()
    reader.feed([0xFF, 0xFE, 0x0A] + Array("BUG: \u{FF}".utf8) + [0xFF, 0x0A])
    #expect(reader.events.count == 1)
  }
}

@Suite struct `A signature` {
  @Test(arguments: [
    (
      "BUG: unable to handle page fault for address: ffffc90000a7fff8",
      "BUG: unable to handle page fault for address: ADDRESS"
    ),
    ("Oops: 0002 [#1] PREEMPT SMP NOPTI", "Oops: N"),
    ("BUG: KASAN: use-after-free in foo_bar+0x12/0x340", "BUG: KASAN: use-after-free in foo_bar"),
    ("kernel BUG at mm/slub.c:305!", "kernel BUG at mm/slub.c:N!"),
    (
      "INFO: task sh:123 blocked for more than 120 seconds.",
      "INFO: task sh:N blocked for more than N seconds."
    ),
    (
      "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [sh:9]",
      "watchdog: BUG: soft lockup - stuck for Ns! [sh:N]"
    ),
    (
      "WARNING: CPU: 0 PID: 20 at drivers/misc/lkdtm/bugs.c:85 lkdtm_WARNING+0x8/0xb",
      "WARNING: at drivers/misc/lkdtm/bugs.c:N lkdtm_WARNING"
    ),
    (
      "WARNING: drivers/misc/lkdtm/bugs.c:112 at lkdtm_WARNING+0x8/0xb, CPU#0: init/20",
      "WARNING: drivers/misc/lkdtm/bugs.c:N at lkdtm_WARNING"
    ),
    ("Attempted to kill init! exitcode=0x0000000b", "Attempted to kill init! exitcode=ADDRESS"),
    (
      "general protection fault, maybe for address 0x1c: 0000 [#1]",
      "general protection fault, maybe for address 0xN: N"
    ),
  ])
  func `is the same on every boot`(_ line: String, _ signature: String) {
    #expect(Masking.signature(line[...]) == signature)
  }

  @Test func `is short`() {
    #expect(Masking.signature(String(repeating: "word ", count: 100)[...]).count == 160)
  }
}
