/// What a probe says of itself before it runs.
///
/// `PROBE(...)` in probe.h writes it as text, one `key=value` a line, into the ELF section ``section``; the
/// init and the host both read that text with this parser. Documentation/ProbeABI.md is the contract.
public struct ProbeMetadata: Equatable, Sendable {
  /// The ELF section that holds the texts, each ended by a NUL.
  public static var section: Text { "fb_metadata" }

  /// A sysctl that the probe wants set before it runs.
  public struct Sysctl: Equatable, Sendable {
    /// With dots, as sysctl(8) writes it.
    public var name: Text
    /// The text to write.
    public var value: Text

    /// Both.
    public init(name: Text, value: Text) {
      self.name = name
      self.value = value
    }
  }

  /// Unique name: lower-case words and digits, parted by dots and hyphens, such as `net.listen-backlog`.
  public var id = Text()
  /// One line for a list.
  public var summary = Text()
  /// Set in this order; the init puts the old values back afterwards.
  public var sysctls: [Sysctl] = []
  /// Kernel configuration symbols without which the probe cannot tell: `CONFIG_INET`.
  public var configs: [Text] = []
  /// Kernel modules to load before the probe where the kernel has them as such: `overlay`.
  public var modules: [Text] = []
  /// CPU features in QEMU's spelling, with a leading `+` (wanted) or `-` (unwanted).
  public var cpuFeatures: [Text] = []
  /// Number of CPUs wanted, or 0 for the default.
  public var cpus = 0
  /// Memory wanted in MiB, or 0 for the default.
  public var memoryMebibytes = 0
  /// Deadline in milliseconds, or 0 for the plan's.
  public var timeoutMilliseconds = 0
  /// How often it must pass in one boot to be believed.
  public var repeats = 1

  /// A network namespace of its own.
  public var hasPrivateNetwork = false
  /// A pid namespace of its own.
  public var hasPrivateProcesses = false
  /// The guest's own mounts instead of a copy.
  public var hasRealMounts = false

  /// MiB of memory that it and its children may have, or 0.
  public var memoryLimitMebibytes = 0
  /// Processes and threads that there may be of it, or 0.
  public var processLimit = 0

  /// Nothing said yet.
  public init() {}

  /// Why a metadata text was refused.
  public struct Malformed: Error, Equatable {
    /// The line that is wrong.
    public let line: Text

    init(line: Text) { self.line = line }
    init(_ line: ArraySlice<UInt8>) { self.line = Text(Array(line)) }
  }

  /// Reads one metadata text.
  public init(parsing text: Text) throws(Malformed) {
    // Line by line in place: the guest reads one of these for each probe.
    var rest = text.bytes[...]
    while !rest.isEmpty {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      if line.isEmpty { continue }
      guard let mark = line.firstIndex(of: UInt8(ascii: "=")) else { throw Malformed(line) }
      try take(line[..<mark], Text(Array(line[(mark + 1)...])), line)
    }
    guard Self.isID(id) else { throw Malformed(line: "id=" + id) }
  }

  private mutating func take(_ key: ArraySlice<UInt8>, _ value: Text, _ line: ArraySlice<UInt8>) throws(Malformed) {
    func number(_ range: ClosedRange<Int>) throws(Malformed) -> Int {
      guard let number = value.integer, range.contains(number) else { throw Malformed(line) }
      return number
    }
    if key.is("id") {
      id = value
    } else if key.is("summary") {
      summary = value
    } else if key.is("sysctl") {
      let pair = value.split(on: UInt8(ascii: "="), limit: 2)
      guard pair.count == 2, !pair[0].isEmpty else { throw Malformed(line) }
      sysctls.append(Sysctl(name: pair[0], value: pair[1]))
    } else if key.is("config") {
      guard value.hasPrefix("CONFIG_") else { throw Malformed(line) }
      configs.append(value)
    } else if key.is("module") {
      guard Self.isModule(value) else { throw Malformed(line) }
      modules.append(value)
    } else if key.is("cpu") {
      guard value.hasPrefix("+") || value.hasPrefix("-"), value.bytes.count > 1 else { throw Malformed(line) }
      cpuFeatures.append(value)
    } else if key.is("cpus") {
      cpus = try number(1...64)
    } else if key.is("memory") {
      memoryMebibytes = try number(32...65_536)
    } else if key.is("timeout") {
      timeoutMilliseconds = try number(1...3_600_000)
    } else if key.is("repeat") {
      repeats = try number(1...1000)
    } else if key.is("limit-memory") {
      memoryLimitMebibytes = try number(1...65_536)
    } else if key.is("limit-pids") {
      processLimit = try number(1...4_194_304)
    } else if key.is("private"), value.is("network") {
      hasPrivateNetwork = true
    } else if key.is("private"), value.is("pids") {
      hasPrivateProcesses = true
    } else if key.is("real"), value.is("mounts") {
      hasRealMounts = true
    } else {
      throw Malformed(line)
    }
  }

  /// Whether a text can be the name of a kernel module: `[A-Za-z0-9_-]+`, at most 55 bytes (MODULE_NAME_LEN).
  public static func isModule(_ text: Text) -> Bool {
    let isSound = text.bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isSound && !text.isEmpty && text.bytes.count <= 55
  }

  /// Whether a text can be a probe's id: `[a-z0-9]+([.-][a-z0-9]+)*`, at most 64 bytes.
  public static func isID(_ text: Text) -> Bool {
    var afterWord = false
    for byte in text.bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): afterWord = true
      case UInt8(ascii: "."), UInt8(ascii: "-"):
        guard afterWord else { return false }
        afterWord = false
      default: return false
      }
    }
    return afterWord && text.bytes.count <= 64
  }
}
