/// What the host asks of the init: which probes, under which nonce and limits, and where to report.
///
/// It travels as a small text file at the root of a second archive appended to the initramfs. Without one
/// the init runs every probe it was built with and reports on the console.
public struct Plan: Equatable, Sendable {
  /// Where the init looks for the plan; it is removed before the first probe runs.
  public static var path: Text { "/firstbad.plan" }

  /// Binds the stream to this run: 32 hexadecimal digits from the host, or `unplanned`.
  public var nonce: Text = "unplanned"
  /// Device for the records, such as `/dev/ttyS1`; empty for the console.
  public var port: Text = ""
  /// Bytes of output kept for each probe.
  public var outputLimit = 65_536
  /// Deadline of probes that name none, in milliseconds.
  public var timeoutMilliseconds = 10_000
  /// Every probe's deadline is multiplied by this, in percent; emulation is slow.
  public var timeoutPercent = 100
  /// Deadline of every probe in milliseconds, whatever it says itself; 0 for what it says.
  public var probeMilliseconds = 0
  /// Probe ids in the order in which to run them; empty for all.
  public var probes: [Text] = []

  /// The plan that is used when there is none: everything, on the console.
  public init() {}

  /// The file's text.
  public var text: Text {
    var text: Text = "firstbad-plan 1\n"
    func row(_ key: Text, _ value: Text) { text.append(key + " " + value + "\n") }
    func number(_ key: Text, _ value: Int) { row(key, Text(decimal: value)) }
    row("nonce", nonce)
    if !port.isEmpty { row("port", port) }
    number("output-limit", outputLimit)
    number("timeout-ms", timeoutMilliseconds)
    number("timeout-percent", timeoutPercent)
    if probeMilliseconds > 0 { number("probe-ms", probeMilliseconds) }
    for probe in probes { row("probe", probe) }
    text.append("end\n")
    return text
  }

  /// Why a plan was refused.
  public struct Malformed: Error, Equatable {
    /// The line that is wrong, or empty when the end is missing.
    public let line: Text
  }

  /// Reads a plan. Any line that is not understood refuses the whole: half a plan is no plan.
  public init(parsing file: Text) throws(Malformed) {
    self.init()
    var lines = file.split(on: UInt8(ascii: "\n"))[...]
    guard lines.popFirst() == "firstbad-plan 1" else { throw Malformed(line: file.split(on: UInt8(ascii: "\n"))[0]) }
    while let line = lines.popFirst() {
      if line == "end" { return }
      let parts = line.split(on: UInt8(ascii: " "), limit: 2)
      guard parts.count == 2, !parts[1].isEmpty else { throw Malformed(line: line) }
      try take(parts[0], parts[1], line)
    }
    throw Malformed(line: "")
  }

  private mutating func take(_ key: Text, _ value: Text, _ line: Text) throws(Malformed) {
    func number(_ range: ClosedRange<Int>) throws(Malformed) -> Int {
      guard let number = value.integer, range.contains(number) else { throw Malformed(line: line) }
      return number
    }
    let hour = 3_600_000
    if key == "nonce" {
      nonce = value
    } else if key == "port" {
      port = value
    } else if key == "output-limit" {
      outputLimit = try number(0...1_048_576)
    } else if key == "timeout-ms" {
      timeoutMilliseconds = try number(1...hour)
    } else if key == "timeout-percent" {
      timeoutPercent = try number(1...10_000)
    } else if key == "probe-ms" {
      probeMilliseconds = try number(1...24 * hour)
    } else if key == "probe" {
      probes.append(value)
    } else {
      throw Malformed(line: line)
    }
  }
}
