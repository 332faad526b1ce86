import Foundation
import VerdictStream

/// A whole run as records, and the file that holds the same run as lines.
struct RecordedRun: Sendable, CustomStringConvertible {
  let file: String
  let nonce: Text
  let records: [Record]

  var description: String { file }

  /// The lines as the writer makes them.
  var written: [UInt8] {
    var writer = RecordWriter(nonce: nonce)
    return records.flatMap { writer.line($0) }
  }

  /// The lines as they stand in Golden.
  func golden() throws -> [UInt8] {
    guard let url = Bundle.module.url(forResource: file, withExtension: "jsonl", subdirectory: "Golden")
    else {
      throw CocoaError(.fileNoSuchFile)
    }
    return [UInt8](try Data(contentsOf: url))
  }

  static let all = [passing, failing, unready, absent, modules, measured]

  static let passing = RecordedRun(
    file: "passing", nonce: "00112233445566778899aabbccddeeff",
    records: [
      hello(nonce: "00112233445566778899aabbccddeeff", planned: 1),
      .setup(Setup(step: "plan", target: "/firstbad.plan", outcome: .ok)),
      .setup(Setup(step: "mount", target: "/proc", outcome: .ok)),
      .probeBegin(ProbeBegin(probe: "net.socket-works", timeoutMilliseconds: 10_000)),
      .probeEnd(end("net.socket-works", .pass, milliseconds: 3) { $0.status = 0 }),
      .done(Done(planned: 1, ended: 1)),
    ])

  static let failing = RecordedRun(
    file: "failing", nonce: "ffeeddccbbaa99887766554433221100",
    records: [
      hello(nonce: "ffeeddccbbaa99887766554433221100", planned: 1),
      .setup(Setup(step: "plan", target: "/firstbad.plan", outcome: .ok)),
      .probeBegin(ProbeBegin(probe: "mm.pkey-alloc-errno", timeoutMilliseconds: 500)),
      .observation(Observation(probe: "mm.pkey-alloc-errno", name: "errno", value: .text("ENOSPC"))),
      .observation(Observation(probe: "mm.pkey-alloc-errno", name: "admitted", value: .integer(-1))),
      .output(Output(probe: "mm.pkey-alloc-errno", text: "trying \"one\"\n\tback\\slash \u{1B}[0m\r\n")),
      .output(Output(probe: "mm.pkey-alloc-errno", text: Text([0, 1, 0x7E, 0x7F, 0x80, 0xC3, 0xA9, 0xFF]))),
      .probeEnd(
        end("mm.pkey-alloc-errno", .fail, milliseconds: 12) {
          $0.message = "28 == 22 is false"
          $0.check = "errno == EINVAL"
          $0.location = "pkey-alloc-errno.c:19"
          $0.errno = "ENOSPC"
          $0.status = 1
          $0.outputDropped = 70_000
          $0.taint = 512
        }),
      .done(Done(planned: 1, ended: 1)),
    ])

  static let unready = RecordedRun(
    file: "unready", nonce: "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
    records: [
      hello(nonce: "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", planned: 2),
      .setup(Setup(step: "plan", target: "/firstbad.plan", outcome: .ok)),
      .probeEnd(
        end("net.listen-backlog", .unready) {
          $0.message = "sysctl net.ipv4.tcp_syncookies cannot be set"
          $0.errno = "ENOENT"
        }),
      .probeBegin(ProbeBegin(probe: "guest.crash", timeoutMilliseconds: 1)),
      .probeEnd(
        end("guest.crash", .crashed) {
          $0.message = "killed by SIGSEGV"
          $0.signal = "SIGSEGV"
        }),
      .done(Done(planned: 2, ended: 2)),
    ])

  static let absent = RecordedRun(
    file: "absent", nonce: "unplanned",
    records: [
      hello(nonce: "unplanned", port: "/dev/console", planned: 0),
      .setup(Setup(step: "plan", target: "/firstbad.plan", outcome: .absent, errno: "ENOENT")),
      .setup(Setup(step: "mount", target: "/sys/fs/bpf", outcome: .absent, errno: "ENODEV")),
      .setup(Setup(step: "device", target: "/dev/ttyS1", outcome: .failed, errno: "EPERM")),
      .setup(Setup(step: "interface", target: "lo", outcome: .absent, errno: "EAFNOSUPPORT")),
      .done(Done(planned: 0, ended: 0)),
    ])

  static let modules = RecordedRun(
    file: "modules", nonce: "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
    records: [
      hello(nonce: "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", planned: 1),
      .setup(Setup(step: "plan", target: "/firstbad.plan", outcome: .ok)),
      .setup(Setup(step: "module", target: "libcrc32c", outcome: .ok)),
      .setup(Setup(step: "module", target: "xfs", outcome: .failed, errno: "ENOEXEC")),
      .probeEnd(
        end("fs.xfs-quota", .unready) {
          $0.message = "the module xfs cannot be loaded"
          $0.errno = "ENOEXEC"
        }),
      .done(Done(planned: 1, ended: 1)),
    ])

  static let measured = RecordedRun(
    file: "measured", nonce: "0123456789abcdef0123456789abcdef",
    records: [
      hello(nonce: "0123456789abcdef0123456789abcdef", planned: 2),
      .probeBegin(ProbeBegin(probe: "time.sleep#1", timeoutMilliseconds: 10_000)),
      .observation(
        Observation(probe: "time.sleep#1", name: "stack", value: .quantity(Quantity(8192, unit: "bytes")))),
      samples("time.sleep#1", "sleep", [21_000_000, 1_050_000, -7, 1_049_000], count: 1000, unit: "ns"),
      .probeEnd(end("time.sleep#1", .pass, milliseconds: 31) { $0.status = 0 }),
      .probeBegin(ProbeBegin(probe: "time.sleep#2", timeoutMilliseconds: 10_000)),
      samples("time.sleep#2", "plain", [3], count: 1, unit: ""),
      .probeEnd(
        end("time.sleep#2", .fail, milliseconds: 30) {
          $0.check = "took < 2"
          $0.location = "sleep.c:12"
          $0.status = 1
        }),
      .done(Done(planned: 2, ended: 2)),
    ])

  private static func samples(_ probe: Text, _ name: Text, _ all: [Int], count: Int, unit: Text) -> Record {
    let value = Quantity(samples: all, count: count, unit: unit).map { Observation.Value.quantity($0) } ?? .text("none")
    return .observation(Observation(probe: probe, name: name, value: value))
  }

  private static func hello(nonce: Text, port: Text = "/dev/ttyS1", planned: Int) -> Record {
    .hello(
      Hello(
        nonce: nonce, initVersion: "0.1.0", release: "6.1.0-37-cloud-amd64",
        version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)", machine: "x86_64", port: port,
        planned: planned))
  }

  private static func end(
    _ probe: Text, _ outcome: Outcome, milliseconds: Int = 0, _ fill: (inout ProbeEnd) -> Void
  ) -> ProbeEnd {
    var end = ProbeEnd(probe: probe, outcome: outcome, durationMilliseconds: milliseconds)
    fill(&end)
    return end
  }
}
