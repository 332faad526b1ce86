import Testing
import VerdictStream

@testable import Suite

@Suite struct `Parts of a test are read from what it prints` {
  private func parts(_ text: String) -> [String] {
    SubResults.find(in: Text(text)).map { "\($0.name): \($0.result)" }
  }

  @Test func `as KTAP has them, with and without a hyphen`() {
    #expect(
      parts("TAP version 13\n1..3\nok 1 one\nnot ok 2 - two words\nok 3 three # SKIP no such thing\n")
        == ["one: ok", "two words: not ok", "three: skip"])
  }

  @Test func `whatever ends their lines`() {
    #expect(parts("TAP version 13\r\nok 1 one\r\nnot ok 2 two\r\n") == ["one: ok", "two: not ok"])
    #expect(SubResults.find(in: "ok 1 a\r\nok 2 b", isCut: true).map(\.name) == ["a"])
  }

  @Test func `with further directives, and behind a comment sign`() {
    #expect(
      parts("ok 1 a # XFAIL known\n# ok 2 b\nnot ok 3 c # TIMEOUT 45 seconds\n") == [
        "a: xfail", "b: ok", "c: timeout",
      ])
  }

  /// Two subtests may have cases of one name, and which of them failed is the question.
  @Test func `nested ones under the name of what they belong to`() {
    #expect(
      parts(
        "    ok 1 connect\n    # ok 7 remark\n    not ok 2 send\nnot ok 1 tcp\n    ok 1 connect\nok 2 udp\nok 3 end\n")
        == [
          "tcp/connect: ok", "remark: ok", "tcp/send: not ok", "tcp: not ok", "udp/connect: ok", "udp: ok", "end: ok",
        ])
    #expect(
      parts("        ok 1 i\n    ok 1 a\n        ok 1 i\n    ok 2 b\nok 1 x\n") == [
        "x/a/i: ok", "x/a: ok", "x/b/i: ok", "x/b: ok", "x: ok",
      ])
    #expect(parts("  ok 1 a\n  ok 2 a\n") == ["a: ok", "a (2): ok"], "whose they are was never said")
  }

  @Test func `up to where the output was cut`() {
    let found = SubResults.find(in: "ok 1 a\nok 2 b\nok 3 a very lo", isCut: true)
    #expect(found.map(\.name) == ["a", "b"])
    #expect(SubResults.find(in: "ok 1 a\n", isCut: true).map(\.name) == ["a"])
  }

  @Test func `a number sign that begins no directive belongs to the name`() {
    #expect(parts("ok 1 Size of #foo\n") == ["Size of #foo: ok"])
  }

  @Test func `the number of the process that some tests begin with is no part of a name`() {
    #expect(
      parts("ok 1 [1234] Result (0) matches\nok 2 [a] b\nok 3 [] c\n") == [
        "Result (0) matches: ok", "[a] b: ok", "[] c: ok",
      ])
    #expect(parts("ok 1 [4096] copy\nok 2 [8192] copy\n") == ["[4096] copy: ok", "[8192] copy: ok"])
  }

  @Test func `without a name it is called by its number, and the same name again by a number of its own`() {
    #expect(parts("ok 1\nok 2 x\nnot ok 3 x\n") == ["part 1: ok", "x: ok", "x (2): not ok"])
  }

  @Test(arguments: ["okay 1 x", "ok x", "not okay", "it is not ok 1", "ok 1x", "", "ok "])
  func `what only looks like it is none`(line: String) { #expect(parts(line + "\n").isEmpty) }
}
