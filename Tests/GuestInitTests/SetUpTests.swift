import GuestInit
import Testing
import VerdictStream

@Suite struct `Setting the guest up` {
  @Test func `mounts, makes devices and brings lo up, in the order of the tables`() {
    let guest = Guest()
    let records = guest.run()
    let mounts = guest.system.calls.filter { $0.hasPrefix("mount ") }
    #expect(mounts == Tables.mounts.map { "mount \($0.target)" })
    #expect(records.setups.map(\.outcome).allSatisfy { $0 == .ok })
    #expect(records.setup("lo") == Setup(step: "interface", target: "lo", outcome: .ok))
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
  }

  @Test func `comes before anything is read, as the plan's own port needs /dev`() {
    let guest = Guest()
    _ = guest.run()
    let port = guest.system.calls.firstIndex(of: "port /dev/ttyS1") ?? 0
    let lastMount = guest.system.calls.lastIndex { $0.hasPrefix("mount ") } ?? .max
    #expect(lastMount < port)
  }

  @Test(arguments: [Errno.noDevice, .noEntry])
  func `an optional mount that the kernel does not know is absent, and no harm`(_ errno: Errno) {
    let guest = Guest()
    guest.system.failures["mount /sys/fs/bpf"] = errno
    let records = guest.run()
    #expect(records.setup("/sys/fs/bpf")?.outcome == .absent)
    #expect(records.setup("/sys/fs/bpf")?.errno == guest.system.name(of: errno))
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
  }

  @Test func `an optional mount that fails otherwise is said to have failed, and the run goes on`() {
    let guest = Guest()
    guest.system.failures["mount /tmp"] = Errno(22)
    let records = guest.run()
    #expect(records.setup("/tmp") == Setup(step: "mount", target: "/tmp", outcome: .failed, errno: "EINVAL"))
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
  }

  @Test func `a mount that is there already is ok`() {
    let guest = Guest()
    guest.system.failures["mount"] = .busy
    let records = guest.run()
    #expect(records.setups.filter { $0.step == "mount" }.allSatisfy { $0.outcome == .ok })
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
  }

  @Test(arguments: [Errno.noDevice, .noEntry, Errno(5), Errno(22)])
  func `a required mount that fails makes every probe unready, and none is started`(_ errno: Errno) {
    let guest = Guest()
    guest.system.failures["mount /proc"] = errno
    let records = guest.run()
    #expect(records.setup("/proc")?.outcome == .failed)
    #expect(records.ends.map(\.outcome) == [.unready, .unready])
    #expect(records.begun.isEmpty)
    #expect(!guest.system.calls.contains { $0.hasPrefix("start") })
    #expect(records.done == Done(planned: 2, ended: 2))
    #expect(guest.system.isPoweredOff)
  }

  @Test func `every failure at once still ends in a whole stream`() {
    let guest = Guest()
    for word in ["mkdir", "mount", "mknod", "up", "standard"] { guest.system.failures[word] = Errno(5) }
    let records = guest.run()
    #expect(records.ends.map(\.outcome) == [.unready, .unready])
    #expect(records.done == Done(planned: 2, ended: 2))
  }

  @Test func `a device that devtmpfs made is not worth a record, one that cannot be made is`() {
    let guest = Guest()
    guest.system.failures["mknod"] = .exists
    guest.system.failures["mknod /dev/ttyS1"] = Errno(5)
    let devices = guest.run().setups.filter { $0.step == "device" }
    #expect(devices == [Setup(step: "device", target: "/dev/ttyS1", outcome: .failed, errno: "EIO")])
  }

  @Test func `a kernel without networking is no fault`() {
    let guest = Guest()
    guest.system.failures["up lo"] = Errno(5)
    let records = guest.run()
    #expect(records.setup("lo")?.outcome == .absent)
    #expect(records.ends.map(\.outcome) == [.pass, .pass])
  }

  @Test func `only /proc is required`() {
    #expect(Tables.mounts.filter(\.required).map(\.target) == ["/proc"])
  }

  @Test func `mounts /proc again when a probe took it away`() {
    let guest = Guest()
    guest.system.files["/proc/uptime"] = nil
    guest.system.files["/proc/sys/kernel/tainted"] = nil
    _ = guest.run()
    #expect(guest.system.calls.filter { $0 == "mount /proc" }.count == 3, "once at first, once before each probe")
  }
}
