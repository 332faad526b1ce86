/// System calls that Swift does not see in C's headers, and texts without the Unicode tables.

/// What a call answers: 0, or its errno. What it returns may be kept: `errno(of: keep(&file, open(path, O_RDONLY)))`. A
/// result kept from before has no errno any more, and the probe skips.
public func errno<Number: FixedWidthInteger>(
  of call: @autoclosure () -> Number, file: StaticString = #fileID, line: Int = #line
) -> Int32 {
  fb_clear_errno()
  if !hasFailed(call()) { return 0 }
  let error = fb_last_errno()
  if error == 0 {
    fb_end_text(FB_SKIP, "\(file):\(line)", "errno(of:) takes the call itself, and not what it returned before")
  }
  return error
}

/// Keeps what a call returned, and gives it on.
public func keep<Number: FixedWidthInteger>(_ kept: inout Number, _ returned: Number) -> Number {
  kept = returned
  return returned
}

/// Whether it is -1, as system calls say it.
func hasFailed<Number: FixedWidthInteger>(_ returned: Number) -> Bool { Int(truncatingIfNeeded: returned) == -1 }

/// `ENOSPC` for 28.
public func errnoName(_ number: Int32) -> String { String(cString: fb_errno_name(number)) }

/// Whether two texts have the same bytes.
public func sameText(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

/// open(2).
public func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) -> Int32 { fb_open(path, flags, mode) }

/// fcntl(2).
public func fcntl(_ descriptor: Int32, _ command: Int32, _ argument: Int = 0) -> Int32 {
  fb_fcntl(descriptor, command, argument)
}

/// ioctl(2).
public func ioctl(_ descriptor: Int32, _ request: UInt, _ argument: UnsafeMutableRawPointer? = nil) -> Int32 {
  fb_ioctl(descriptor, request, argument)
}

/// prctl(2).
public func prctl(_ what: Int32, _ a: UInt = 0, _ b: UInt = 0, _ c: UInt = 0, _ d: UInt = 0) -> Int32 {
  fb_prctl(what, a, b, c, d)
}

/// syscall(2): `syscall(__NR_close_range, 3, 9)`. A pointer is an argument as `Int(bitPattern: pointer)`.
public func syscall(
  _ number: Int32, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
) -> Int {
  fb_syscall(Int(number), a, b, c, d, e, f)
}

/// bind(2) to an address of the kit: what SOCKADDR is for in C.
public func bind(_ socket: Int32, to place: address) -> Int32 { fb_bind(socket, place) }

/// connect(2) to an address of the kit.
public func connect(_ socket: Int32, to place: address) -> Int32 { fb_connect(socket, place) }

/// sendto(2) of these bytes to an address of the kit.
public func send(_ socket: Int32, _ bytes: [UInt8], to place: address, flags: Int32 = 0) -> Int {
  fb_send_to(socket, bytes, bytes.count, flags, place)
}

/// poll(2) of one descriptor: what happened, 0 when nothing did within the time, -1 when the call failed.
public func poll(_ descriptor: Int32, for events: Int32, milliseconds: Int32) -> Int32 {
  var one = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
  let count = poll(&one, 1, milliseconds)
  return count > 0 ? Int32(one.revents) : count
}

/// Looks once a millisecond until it is so; false when it is not within the time, which is three times as long under
/// emulation. Where the block has several lines it says `{ () throws(Ending) in ... }`.
public func waitUntil(
  _ milliseconds: Int, _ condition: () throws(Ending) -> Bool
) throws(Ending) -> Bool {
  let limit = fb_limit_of(Int64(milliseconds))
  while try !condition() {
    if fb_now_ms() >= limit { return false }
    usleep(1000)
  }
  return true
}

// MARK: - What wait(2) tells: macros in C

/// Whether it ended by itself.
public func WIFEXITED(_ status: Int32) -> Bool { status & 0x7f == 0 }
/// Its exit status.
public func WEXITSTATUS(_ status: Int32) -> Int32 { status >> 8 & 0xff }
/// Whether a signal killed it.
public func WIFSIGNALED(_ status: Int32) -> Bool { (1...0x7e).contains(status & 0x7f) }
/// The signal.
public func WTERMSIG(_ status: Int32) -> Int32 { status & 0x7f }
/// Whether it was stopped.
public func WIFSTOPPED(_ status: Int32) -> Bool { status & 0xff == 0x7f }
/// By which signal.
public func WSTOPSIG(_ status: Int32) -> Int32 { status >> 8 & 0xff }
/// Whether it was continued.
public func WIFCONTINUED(_ status: Int32) -> Bool { status == 0xffff }
