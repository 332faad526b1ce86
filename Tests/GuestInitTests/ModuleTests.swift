import GuestInit
import Testing
import VerdictStream

@Suite struct `Modules of a plan` {
  private func guest(_ modules: Plan.Module..., metadata: [Text: Text] = [:]) -> Guest {
    var guest = Guest(metadata: metadata)
    guest.plan?.modules = modules
    return guest
  }

  @Test func `are loaded in its order before the first probe, and their files go`() {
    let guest = guest(Plan.Module("libcrc32c"), Plan.Module("xfs"))
    let records = guest.run()
    let calls = guest.system.calls
    let about = calls.filter { $0.hasPrefix("load") || $0.hasPrefix("remove /firstbad.") && $0.hasSuffix(".ko") }
    #expect(
      about == [
        "load /firstbad.libcrc32c.ko 5000", "remove /firstbad.libcrc32c.ko", "load /firstbad.xfs.ko 5000",
        "remove /firstbad.xfs.ko",
      ])
    let last = calls.lastIndex { $0.hasPrefix("load") } ?? .max
    #expect(last < calls.firstIndex { $0.hasPrefix("start") } ?? 0)
    #expect(
      records.setups.filter { $0.step == "module" } == [
        Setup(step: "module", target: "libcrc32c", outcome: .ok), Setup(step: "module", target: "xfs", outcome: .ok),
      ])
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
  }

  @Test func `get as much more time as probes do`() {
    var guest = guest(Plan.Module("xfs"))
    guest.plan?.timeoutPercent = 300
    _ = guest.run()
    #expect(guest.system.calls.contains("load /firstbad.xfs.ko 15000"))
  }

  @Test func `that are there already are no failure`() {
    let guest = guest(Plan.Module("xfs"))
    guest.system.failures["load"] = .exists
    let records = guest.run()
    #expect(records.setup("xfs")?.outcome == .ok)
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
  }

  @Test(arguments: [Errno.noEntry, Errno(8), Errno(14), .noDevice, Errno(22), .timedOut])
  func `of which a required one fails leave every probe unready, none is started, none behind it is tried`(
    _ errno: Errno
  ) {
    let guest = guest(Plan.Module("a"), Plan.Module("b"), Plan.Module("c"))
    guest.system.failures["load /firstbad.b.ko 5000"] = errno
    let records = guest.run()
    let name = guest.system.name(of: errno)
    #expect(records.setup("a")?.outcome == .ok)
    #expect(records.setup("b") == Setup(step: "module", target: "b", outcome: .failed, errno: name))
    #expect(records.setup("c") == nil)
    #expect(records.ends.map(\.outcome) == [.unready, .unready])
    #expect(records.ends.first?.message == "the module b cannot be loaded")
    #expect(records.ends.first?.errno == name)
    #expect(!guest.system.calls.contains { $0.hasPrefix("start") })
    #expect(records.done == Done(planned: 2, ended: 2))
    #expect(guest.system.isPoweredOff)
  }

  @Test func `of which a recommended one fails do no harm, and it is told`() {
    let guest = guest(Plan.Module("crc32c_intel", isRequired: false), Plan.Module("xfs"))
    guest.system.failures["load /firstbad.crc32c_intel.ko 5000"] = .noDevice
    let records = guest.run()
    #expect(records.setup("crc32c_intel")?.outcome == .failed)
    #expect(records.setup("xfs")?.outcome == .ok)
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
  }

  @Test func `of which a recommended one hangs let no probe run, as its process would be found stuck`() {
    let guest = guest(Plan.Module("slow", isRequired: false), Plan.Module("xfs"))
    guest.system.failures["load /firstbad.slow.ko 5000"] = .timedOut
    let records = guest.run()
    #expect(records.setup("xfs") == nil)
    #expect(records.ends.map(\.outcome) == [.unready, .unready])
  }

  @Test func `that the image lacks are a failure like others`() {
    let guest = guest(Plan.Module("xfs"))
    guest.system.failures["load"] = .noEntry
    #expect(guest.run().end(of: "a.one")?.errno == "ENOENT")
  }

  @Test func `whose files cannot be removed are loaded all the same`() {
    let guest = guest(Plan.Module("xfs"))
    guest.system.failures["remove /firstbad.xfs.ko"] = Errno(5)
    #expect(guest.run().ends.map(\.outcome) == [.pass, .pass])
  }

  @Test func `are the host's business where there is a plan: a heading alone loads and refuses nothing`() {
    let guest = guest(metadata: ["a.one": "module=overlay\n"])
    #expect(guest.run().ends.map(\.outcome) == [.pass, .pass])
  }
}

@Suite struct `Without a plan a probe that wants a module` {
  private func guest(_ files: [String: Text] = [:]) -> Guest {
    var guest = Guest(metadata: ["a.one": "module=nf-tables\n"])
    guest.plan = nil
    guest.system.files.merge(files) { $1 }
    return guest
  }

  private func outcome(_ guest: Guest) -> Outcome? { guest.run(nonce: "unplanned").end(of: "a.one")?.outcome }

  @Test func `is not run, and others are`() {
    let records = guest().run(nonce: "unplanned")
    #expect(records.end(of: "a.one")?.outcome == .unready)
    #expect(
      records.end(of: "a.one")?.message
        == "the module nf-tables is not in this kernel, and there is no plan that loads it")
    #expect(records.end(of: "b.two")?.outcome == .pass)
  }

  @Test func `runs where the kernel shows the module`() {
    let guest = guest()
    guest.system.failures["read /sys/module/nf_tables"] = .isFolder
    #expect(outcome(guest) == .pass)
  }

  @Test func `runs where the kernel's list says that it is built in`() {
    #expect(outcome(guest(["/lib/modules/6.1.0/modules.builtin": "kernel/a.ko\nkernel/net/nf-tables.ko\n"])) == .pass)
    #expect(outcome(guest(["/lib/modules/6.1.0/modules.builtin": "kernel/net/xnf-tables.ko\n"])) == .unready)
  }

  @Test(arguments: ["run", "here"] as [Text])
  func `cannot tell on somebody's machine, either`(_ word: Text) {
    let guest = guest()
    var session = ByHand(on: guest.system)
    #expect(session.perform(ByHand<MockSystem>.Request([word, "a.one"])) == 125)
    #expect(!guest.system.calls.contains { $0.hasPrefix("start") || $0.hasPrefix("shelter") })
  }
}
