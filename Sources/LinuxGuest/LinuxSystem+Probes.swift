import CGuest
import GuestInit
import VerdictStream

extension LinuxSystem {
  var probeCount: Int { Int(fb_probe_count()) }

  func probe(_ index: Int) -> Text? {
    guard let metadata = fb_probe_metadata(Int32(index)) else { return nil }
    return Text(c: metadata)
  }

  var taint: Int? {
    let taint = fb_taint()
    return taint < 0 ? nil : Int(taint)
  }

  var lastProcess: Int32? {
    let process = fb_last_process()
    return process < 0 ? nil : Int32(clamping: process)
  }

  func start(_ index: Int, _ isolation: Isolation) throws(Errno) -> fb_child {
    try check(fb_reports_reset())
    var child = fb_child()
    var flags: Int32 = 0
    if isolation.mounts { flags |= Int32(FB_PRIVATE_MOUNTS.rawValue) }
    if isolation.processes { flags |= Int32(FB_PRIVATE_PIDS.rawValue) }
    let limits = fb_limits(
      memory_mebibytes: Int32(clamping: isolation.memoryMebibytes), processes: Int32(clamping: isolation.processLimit))
    try check(fb_child_start(Int32(index), flags, limits, &child))
    return child
  }

  func setPatience(percent: Int) { fb_set_patience(Int32(clamping: percent)) }

  func enterNetwork() throws(Errno) { try check(fb_network_enter()) }

  func leaveNetwork() throws(Errno) { try check(fb_network_leave()) }

  func shelter() throws(Errno) { try check(fb_shelter()) }

  func process(of child: fb_child) -> Int32 { child.process }

  func wait(for child: fb_child, milliseconds: Int) {
    var child = child
    fb_child_wait(&child, Int32(clamping: milliseconds))
  }

  func output(of child: fb_child, limit: Int) -> Text {
    var child = child
    // Read, and not asked whether there is something: a write that failed can leave a piece of no bytes, which has to be
    // read to be gone.
    return withUnsafeTemporaryAllocation(byteCount: limit, alignment: 1) { room in
      let size = fb_child_output(&child, room.baseAddress, limit)
      if size == 0 { return Text() }
      var bytes = [UInt8](repeating: 0, count: size)
      bytes.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[..<size])) }
      return Text(bytes)
    }
  }

  func discardOutput(of child: fb_child) -> Int {
    var child = child
    return Int(fb_child_discard(&child))
  }

  func nextMessage() -> Message? {
    var message = fb_message()
    guard fb_reports_next(&message) == 1 else { return nil }
    let kind: Message.Kind
    switch fb_message_kind(UInt32(message.kind)) {
    case FB_MESSAGE_OBSERVED_INTEGER: kind = .observedInteger
    case FB_MESSAGE_OBSERVED_TEXT: kind = .observedText
    case FB_MESSAGE_OBSERVED_QUANTITY: kind = .observedQuantity
    case FB_MESSAGE_OBSERVED_SAMPLES: kind = .observedSamples
    case FB_MESSAGE_RESTORE: kind = .restore
    default: kind = .end
    }
    let bytes = UnsafeRawBufferPointer(start: message.bytes, count: message.size)
    var fields = Text(Array(bytes)).split(on: 0)
    // Each field ends with a NUL, so the last piece of the split is empty and not a field.
    fields.removeLast()
    return Message(kind: kind, fields: fields)
  }

  func acknowledgeMessages() { fb_reports_acknowledge() }

  var processors: Int { Int(fb_processors()) }

  var reached: Text {
    var place = [CChar](repeating: 0, count: 128)
    fb_reports_place(&place, place.count)
    return place.withUnsafeBufferPointer { Text(c: $0.baseAddress) }
  }

  var droppedMessages: Int { Int(fb_reports_dropped()) }

  func close(_ child: fb_child) {
    var child = child
    fb_child_close(&child)
  }

  func shareMounts(_ isShared: Bool) { fb_mounts_share(isShared ? 1 : 0) }

  func checkMounts() -> Bool { fb_mounts_check() != 0 }

  func reap() -> Reaped {
    var status: Int32 = 0
    let process = fb_reap(&status)
    if process < 0 { return .noChildren }
    if process == 0 { return .noneYet }
    if fb_status_exited(status) != 0 { return .process(process, .exited(Int(fb_status_code(status)))) }
    return .process(process, .signalled(Text(c: fb_signal_name(fb_status_signal(status)))))
  }

  func killAll(group: Int32) { fb_kill_all(group) }
}
