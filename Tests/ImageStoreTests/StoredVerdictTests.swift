import Foundation
import HostSystem
import ImageStore
import Judgement
import Testing

@Suite struct `Verdicts in the store` {
  private let bench: StoreBench
  private let store: ImageStore

  init() throws {
    bench = try StoreBench()
    store = try bench.open()
  }

  static func verdict(_ verdict: Verdict, at: Date = Date(timeIntervalSince1970: 1_795_000_000.123)) -> StoredVerdict {
    StoredVerdict(
      verdict: verdict, reason: "because of \"it\"", isFailedCheck: true, observations: ["errno": "22", "b": "\u{0}ü"],
      events: ["BUG: x"], consoleLog: "/r/console.log", milliseconds: 2345, at: at)
  }

  @Test func `come back as they were, in the order in which they were remembered, repeats too`() throws {
    let verdicts = [
      Verdict.good, .bad(signature: "errno=22"), .good, .good, .untestable(phase: .kernel, signature: "panic"),
      .infra(reason: "no QEMU"),
      // Times that run backwards change no order.
    ].enumerated().map { Self.verdict($1, at: Date.now - Double($0)) }
    for verdict in verdicts { try store.remember(verdict, identity: "i", question: "q") }
    #expect(try store.verdicts(identity: "i", question: "q") == verdicts)
    #expect(try bench.open().verdicts(identity: "i", question: "q") == verdicts)
  }

  @Test func `belong to one question on one image`() throws {
    try store.remember(Self.verdict(.good), identity: "i", question: "q")
    #expect(try store.verdicts(identity: "i", question: "other").isEmpty)
    #expect(try store.verdicts(identity: "other", question: "q").isEmpty)
  }

  @Test func `outlive their image, and hold again when it is rebuilt`() throws {
    let image = try bench.add(store, "a", identity: "i")
    try store.remember(Self.verdict(.good), identity: image.identity, question: "q")
    bench.later(hours: 2)
    #expect(try store.prune(to: 0).images == 1)
    #expect(try store.verdicts(identity: "i", question: "q").count == 1)
    try bench.add(store, "a", identity: "i")
    #expect(try store.list().map(\.verdicts) == [1])
  }

  @Test func `have one written form, version 1`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func text(_ verdict: Verdict) throws -> String { String(decoding: try encoder.encode(verdict), as: UTF8.self) }
    #expect(try text(.good) == #"{"verdict":"good"}"#)
    #expect(try text(.bad(signature: "s")) == #"{"signature":"s","verdict":"bad"}"#)
    #expect(
      try text(.untestable(phase: .`init`, signature: "s"))
        == #"{"phase":"init","signature":"s","verdict":"untestable"}"#)
    #expect(try text(.infra(reason: "r")) == #"{"reason":"r","verdict":"infra"}"#)
    let stored = StoredVerdict(
      verdict: .good, reason: "r", isFailedCheck: false, observations: ["n": "1"], events: [], consoleLog: nil,
      milliseconds: 5, at: Date(timeIntervalSince1970: 1.5))
    #expect(
      String(decoding: try encoder.encode(stored), as: UTF8.self)
        == #"{"at_ms":1500,"events":[],"failed_check":false,"form":1,"ms":5,"observations":{"n":"1"},"#
        + #""reason":"r","verdict":{"verdict":"good"}}"#)
  }

  @Test(arguments: [
    #"{"verdict":"fine"}"#, #"{"verdict":"bad"}"#, #"{"verdict":"untestable","phase":"lunch","signature":"s"}"#, "{}",
  ])
  func `are never read from what is not known`(_ text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Verdict.self, from: Data(text.utf8)) }
  }

  @Test func `of another form are an error`() throws {
    let text = String(decoding: try JSONEncoder().encode(Self.verdict(.good)), as: UTF8.self)
    #expect(try JSONDecoder().decode(StoredVerdict.self, from: Data(text.utf8)) == Self.verdict(.good))
    let newer = text.replacing("\"form\":1", with: "\"form\":2")
    #expect(newer != text)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(StoredVerdict.self, from: Data(newer.utf8)) }
  }
}
