import Testing
import VerdictStream

@Suite struct `A text` {
  @Test(arguments: [0, 7, 10, -1, 1234567890, .max, .min] + (0..<50).map { 1 << $0 })
  func `has the digits of a number`(_ number: Int) { #expect(Text(decimal: number) == Text(String(number))) }

  @Test(
    arguments: [
      ("0", 0), ("007", 7), ("-1", -1), ("-0", 0), ("9223372036854775807", Int.max),
      ("-9223372036854775808", Int.min),
    ] as [(Text, Int)])
  func `of decimal digits is a number`(_ text: Text, _ number: Int) { #expect(text.integer == number) }

  @Test(
    arguments: [
      "", "-", "+1", "--1", "1-", " 1", "1 ", "1.0", "0x1", "1\n", "9223372036854775808",
      "-9223372036854775809",
      "99999999999999999999", "\u{0663}",
    ] as [Text])
  func `of anything else is none, and no number wraps around`(_ text: Text) { #expect(text.integer == nil) }

  @Test(
    arguments: [
      ("", .max, [""]), ("=", .max, ["", ""]), ("a=b=c", .max, ["a", "b", "c"]), ("a=b=c", 2, ["a", "b=c"]),
      ("a=b=c", 1, ["a=b=c"]), ("a==", .max, ["a", "", ""]),
    ] as [(Text, Int, [Text])])
  func `is split at every separator, empty pieces kept`(_ text: Text, _ limit: Int, _ pieces: [Text]) {
    #expect(text.split(on: UInt8(ascii: "="), limit: limit) == pieces)
  }

  @Test func `that is not UTF-8 is shown all the same`() {
    #expect(Text([0x61, 0xFF, 0x62]).description == "a\u{FFFD}b")
  }

  @Test func `begins with its prefix, and with the empty one`() {
    let text: Text = "CONFIG_NET"
    #expect(text.hasPrefix("CONFIG_") && text.hasPrefix("") && !text.hasPrefix("CONFIG_NET_"))
  }
}
