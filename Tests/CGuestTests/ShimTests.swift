import CGuest
import CGuestFixtures
import Foundation
import Testing

/// What came through the arena: kind and fields.
private func messages() -> [(kind: Int32, fields: [String])] {
  var found: [(Int32, [String])] = []
  var message = fb_message()
  while fb_reports_next(&message) == 1 {
    let bytes = UnsafeRawBufferPointer(start: message.bytes, count: message.size)
    let fields = bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
    found.append((message.kind, fields.map { String(decoding: $0, as: UTF8.self) }))
  }
  return found
}

// The arena belongs to the process, so one at a time.
@Suite(.serialized) struct `A probe's process` {
  init() { #expect(fb_reports_reset() == 0) }

  @Test func `that passes leaves its observations and its result, and exits with 0`() {
    let status = fixture_run(FIXTURE_PASS)
    let said = messages()
    #expect(fb_status_exited(status) != 0 && fb_status_code(status) == 0)
    #expect(said.map(\.kind) == [1, 2, 3])
    #expect(
      said.map(\.fields) == [["count", "42"], ["word", "ENOSPC"], ["pass", "", "", said[2].fields[3], ""]])
    #expect(said[2].fields[3].hasPrefix("fixtures.c:"))
  }

  @Test func `whose check fails says which, with its values`() {
    let status = fixture_run(FIXTURE_FAIL)
    let said = messages()
    #expect(fb_status_code(status) == 1)
    #expect(said.count == 1)
    #expect(Array(said[0].fields.prefix(3)) == ["fail", "2 == 3 is false", "1 + 1 == 3"])
  }

  @Test func `that skips says why, and does not exit with 0`() {
    let status = fixture_run(FIXTURE_SKIP)
    #expect(fb_status_code(status) == 1)
    #expect(messages().first.map { Array($0.fields.prefix(2)) } == ["skip", "one CPU of 2"])
  }

  @Test func `that crashes leaves what it observed before`() {
    let status = fixture_run(FIXTURE_SEGFAULT)
    #expect(fb_status_exited(status) == 0)
    #expect(String(cString: fb_signal_name(fb_status_signal(status))) == "SIGSEGV")
    #expect(messages().map(\.fields) == [["before", "1"]])
  }

  @Test func `that observes too much loses observations, is told of it, and keeps room for its result`() {
    _ = fixture_run(FIXTURE_FLOOD)
    #expect(fb_reports_dropped() > 0)
    let said = messages()
    #expect(said.count + Int(fb_reports_dropped()) == 5001)
    #expect(said.last?.fields.first == "pass")
    #expect(said.dropLast().map { $0.fields[1] } == (0..<said.count - 1).map { "\($0)" })
  }

  @Test func `of another language says what failed before it ends, by the file's name`() {
    let status = fixture_run(FIXTURE_TEXT)
    #expect(fb_status_code(status) == 1)
    #expect(
      messages().map(\.fields) == [
        ["fail", "100 % of 1 is not 2", "", "probe.swift:7", ""], ["fail", "a check failed", "", "probe.swift:9", ""],
      ])
  }

  /// What it said, or scribbled, lies there still.
  @Test(arguments: [FIXTURE_FLOOD, FIXTURE_SCRIBBLE])
  func `is not taken to have said what the one before it said`(_ before: fixture) {
    _ = fixture_run(before)
    #expect(fb_reports_reset() == 0)
    #expect(messages().isEmpty)
    #expect(fb_reports_dropped() == 0)
    _ = fixture_run(FIXTURE_PASS)
    #expect(messages().map { $0.fields[0] } == ["count", "word", "pass"])
  }
}

@Suite struct `A shim` {
  @Test(
    arguments: [
      (0, "0"), (ENOENT, "ENOENT"), (EAGAIN, "EAGAIN"), (EWOULDBLOCK, "EAGAIN"), (ENOSPC, "ENOSPC"),
      (EOPNOTSUPP, "EOPNOTSUPP"), (4711, "E4711"), (-1, "E-1"),
    ] as [(Int32, String)])
  func `names an errno as errno(3) does`(_ number: Int32, _ name: String) {
    #expect(String(cString: fb_errno_text(number)) == name)
  }

  /// An Oops ends a process by KILL, too, so how it died does not tell.
  @Test(arguments: [(FIXTURE_EXIT, 1), (FIXTURE_KILL, 1), (FIXTURE_NEVER, 0)] as [(fixture_end, Int32)])
  func `knows whether a child ended by itself or was late`(_ how: fixture_end, _ said: Int32) {
    #expect(fixture_await(how) == said)
  }

  @Test func `names every errno that this C library knows`() {
    for number in Int32(1)...133 where !String(cString: strerror(number)).hasPrefix("Unknown error") {
      let name = String(cString: fb_errno_text(number))
      #expect(name.dropFirst().first?.isNumber == false || name == "E2BIG", "\(number): \(name)")
    }
  }

  @Test(arguments: [
    (SIGKILL, "SIGKILL"), (SIGSEGV, "SIGSEGV"), (SIGSYS, "SIGSYS"), (SIGSTOP, "SIGSTOP"), (64, "SIG?"), (0, "SIG?"),
  ])
  func `names a signal`(_ number: Int32, _ name: String) {
    #expect(String(cString: fb_signal_name(number)) == name)
  }

  @Test func `reads no more than is asked for, and says why it cannot`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "firstbad-shim-\(UUID().uuidString)")
    try Data("0123456789".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var bytes = [UInt8](repeating: 0, count: 20)
    #expect(fb_read_file(file.path, &bytes, 4) == 4)
    #expect(fb_read_file(file.path, &bytes, 20) == 10)
    #expect(fb_read_file(file.path + "x", &bytes, 20) == -Int(ENOENT))
    #expect(fb_read_file("/", &bytes, 20) == -Int(EISDIR))
  }

  @Test func `never makes a file that it is to write to`() {
    let path = FileManager.default.temporaryDirectory.path + "/firstbad-shim-\(UUID().uuidString)"
    #expect(fb_write_existing(path, "x", 1) == -ENOENT)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `writes to a port that nobody reads only for so long`() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let begin = fb_monotonic_milliseconds()
    let much = [UInt8](repeating: 0, count: 1 << 20)
    #expect(fb_port_write(ends[1], much, much.count, 100) == -ETIMEDOUT)
    #expect((100..<1000).contains(fb_monotonic_milliseconds() - begin))
  }
}
