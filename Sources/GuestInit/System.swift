public import VerdictStream

/// An error number of the kernel.
public struct Errno: Error, Equatable, Sendable {
  /// The number, positive.
  public let number: Int32

  /// An errno of this number.
  public init(_ number: Int32) { self.number = number }

  /// No such file or directory: what an absent sysctl and an absent device say.
  public static var noEntry: Errno { Errno(2) }
  /// Device or resource busy: what mounting says where something is mounted already.
  public static var busy: Errno { Errno(16) }
  /// File exists: what mkdir says of a directory that is there.
  public static var exists: Errno { Errno(17) }
  /// Is a directory: what reading a folder says.
  public static var isFolder: Errno { Errno(21) }
  /// Connection timed out: what the shims say when a limit passed.
  public static var timedOut: Errno { Errno(110) }
  /// No such device: what mounting says of a file system that the kernel was built without.
  public static var noDevice: Errno { Errno(19) }
}

/// The kernel that runs, in the words of uname(2).
public struct KernelIdentity: Equatable, Sendable {
  /// `uname -r`
  public var release: Text
  /// `uname -v`
  public var version: Text
  /// `uname -m`
  public var machine: Text

  /// All fields.
  public init(release: Text, version: Text, machine: Text) {
    self.release = release
    self.version = version
    self.machine = machine
  }
}

/// Something that a probe's processes said through the shared arena.
public struct Message: Equatable, Sendable {
  /// What it says.
  public enum Kind: Equatable, Sendable {
    /// Fields: name, decimal number.
    case observedInteger
    /// Fields: name, text.
    case observedText
    /// Fields: name, unit, decimal number.
    case observedQuantity
    /// Fields: name, unit, how many times it was measured, samples as decimal numbers with a blank between.
    case observedSamples
    /// Fields: outcome word, message, check, location, errno name.
    case end
    /// Fields: a sysctl, the text that it had before the probe wrote to it.
    case restore
  }

  /// What it says.
  public var kind: Kind
  /// Its fields.
  public var fields: [Text]

  /// All fields.
  public init(kind: Kind, fields: [Text]) {
    self.kind = kind
    self.fields = fields
  }
}

/// What of the guest a probe's process gets copies of.
public struct Isolation: Equatable, Sendable {
  /// A mount namespace with fresh /tmp, /run and /dev/shm.
  public var mounts = false
  /// A pid namespace.
  public var processes = false
  /// MiB of memory that the probe and its children may have, 0: all there is.
  public var memoryMebibytes = 0
  /// Processes and threads that there may be of it, 0: as many as the guest has room for.
  public var processLimit = 0

  /// Nothing: as by hand.
  public init() {}

  /// What a probe gets in the guest.
  public init(_ probe: ProbeMetadata) {
    mounts = !probe.hasRealMounts
    processes = probe.hasPrivateProcesses
    limit(as: probe)
  }

  /// By hand too: without its limits a probe is not let loose on a machine, and there it skips.
  mutating func limit(as probe: ProbeMetadata) {
    memoryMebibytes = probe.memoryLimitMebibytes
    processLimit = probe.processLimit
  }
}

/// How a process died.
public enum Death: Equatable, Sendable {
  /// It exited with this status.
  case exited(Int)
  /// This signal killed it.
  case signalled(Text)
}

/// What one look for dead processes found.
public enum Reaped: Equatable, Sendable {
  /// This process is dead and gone.
  case process(Int32, Death)
  /// Children live, none is dead.
  case noneYet
  /// There is no child at all.
  case noChildren
}

/// Everything the init wants of the kernel; a test replaces it and fails any call it likes.
///
/// The `Child` of an implementation stands for a probe's main process and its two pipes.
public protocol System {
  /// A running probe.
  associatedtype Child

  /// This process's id; 1 when it is the init.
  var processID: Int32 { get }
  /// Milliseconds of a clock that nobody can set.
  var now: Int { get }
  /// uname(2).
  func identity() throws(Errno) -> KernelIdentity
  /// errno's name, such as `ENOSPC`.
  func name(of errno: Errno) -> Text

  /// mkdir(2), mode 0755.
  mutating func makeDirectory(_ path: Text) throws(Errno)
  /// mount(2).
  mutating func mount(_ mount: Mount) throws(Errno)
  /// mknod(2) of a character device, mode 0600.
  mutating func makeDevice(_ path: Text, major: Int32, minor: Int32) throws(Errno)
  /// unlink(2).
  mutating func remove(_ path: Text) throws(Errno)
  /// At most `limit` bytes of a file.
  func read(_ path: Text, limit: Int) throws(Errno) -> Text
  /// Writes to a file that exists; never creates one.
  mutating func writeExisting(_ path: Text, _ text: Text) throws(Errno)
  /// Opens the kernel's log, and keeps it open.
  mutating func openLog() throws(Errno)
  /// Writes one message to the kernel's log and sees to it that the console shows it.
  mutating func log(_ message: Text)
  /// Makes standard input, output and error this device.
  mutating func openStandard(_ path: Text) throws(Errno)
  /// Brings a network interface up.
  mutating func bringUp(_ interface: Text) throws(Errno)

  /// finit_module(2) of a file, at most for so long. A module that is there already says EEXIST; one on which the
  /// kernel died under the caller says EFAULT; one that is not done at the end of the time says ETIMEDOUT.
  mutating func loadModule(_ path: Text, milliseconds: Int) throws(Errno)

  /// Opens the device that records leave on.
  mutating func openPort(_ path: Text) throws(Errno)
  /// Writes to that device and waits until the bytes are out, with a limit.
  mutating func writePort(_ bytes: [UInt8]) throws(Errno)

  /// How many probes are linked in.
  var probeCount: Int { get }
  /// The metadata text of one of them; nil for an entry that cannot be read.
  func probe(_ index: Int) -> Text?
  /// /proc/sys/kernel/tainted; nil where it cannot be read.
  var taint: Int? { get }
  /// The number of the process or thread that was made last, whoever made it; nil where that is not known.
  var lastProcess: Int32? { get }
  /// Starts a probe in a process of its own.
  mutating func start(_ index: Int, _ isolation: Isolation) throws(Errno) -> Child
  /// By how much the waits of probes are stretched from now on, in hundredths.
  mutating func setPatience(percent: Int)
  /// Moves the init into a fresh network in which lo is up; children are born there.
  mutating func enterNetwork() throws(Errno)
  /// Back into the network that the init came from.
  mutating func leaveNetwork() throws(Errno)
  /// By hand: namespaces in which this process is root and can change nothing of the machine.
  mutating func shelter() throws(Errno)
  /// The process of a child.
  func process(of child: Child) -> Int32
  /// Sleeps until something happens to the child, at most so long.
  func wait(for child: Child, milliseconds: Int)
  /// The next piece of what the child printed, at most so many bytes; empty when there is none now.
  func output(of child: Child, limit: Int) -> Text
  /// Throws away what the child printed since; how many bytes. Returns after a megabyte at the latest, so
  /// that a probe that prints without end does not keep the init from its deadline.
  func discardOutput(of child: Child) -> Int
  /// The next message of the child, or nil when there is none now.
  func nextMessage() -> Message?
  /// Lets the child go on: what it said is on the wire.
  func acknowledgeMessages()
  /// How many processors run.
  var processors: Int { get }
  /// The last line that the child is known to have come to, `file.c:12`, or nothing.
  var reached: Text { get }
  /// How many messages found no room.
  var droppedMessages: Int { get }
  /// Closes the pipe of its output.
  func close(_ child: Child)
  /// Whether probes that change nothing in their mounts shall have them one after another.
  func shareMounts(_ isShared: Bool)
  /// Looks at the shared mounts when all of a child is dead; new ones are made where it changed them. Whether
  /// that was tried.
  func checkMounts() -> Bool
  /// Looks for one dead process, without waiting.
  func reap() -> Reaped
  /// Kills every process but the init; by hand, the child's group and every child.
  func killAll(group: Int32)

  /// Ends the machine's power; returns when the kernel does not know how.
  mutating func powerOff()
}
