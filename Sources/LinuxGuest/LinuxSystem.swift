import CGuest
import GuestInit
import VerdictStream

/// The real kernel, through the shims of CGuest.
struct LinuxSystem: System {
  /// Descriptor of the device that records leave on; standard output until one is opened.
  private var port: Int32 = 1
  /// A record of 8 KB leaves in some milliseconds; a host that takes none for so long is gone.
  private static var portMilliseconds: Int32 { 5000 }

  var processID: Int32 { fb_process_id() }
  var now: Int { Int(fb_monotonic_milliseconds()) }

  func identity() throws(Errno) -> KernelIdentity {
    var release = [CChar](repeating: 0, count: 65)
    var version = release
    var machine = release
    try check(fb_identity(&release, &version, &machine))
    return KernelIdentity(release: Text(c: release), version: Text(c: version), machine: Text(c: machine))
  }

  func name(of errno: Errno) -> Text { Text(c: fb_errno_text(errno.number)) }

  func makeDirectory(_ path: Text) throws(Errno) {
    try check(path.withC { fb_make_directory($0) })
  }

  func mount(_ mount: Mount) throws(Errno) {
    // Three strings in one piece: each call of `withC` within another would be one more copy of it in the image.
    let target = mount.type.bytes.count + 1
    let options = target + mount.target.bytes.count + 1
    let words = mount.type + "\0" + mount.target + "\0" + mount.options
    try check(words.withC { fb_mount($0, $0 + target, $0, $0 + options) })
  }

  func makeDevice(_ path: Text, major: Int32, minor: Int32) throws(Errno) {
    try check(path.withC { fb_make_device($0, major, minor) })
  }

  func remove(_ path: Text) throws(Errno) { try check(path.withC { fb_remove($0) }) }

  func read(_ path: Text, limit: Int) throws(Errno) -> Text {
    // No larger than needed: each fresh page costs a fault, which is slow under emulation, as is asking first.
    let told = limit <= 64 ? limit : try check(path.withC { fb_file_size($0) })
    let room = min(limit, told > 0 ? told : 4096)
    var bytes = [UInt8](repeating: 0, count: room)
    let size = try check(
      path.withC { path in bytes.withUnsafeMutableBytes { fb_read_file(path, $0.baseAddress, room) } })
    return Text(Array(bytes.prefix(size)))
  }

  func writeExisting(_ path: Text, _ text: Text) throws(Errno) {
    try check(
      path.withC { path in
        text.bytes.withUnsafeBytes { fb_write_existing(path, $0.baseAddress, $0.count) }
      })
  }

  func openLog() throws(Errno) { try check(fb_log_open("/dev/kmsg")) }

  func log(_ message: Text) {
    // Level 6, as the host boots: notices and all that is worse. A probe may have made the console quiet.
    fb_console_level(6)
    _ = message.bytes.withUnsafeBytes { fb_log_write($0.baseAddress, $0.count) }
  }

  func openStandard(_ path: Text) throws(Errno) { try check(path.withC { fb_open_standard($0) }) }

  func bringUp(_ interface: Text) throws(Errno) { try check(interface.withC { fb_loopback_up($0) }) }

  func loadModule(_ path: Text, milliseconds: Int) throws(Errno) {
    try check(path.withC { fb_module_load($0, Int32(clamping: milliseconds)) })
  }

  mutating func openPort(_ path: Text) throws(Errno) {
    port = Int32(try check(path.withC { fb_port_open($0) }))
  }

  func writePort(_ bytes: [UInt8]) throws(Errno) {
    try check(bytes.withUnsafeBytes { fb_port_write(port, $0.baseAddress, $0.count, Self.portMilliseconds) })
  }

  func powerOff() { fb_power_off() }
}

/// A shim's answer: a value, or -errno.
@discardableResult
func check(_ answer: some BinaryInteger) throws(Errno) -> Int {
  let value = Int(answer)
  if value < 0 { throw Errno(Int32(-value)) }
  return value
}

extension Text {
  /// The bytes up to the NUL.
  init(c string: UnsafePointer<CChar>?) {
    self.init()
    guard let string else { return }
    var size = 0
    while string[size] != 0 { size += 1 }
    bytes = Array(UnsafeRawBufferPointer(start: string, count: size))
  }

  /// The bytes as a C string for the length of a call.
  func withC<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // On the stack: what is allocated for each call is a third of what the init does for a probe.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { room in
      for place in bytes.indices { room.initializeElement(at: place, to: CChar(bitPattern: bytes[place])) }
      room.initializeElement(at: bytes.count, to: 0)
      // It is not empty, so it has an address.
      return body(UnsafePointer(room.baseAddress.unsafelyUnwrapped))
    }
  }
}
