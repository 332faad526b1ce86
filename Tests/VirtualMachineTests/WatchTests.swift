import Judgement
import Testing
import VerdictStream
import VirtualMachine

/// A run told as a list of what happened when, in seconds since QEMU's start.
private struct Run {
  var watch: Watch
  private var writer = RecordWriter(nonce: "n")

  /// Deadlines of round numbers: 10 s to the first byte, 20 s to hello, 5 s between records, 3 s of grace.
  init(goal: Watch.Goal = .done, total: Double? = nil) {
    var deadlines = Deadlines(for: .kvm)
    (deadlines.firstByte, deadlines.hello, deadlines.record, deadlines.grace) = (10, 20, 5, 3)
    deadlines.total = total
    watch = Watch(nonce: "n", deadlines: deadlines, goal: goal)
  }

  mutating func console(_ text: String, at seconds: Double) {
    watch.takeConsole(Array(text.utf8), at: seconds)
  }

  mutating func record(_ record: Record, at seconds: Double) {
    watch.takeRecords(writer.line(record), at: seconds)
  }

  mutating func hello(at seconds: Double) {
    record(
      .hello(Hello(nonce: "n", initVersion: "", release: "", version: "", machine: "", port: "", planned: 1)),
      at: seconds)
  }

  mutating func begin(timeout: Int, at seconds: Double) {
    record(.probeBegin(ProbeBegin(probe: "a.b", timeoutMilliseconds: timeout)), at: seconds)
  }

  /// Nothing until just before, and this from just after.
  func expect(_ end: RunEnd, after seconds: Double, _ location: SourceLocation = #_sourceLocation) {
    #expect(watch.end(at: seconds - 0.01) == nil, sourceLocation: location)
    #expect(watch.end(at: seconds + 0.01) == end, sourceLocation: location)
  }
}

@Suite struct `A run is given up` {
  @Test func `when no byte comes`() { Run().expect(.deadline(.firmware, seconds: 10), after: 10) }

  @Test func `when no hello comes, counted from the start and not from the first byte`() {
    var run = Run()
    run.console("[    0.0] Linux version 6.1 (x)\n", at: 9)
    run.console("still talking\n", at: 19)
    run.expect(.deadline(.kernel, seconds: 20), after: 20)
  }

  @Test func `when nothing comes after hello`() {
    var run = Run()
    run.hello(at: 4)
    run.expect(.deadline(.`init`, seconds: 5), after: 9)
  }

  @Test func `when a probe is silent beyond its own deadline and some grace`() {
    var run = Run()
    run.hello(at: 1)
    run.begin(timeout: 2000, at: 2)
    run.expect(.deadline(.probe, seconds: 5), after: 7)
  }

  @Test func `when the init is silent behind a probe's end`() {
    var run = Run()
    run.hello(at: 1)
    run.begin(timeout: 60_000, at: 2)
    run.record(.probeEnd(ProbeEnd(probe: "a.b", outcome: .pass)), at: 3)
    run.expect(.deadline(.`init`, seconds: 5), after: 8)
  }

  @Test func `when the whole takes too long, however lively it is`() {
    var run = Run(total: 6)
    run.hello(at: 1)
    run.begin(timeout: 60_000, at: 5.9)
    run.expect(.outOfTime(seconds: 6), after: 6)
  }

  @Test func `two seconds after the kernel died, so that the trace is whole`() {
    var run = Run()
    run.console("Kernel panic - not syncing: x\n", at: 3)
    run.console("more of the trace\nKernel panic - not syncing: y\n", at: 4)
    run.expect(.exited(0), after: 5)
  }

  @Test func `at once when a second kernel begins behind the init`() {
    var run = Run()
    run.console("[    0.0] Linux version 6.1 (x)\n", at: 1)
    run.hello(at: 2)
    #expect(run.watch.end(at: 2) == nil)
    run.console("[    0.0] Linux version 6.1 (x)\n", at: 3)
    #expect(run.watch.end(at: 3) == .reset)
  }

  @Test func `but not when the boot console's text is repeated before it`() {
    var run = Run()
    run.console("[    0.0] Linux version 6.1 (x)\n[    0.1] bootconsole\n[    0.0] Linux version 6.1 (x)\n", at: 1)
    #expect(run.watch.end(at: 1) == nil)
    run.hello(at: 2)
    #expect(run.watch.end(at: 2) == nil)
  }

  @Test func `by records between the console's lines where there is no second port`() {
    var run = Run()
    var writer = RecordWriter(nonce: "n")
    let hello = Hello(nonce: "n", initVersion: "", release: "", version: "", machine: "", port: "", planned: 0)
    run.console("[    1.0] noise\n", at: 1)
    run.watch.takeConsole(writer.line(.hello(hello)), at: 2)
    run.console("[    2.0] more noise\n", at: 2)
    #expect(run.watch.end(at: 2) == nil)
    run.watch.takeConsole(writer.line(.done(Done(planned: 0, ended: 0))), at: 3)
    #expect(run.watch.end(at: 3) == .done)
    #expect(run.watch.reader.records.count == 2)
  }

  // The limit is 32 MiB, which takes seconds to feed, so the watch is told of them.
  @Test func `when the records never stop`() {
    var run = Run()
    run.watch.takeRecords(ClaimedBytes(count: Watch.limits.records), at: 1)
    #expect(run.watch.end(at: 1) == nil)
    run.watch.takeRecords(ClaimedBytes(count: 1), at: 1)
    #expect(run.watch.end(at: 1) == .flooded)
  }
}

/// Whoever runs when the last byte comes is accused of the flood, so it must be its own.
@Suite struct `A probe may write its share` {
  @Test func `whatever those before it wrote`() {
    var run = Run()
    run.hello(at: 1)
    for second in 2...40 {
      run.begin(timeout: 60_000, at: Double(second))
      run.watch.takeRecords(ClaimedBytes(count: Watch.limits.records), at: Double(second))
      #expect(run.watch.end(at: Double(second)) == nil)
      run.record(.probeEnd(ProbeEnd(probe: "a.b", outcome: .pass)), at: Double(second))
    }
    run.begin(timeout: 60_000, at: 41)
    run.watch.takeRecords(ClaimedBytes(count: Watch.limits.records + 1), at: 41)
    #expect(run.watch.end(at: 41) == .flooded)
  }
}

/// Claims a count and yields nothing.
private struct ClaimedBytes: Collection {
  let count: Int
  var startIndex: Int { 0 }
  var endIndex: Int { 0 }
  func index(after index: Int) -> Int { index + 1 }
  subscript(index: Int) -> UInt8 { 0 }
}

@Suite struct `A run goes on` {
  @Test func `for as long as records come`() {
    var run = Run()
    run.hello(at: 1)
    for second in 1...20 {
      run.record(.setup(Setup(step: "mount", target: "/x", outcome: .ok)), at: Double(second) * 4)
      #expect(run.watch.end(at: Double(second) * 4 + 3.9) == nil)
    }
  }

  @Test func `for a probe's own deadline, even one much longer than the silence between records`() {
    var run = Run()
    run.hello(at: 1)
    run.begin(timeout: 60_000, at: 2)
    run.expect(.deadline(.probe, seconds: 63), after: 65)
  }

  @Test func `while a kernel that is only broken still boots`() {
    var run = Run()
    run.console("BUG: x\nOops: 0000\n", at: 3)
    run.expect(.deadline(.kernel, seconds: 20), after: 20)
  }

  @Test func `in spite of a line that is no record`() {
    var run = Run()
    run.watch.takeRecords(Array("login:\n".utf8), at: 15)
    run.expect(.deadline(.firmware, seconds: 10), after: 10)
  }
}

@Suite struct `A run is done` {
  @Test func `at its last record, whatever the clock and the console say`() {
    var run = Run(total: 6)
    run.hello(at: 1)
    run.console("Linux version 1\nLinux version 1\nKernel panic - not syncing: x\n", at: 2)
    run.record(.done(Done(planned: 0, ended: 0)), at: 3)
    #expect(run.watch.end(at: 3) == .done)
    #expect(run.watch.end(at: 1000) == .done)
  }

  @Test func `at the kernel's panic, when that was all that was wanted`() {
    var run = Run(goal: .death)
    run.expect(.deadline(.firmware, seconds: 10), after: 10)
    run.console("Probing EDD (edd=off to disable)... ok\nLinux version 1\n", at: 5)
    #expect(run.watch.end(at: 5) == nil)
    run.console("Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n", at: 6)
    #expect(run.watch.end(at: 6) == .done)
  }

  @Test func `not at the last record of another run`() {
    var run = Run()
    var other = RecordWriter(nonce: "m")
    run.watch.takeRecords(other.line(.done(Done(planned: 0, ended: 0))), at: 1)
    #expect(run.watch.end(at: 1) == nil)
    #expect(run.watch.reader.flaws == [.checksum])
  }
}
