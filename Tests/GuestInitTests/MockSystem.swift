import GuestInit
import VerdictStream

/// A kernel made of tables. Any call can be made to fail; every call is written down.
///
/// A class behind a struct's protocol: what the init does to its copy the test can look at afterwards.
final class MockSystem: System {
  typealias Child = Int32

  /// What the init did, in order, one line a call: `mount /proc`, `write /dev/kmsg <5>...`.
  private(set) var calls: [String] = []
  /// Calls that fail, by the same line or its first word, and how.
  var failures: [String: Errno] = [:]
  /// Files and what is in them.
  var files: [String: Text] = [:]
  /// The probes, by metadata, and what each does when it is started.
  var rows: [(metadata: Text?, script: Script)] = []

  /// What happens to the kernel when a probe starts.
  var onStart: (MockSystem) -> Void = { _ in }

  /// What each started probe was kept apart in.
  private(set) var isolations: [Isolation] = []

  /// What the waits of probes are stretched to.
  private(set) var patience = 100

  /// What a look at the shared mounts behind a probe comes to.
  enum Mounts {
    case asTheyWere, renewed
    /// The process that renews them does not come to its end.
    case renewedByWhoHangs
  }
  var mounts = Mounts.asTheyWere

  private(set) var wire: [UInt8] = []
  private(set) var wireAttempts = 0
  private var clock = 0
  private var nextProcess: Int32 = 100
  private var running: Script?
  private var process: Int32 = 0
  private var relayed: [Message] = []
  private var killedAt: Int?
  private var isMainReaped = true
  private var startedAt = 0
  private var helpers = 0
  /// Processes of earlier probes that KILL does not move.
  private var immortals = 0

  var processID: Int32 { 1 }
  var now: Int { clock }
  var isPoweredOff: Bool { calls.last == "power-off" }

  private func note(_ call: String) throws(Errno) {
    calls.append(call)
    let word = String(call.prefix { $0 != " " })
    if let errno = failures[call] ?? failures[word] { throw errno }
  }

  func identity() throws(Errno) -> KernelIdentity {
    if let errno = failures["identity"] { throw errno }
    return KernelIdentity(release: "6.1.0", version: "#1 SMP", machine: "x86_64")
  }

  func name(of errno: Errno) -> Text {
    let names: [Int32: Text] = [
      2: "ENOENT", 5: "EIO", 13: "EACCES", 16: "EBUSY", 17: "EEXIST", 19: "ENODEV", 22: "EINVAL",
      8: "ENOEXEC", 14: "EFAULT", 21: "EISDIR", 110: "ETIMEDOUT",
    ]
    return names[errno.number] ?? "E?"
  }

  func makeDirectory(_ path: Text) throws(Errno) { try note("mkdir \(path)") }
  func mount(_ mount: Mount) throws(Errno) { try note("mount \(mount.target)") }
  func makeDevice(_ path: Text, major: Int32, minor: Int32) throws(Errno) { try note("mknod \(path)") }
  func remove(_ path: Text) throws(Errno) {
    try note("remove \(path)")
    files["\(path)"] = nil
  }

  func read(_ path: Text, limit: Int) throws(Errno) -> Text {
    if let errno = failures["read \(path)"] { throw errno }
    guard let text = files["\(path)"] else { throw .noEntry }
    return Text(Array(text.bytes.prefix(limit)))
  }

  func writeExisting(_ path: Text, _ text: Text) throws(Errno) {
    try note("write \(path) \(text)")
    if let errno = failures["write \(path)"] { throw errno }
    guard files["\(path)"] != nil else { throw .noEntry }
    files["\(path)"] = text
  }

  func loadModule(_ path: Text, milliseconds: Int) throws(Errno) { try note("load \(path) \(milliseconds)") }

  func openLog() throws(Errno) { try note("open log") }

  func log(_ message: Text) { calls.append("log \(message)") }

  func openStandard(_ path: Text) throws(Errno) { try note("standard \(path)") }
  func bringUp(_ interface: Text) throws(Errno) { try note("up \(interface)") }
  func openPort(_ path: Text) throws(Errno) { try note("port \(path)") }

  func writePort(_ bytes: [UInt8]) throws(Errno) {
    wireAttempts += 1
    if let errno = failures["wire"] { throw errno }
    wire += bytes
  }

  func powerOff() { calls.append("power-off") }

  // MARK: - The probe's process

  var probeCount: Int { rows.count }
  func probe(_ index: Int) -> Text? { rows[index].metadata }
  var taint: Int? { files["/proc/sys/kernel/tainted"].flatMap { $0.split(on: UInt8(ascii: "\n"))[0].integer } }

  func setPatience(percent: Int) { patience = percent }
  func enterNetwork() throws(Errno) { try note("enter network") }
  func leaveNetwork() throws(Errno) { try note("leave network") }
  func shelter() throws(Errno) { try note("shelter") }

  func start(_ index: Int, _ isolation: Isolation) throws(Errno) -> Int32 {
    try note("start \(index)")
    isolations.append(isolation)
    let script = rows[index].script
    nextProcess += 1
    process = nextProcess
    running = script
    startedAt = clock
    helpers = script.helpers
    relayed = []
    killedAt = nil
    isMainReaped = false
    onStart(self)
    return process
  }

  func process(of child: Int32) -> Int32 { child }

  /// Time passes here and, as bytes take time, where output is read; nowhere else.
  func wait(for child: Int32, milliseconds: Int) { clock += max(1, min(milliseconds, 10)) }

  func output(of child: Int32, limit: Int) -> Text {
    guard running != nil else { return Text() }
    if let endless = running?.endless {
      clock += 1
      return killedAt == nil ? Text(Array(endless.bytes.prefix(limit))) : Text()
    }
    guard let next = running?.output.first, next.at <= clock - startedAt else { return Text() }
    running?.output.removeFirst()
    if next.text.bytes.count > limit {
      running?.output.insert((next.at, Text(Array(next.text.bytes.dropFirst(limit)))), at: 0)
    }
    return Text(Array(next.text.bytes.prefix(limit)))
  }

  func discardOutput(of child: Int32) -> Int {
    var dropped = 0
    if let endless = running?.endless {
      clock += 1
      return killedAt == nil ? endless.bytes.count : 0
    }
    while let next = running?.output.first, next.at <= clock - startedAt {
      dropped += next.text.bytes.count
      running?.output.removeFirst()
    }
    return dropped
  }

  func nextMessage() -> Message? {
    guard let next = running?.messages.first, next.at <= clock - startedAt else { return nil }
    running?.messages.removeFirst()
    return next.message
  }

  func acknowledgeMessages() { calls.append("acknowledge") }
  var processors = 2

  var reached: Text { running?.reached ?? "" }

  var droppedMessages: Int { running?.dropped ?? 0 }
  func close(_ child: Int32) { calls.append("close") }
  func shareMounts(_ isShared: Bool) { calls.append("share mounts \(isShared)") }
  func checkMounts() -> Bool {
    calls.append("check mounts")
    if mounts == .renewedByWhoHangs { immortals += 1 }
    return mounts != .asTheyWere
  }

  func reap() -> Reaped {
    guard let script = running else { return immortals > 0 ? .noneYet : .noChildren }
    if !isMainReaped {
      if let (at, death) = script.death, at <= clock - startedAt {
        isMainReaped = true
        return .process(process, death)
      }
      if killedAt != nil, !script.isImmortal {
        isMainReaped = true
        return .process(process, .signalled("SIGKILL"))
      }
      return .noneYet
    }
    if helpers > 0 {
      if killedAt == nil { return .noneYet }
      helpers -= 1
      return .process(process + 1000 + Int32(helpers), .signalled("SIGKILL"))
    }
    return immortals > 0 ? .noneYet : .noChildren
  }

  /// As if only the running probe's descendants had been made, and so many others.
  var lastProcess: Int32? { process + Int32(running?.helpers ?? 0) + strangers }
  /// Processes that the kernel started itself.
  var strangers: Int32 = 0

  func killAll(group: Int32) {
    if killedAt == nil {
      calls.append("kill \(group)")
      if running?.isImmortal == true { immortals += 1 }
    }
    killedAt = clock
  }

  // MARK: - What the test asks

  /// The records on the wire, read as the host reads them.
  func records(nonce: Text) -> [Record] {
    var reader = RecordReader(nonce: nonce)
    reader.feed(wire)
    return reader.flaws.isEmpty ? reader.records : []
  }
}

/// What a probe's process does, in milliseconds since its start.
struct Script {
  var output: [(at: Int, text: Text)] = []
  var messages: [(at: Int, message: Message)] = []
  /// How the main process ends; nil for one that runs until it is killed.
  var death: (at: Int, death: Death)?
  /// Processes that it leaves behind.
  var helpers = 0
  /// Not even KILL ends it.
  var isImmortal = false
  /// Printed as fast as it is read.
  var endless: Text?
  /// Messages that found no room.
  var dropped = 0
  var reached: Text = ""

  static func said(_ word: Text, _ message: Text = "", at: Int = 0) -> (at: Int, message: Message) {
    (at, Message(kind: .end, fields: [word, message, "x == 1", "a.c:7", "EINVAL"]))
  }

  /// PASS, and exit with 0.
  static var pass: Script { Script(messages: [said("pass")], death: (1, .exited(0))) }
}
