/// System calls that Swift does not see in C's headers, and texts without the Unicode tables.

/// What a call answers: 0, or its errno.
public func errno<Number: FixedWidthInteger>(of returned: Number) -> Int32 {
  hasFailed(returned) ? fb_last_errno() : 0
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

/// Looks again and again until it is so; false when it is not within the time.
public func waitUntil(
  _ milliseconds: Int, _ condition: () throws(Ending) -> Bool
) throws(Ending) -> Bool {
  let limit = now_ns() + Int64(milliseconds) * 1_000_000
  while try !condition() {
    if now_ns() >= limit { return false }
    usleep(1000)
  }
  return true
}
