/// One of several runs of a probe in one boot, as plan, records and console name it: `net.x#3`. A probe that is run once is
/// named by its id alone.
public struct RunName: Equatable, Sendable {
  /// The probe's id.
  public let probe: Text
  /// Which of its runs, from 1; 0 where there is only one.
  public let number: Int

  /// Both.
  public init(_ probe: Text, _ number: Int) {
    self.probe = probe
    self.number = number
  }

  /// Reads one. What is no number behind the mark belongs to the name, which no probe then has.
  public init(_ text: Text) {
    guard text.bytes.contains(UInt8(ascii: "#")) else {
      self.init(text, 0)
      return
    }
    let parts = text.split(on: UInt8(ascii: "#"), limit: 2)
    if parts.count == 2, let number = parts[1].integer, number > 0 {
      self.init(parts[0], number)
    } else {
      self.init(text, 0)
    }
  }

  /// The name.
  public var text: Text { number == 0 ? probe : probe + "#" + Text(decimal: number) }

  /// All names of so many runs; one run has no number.
  public static func all(_ probe: Text, times: Int) -> [Text] {
    times <= 1 ? [probe] : (1...times).map { RunName(probe, $0).text }
  }
}
