/// Reads a guest's console as it comes: bytes in, phases and kernel events out. Pure.
///
/// A probe's own output never stands here: the init captures it. What a probe writes to /dev/console or
/// /dev/kmsg by itself does, and cannot be told from the kernel's and the init's.
public struct ConsoleReader: Sendable {
  /// What begins the mark that the init leaves on the console before each probe.
  public static let probeMark = "firstbad: probe "
  /// The mark behind the last probe.
  public static let doneMark = "firstbad: done"

  /// Bytes seen.
  public private(set) var size = 0
  /// How often a kernel began: more than once means a reset.
  public private(set) var banners = 0
  /// The banner of the first kernel, `Linux version ...`.
  public private(set) var banner: String?
  /// Events in the order of the console.
  public private(set) var events: [KernelEvent] = []
  /// The last complete line that is not empty; what a silent guest said last.
  public private(set) var lastLine = ""

  /// Events that were too many to keep: warnings beyond the thousandth.
  public private(set) var eventsDropped = 0
  /// The probes whose mark was seen: events can be told to be theirs.
  public private(set) var marked: Set<String> = []
  /// True once the init said that it ran all there was to run.
  public private(set) var isFinished = false

  private var partial: [UInt8] = []
  /// The first event whose place is not known yet.
  private var unplaced = 0
  private var probe: String?

  /// Nothing read yet.
  public init() {}

  /// True once the kernel has said that it stopped.
  public var isDead: Bool { events.contains { $0.severity == .dead } }

  /// Takes the next bytes, in pieces of any size.
  public mutating func feed(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      size += 1
      if byte == UInt8(ascii: "\n") {
        take(String(decoding: partial, as: UTF8.self))
        partial.removeAll(keepingCapacity: true)
      } else if partial.count < 1024, byte != UInt8(ascii: "\r") {
        partial.append(byte)
      }
    }
  }

  private mutating func take(_ line: String) {
    let message = Masking.message(of: line[...])
    guard !message.isEmpty else { return }
    lastLine = line
    if message.hasPrefix("Linux version ") {
      banners += 1
      if banner == nil { banner = String(message) }
    } else if message.hasPrefix(Self.probeMark) {
      let name = String(message.dropFirst(Self.probeMark.count))
      probe = name
      marked.insert(name)
    } else if message == Self.doneMark {
      probe = nil
      isFinished = true
    } else if let function = Masking.faultingFunction(message) {
      name(function)
    } else {
      judge(line, message)
    }
  }

  /// A report has one or two head lines ("BUG: ..." and "Oops: ...") and then the place of the fault. Places of
  /// later dumps belong to callers and other CPUs.
  private mutating func name(_ function: Substring) {
    for index in unplaced..<events.count where !events[index].signature.hasSuffix(" \(function)") {
      events[index].signature += " in \(function)"
    }
    unplaced = events.count
  }

  private mutating func judge(_ line: String, _ message: Substring) {
    let isNoise = MessageForm.emulatorNoise.contains { message.contains($0) }
    let form = MessageForm.table.first { $0.matches(message) }
    guard let severity = form?.severity ?? (isNoise ? .warning : nil) else { return }
    // A probe can make the kernel warn without end; what is worse is always kept.
    guard events.count < 1000 || severity > .warning else {
      eventsDropped += 1
      return
    }
    events.append(
      KernelEvent(
        severity: severity, signature: Masking.signature(message), line: line, probe: probe,
        isEmulatorNoise: isNoise))
  }
}
