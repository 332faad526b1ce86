/// The words of `kit.h` that are macros in C. What cannot be had ends the probe with a skip, the reason and its line.

/// A text of C's own making, which is given back.
private func taken(_ text: UnsafeMutablePointer<CChar>?) -> String {
  guard let text else { return "" }
  defer { free(text) }
  return String(cString: text)
}

/// `place.swift:12`, for the functions beneath.
private func place(_ file: StaticString, _ line: Int) -> String {
  let path = UnsafeBufferPointer(start: file.utf8Start, count: file.utf8CodeUnitCount)
  let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path[...]
  return String(decoding: name, as: UTF8.self) + ":\(line)"
}

/// Skips when the kernel has no such file.
public func requirePath(_ path: String, file: StaticString = #fileID, line: Int = #line) {
  fb_require_path(path, place(file, line))
}

/// An empty folder of the probe's own, below /tmp.
public func tempFolder(file: StaticString = #fileID, line: Int = #line) -> String {
  String(cString: fb_temp_folder(place(file, line)))
}

/// An empty file of the probe's own, open for reading and writing, without a name.
public func tempFile(file: StaticString = #fileID, line: Int = #line) -> Int32 { fb_temp_file(place(file, line)) }

/// Path of a file in a new folder, with this text in it.
public func tempText(_ text: String, file: StaticString = #fileID, line: Int = #line) -> String {
  String(cString: fb_temp_text(text, place(file, line)))
}

/// Path of a fresh file system of this type.
public func newMount(
  _ type: String, _ options: String = "", file: StaticString = #fileID, line: Int = #line
) -> String { String(cString: fb_new_mount(type, options, place(file, line))) }

/// The whole text of a file, without the newline at its end; at most 64 KiB.
public func readText(_ path: String, file: StaticString = #fileID, line: Int = #line) -> String {
  taken(fb_read_text(path, place(file, line)))
}

/// The number at the beginning of a file.
public func readNumber(_ path: String, file: StaticString = #fileID, line: Int = #line) -> Int {
  fb_read_number(path, place(file, line))
}

/// Writes a text to a file that exists; skips when that is refused.
public func writeText(_ path: String, _ text: String, file: StaticString = #fileID, line: Int = #line) {
  fb_write_text(path, text, place(file, line))
}

/// The text of a sysctl, by sysctl(8)'s name.
public func sysctlText(_ name: String, file: StaticString = #fileID, line: Int = #line) -> String {
  taken(fb_sysctl_text(name, place(file, line)))
}

/// Sets a sysctl in the middle of a probe; the init puts the old value back.
public func setSysctl(_ name: String, _ value: String, file: StaticString = #fileID, line: Int = #line) {
  fb_set_sysctl(name, value, place(file, line))
}

/// The value that stands behind this word and its colon or blanks.
public func field(_ path: String, _ word: String, file: StaticString = #fileID, line: Int = #line) -> String {
  taken(fb_field(path, word, place(file, line)))
}

/// Text and port as an address, v4 or v6.
public func endpoint(_ text: String, _ port: Int32, file: StaticString = #fileID, line: Int = #line) -> address {
  fb_endpoint(text, port, place(file, line))
}

/// Two TCP sockets, connected over 127.0.0.1.
public func tcpPair(file: StaticString = #fileID, line: Int = #line) -> pair { fb_tcp_pair(place(file, line)) }

/// Two UDP sockets on 127.0.0.1, connected to each other.
public func udpPair(file: StaticString = #fileID, line: Int = #line) -> pair { fb_udp_pair(place(file, line)) }

/// A socketpair(2) of AF_UNIX.
public func unixPair(_ type: Int32, file: StaticString = #fileID, line: Int = #line) -> pair {
  fb_unix_pair(type, place(file, line))
}

/// The address that a socket is bound to.
public func boundAddress(_ socket: Int32, file: StaticString = #fileID, line: Int = #line) -> address {
  fb_bound_address(socket, place(file, line))
}

/// Moves the calling process into a network of its own in which lo is up.
public func newNetwork(file: StaticString = #fileID, line: Int = #line) { fb_new_network(place(file, line)) }

/// Two ends of a cable, as links of these names in this network.
public func vethPair(_ left: String, _ right: String, file: StaticString = #fileID, line: Int = #line) {
  fb_veth_pair(left, right, place(file, line))
}

/// Gives a link an IPv4 address and brings it up.
public func linkAddress(
  _ link: String, _ address: String, _ prefix: Int32, file: StaticString = #fileID, line: Int = #line
) { fb_link_address(link, address, prefix, place(file, line)) }

/// Moves a link into the network of another process.
public func moveLink(_ link: String, _ process: pid_t, file: StaticString = #fileID, line: Int = #line) {
  fb_move_link(link, process, place(file, line))
}

/// A child, in new namespaces when flags of clone(2) are named: 0 in the child, its number in the probe.
public func child(in namespaces: Int32 = 0, file: StaticString = #fileID, line: Int = #line) -> pid_t {
  fb_child_fork(namespaces, place(file, line))
}

/// The exit status of a child, or minus the signal; it is killed at the deadline, and the probe skips.
public func end(
  of process: pid_t, within milliseconds: Int32, file: StaticString = #fileID, line: Int = #line
) -> Int32 { fb_end_of(process, milliseconds, place(file, line)) }

/// What becomes of a child within so many milliseconds: `exited-3`, `killed-SIGTERM`, `stopped-SIGSTOP`, `continued`, or
/// `nothing`.
public func event(
  of process: pid_t, within milliseconds: Int32, file: StaticString = #fileID, line: Int = #line
) -> String { String(cString: fb_event_of(process, milliseconds, place(file, line))) }

/// Whether two processes (0: this one) are in one namespace of a kind, such as `time`.
public func sameNamespace(
  _ one: pid_t, _ other: pid_t, _ kind: String, file: StaticString = #fileID, line: Int = #line
) -> Bool { fb_same_namespace(one, other, kind, place(file, line)) != 0 }

/// Skips on a kernel without this call: `requireSyscall(__NR_memfd_secret, "memfd_secret")`.
public func requireSyscall(
  _ number: Int32, _ name: String, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  if errno(of: syscall(number, -1, -1, -1, -1, -1, -1), file: file, line: line) == ENOSYS {
    try skip("this kernel has no \(name)()", file: file, line: line)
  }
}

/// Moves the calling process into new namespaces, by the flags of clone(2).
public func newNamespaces(_ flags: Int32, file: StaticString = #fileID, line: Int = #line) {
  fb_new_namespaces(flags, place(file, line))
}

/// Gives a capability up, for this process and its children.
public func dropCapability(_ number: Int32, file: StaticString = #fileID, line: Int = #line) {
  fb_drop_capability(number, place(file, line))
}

/// Becomes a user without rights.
public func becomeNobody(file: StaticString = #fileID, line: Int = #line) { fb_become_nobody(place(file, line)) }

/// A listening TCP socket on a free port of 127.0.0.1, and where it listens.
public func tcpListener(
  backlog: Int32, file: StaticString = #fileID, line: Int = #line
) -> (socket: Int32, place: address) {
  var where_ = address()
  let socket = fb_tcp_listener(backlog, &where_, place(file, line))
  return (socket, where_)
}

/// What the racers run: a function of C takes no closure along.
nonisolated(unsafe) private var course: ((racer) throws(Ending) -> Void)?

/// Calls a block in several threads or processes, again and again, as race() does in C: how many rounds were made
/// together: `race(threads: 4) { (racer) throws(Ending) in ... }`. A check that fails in any fails the probe at once.
@discardableResult
public func race(
  threads: Int32 = 0, processes: Int32 = 0, rounds: Int = 0, milliseconds: Int32 = 0, together: Bool = false,
  file: StaticString = #fileID, line: Int = #line, _ body: @escaping (racer) throws(Ending) -> Void
) -> Int {
  course = body
  let how = fb_race(
    threads: threads, processes: processes, rounds: rounds, milliseconds: milliseconds, together: together ? 1 : 0,
    data: nil)
  return fb_race(
    { racer in
      guard let racer, let course else { return }
      do throws(Ending) { try course(racer.pointee) } catch { end(error) }
    }, how, place(file, line))
}

/// Steps in a given order, for the processes and threads of one probe; made before they are begun.
public func newSteps(file: StaticString = #fileID, line: Int = #line) -> OpaquePointer {
  fb_new_steps(place(file, line))
}

/// Runs the block when the step before it is done, and then says that this one is. Steps count from 1.
public func step(
  _ steps: OpaquePointer, _ number: Int32, file: StaticString = #fileID, line: Int = #line,
  _ body: () throws(Ending) -> Void
) throws(Ending) {
  _ = fb_step_begin(steps, number, place(file, line))
  try body()
  _ = fb_step_end(steps, number)
}

/// Waits until a step is done.
public func awaitStep(_ steps: OpaquePointer, _ number: Int32, file: StaticString = #fileID, line: Int = #line) {
  fb_await_step(steps, number, place(file, line))
}
