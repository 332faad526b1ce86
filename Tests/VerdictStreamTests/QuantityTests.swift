import Testing
import VerdictStream

@Suite struct `An observed quantity` {
  @Test(
    arguments: [
      (0, "ns", "0ns"), (7, "ns", "7ns"), (-7, "ns", "-7ns"), (999, "ns", "999ns"), (1000, "ns", "1us"),
      (1234, "ns", "1.23us"), (12_340, "ns", "12.3us"), (123_400, "ns", "123us"), (1_250_000, "ns", "1.25ms"),
      (1_999_999, "ns", "2ms"), (1_049_000, "ns", "1.05ms"), (21_000_000, "ns", "21ms"), (1500, "ms", "1.5s"),
      (90, "s", "90s"), (1, "us", "1us"), (8192, "bytes", "8192bytes"), (8192, "", "8192"),
      (Int.max, "s", "9223372036854775807s"), (Int.min, "ns", "-9223372036854775808ns"),
    ] as [(Int, Text, Text)])
  func `is said as a person would say it`(_ value: Int, _ unit: Text, _ words: Text) {
    #expect(Quantity.words(value, unit) == words)
  }

  @Test func `that was measured is sorted, and its value is the median`() throws {
    let quantity = try #require(Quantity(samples: [5, 1, 4, 2, 3], count: 5, unit: "ms"))
    #expect(quantity.value == 3)
    #expect([0, 1, 20, 50, 99, 100].map(quantity.percentile) == [1, 1, 1, 3, 5, 5])
    #expect(quantity.words == "3ms(p99=5ms,n=5)")
    #expect(Quantity(samples: [2_000_000], count: 1, unit: "ns")?.words == "2ms")
    #expect(Quantity(8, unit: "KiB").words == "8KiB")
  }

  @Test func `is none without a sample, with too many, and with more of them than were measured`() {
    #expect(Quantity(samples: [], count: 0, unit: "") == nil)
    #expect(Quantity(samples: [1, 2], count: 1, unit: "") == nil)
    let many = [Int](repeating: 1, count: RecordLimits.samples + 1)
    #expect(Quantity(samples: many, count: many.count, unit: "") == nil)
    #expect(Quantity(samples: Array(many.dropLast()), count: 1_000_000, unit: "")?.isMeasured == true)
  }

  @Test func `as long as it may be still fits into a line`() throws {
    let samples = [Int](repeating: Int.min, count: RecordLimits.samples)
    let quantity = try #require(
      Quantity(samples: samples, count: Int.max, unit: Text([UInt8](repeating: 1, count: 16))))
    let name = Text([UInt8](repeating: 1, count: RecordLimits.text))
    var writer = RecordWriter(nonce: "n")
    let line = writer.line(
      .observation(
        Observation(probe: Text([UInt8](repeating: 97, count: 70)), name: name, value: .quantity(quantity))))
    #expect(line.count <= RecordLimits.line)
    var reader = RecordReader(nonce: "n")
    // Sequence 0 is as good as any for the form.
    #expect(reader.feed(line).count == 1)
  }
}

@Suite struct `The name of one of several runs` {
  @Test func `is the id and a number, and comes back as it was`() {
    #expect(RunName.all("net.x", times: 1) == ["net.x"])
    #expect(RunName.all("net.x", times: 3) == ["net.x#1", "net.x#2", "net.x#3"])
    #expect(RunName("net.x#12") == RunName("net.x", 12))
    #expect(RunName("net.x") == RunName("net.x", 0))
  }

  @Test(arguments: ["net.x#", "net.x#0", "net.x#-1", "net.x#a", "net.x#1#2"] as [Text])
  func `is no such name with anything else behind the mark`(_ text: Text) {
    #expect(RunName(text) == RunName(text, 0))
  }
}
