import HostSystem
import Reports
import Testing
import VerdictStream

@Suite struct `A value that a person expects` {
  @Test(arguments: [
    ("EINVAL", "EINVAL", true), ("22", "EINVAL", true), (" EINVAL ", "EINVAL", true), ("EWOULDBLOCK", "EAGAIN", true),
    ("0", "0", true), ("0", "EINVAL", false), ("EINVAL", "0", false), ("ENOSPC", "EINVAL", false), ("a b", "a b", true),
    ("a", "b", false), ("a", "0", false), ("ok", "EINVAL", false), ("enabled", "EINVAL", false),
    ("einval", "word", false),
  ])
  func `is a word, or an errno by its name or number`(word: String, observed: String, isMet: Bool) throws {
    #expect(try ExpectedValue(word, of: "x").isMet(by: .text(Text(observed))) == isMet)
  }

  @Test(arguments: [("2", 2, true), ("02", 2, true), (" -1 ", -1, true), ("+3", 3, true), ("3", 2, false)])
  func `is a number`(word: String, observed: Int, isMet: Bool) throws {
    #expect(try ExpectedValue(word, of: "x").isMet(by: .integer(observed)) == isMet)
  }

  /// It would make every commit bad, and the oldest one the answer.
  @Test(arguments: [
    ("EINVALL", Observation.Value.text("EINVAL")), ("einval", .text("EINVAL")), ("EINVALL", .text("0")),
    ("two", .integer(2)), ("1.5", .integer(2)),
  ])
  func `that nothing of its kind can be is refused`(word: String, observed: Observation.Value) {
    let failure = #expect(throws: Failure.self) { try ExpectedValue(word, of: "x").isMet(by: observed) }
    #expect(failure?.kind == .usage && failure?.message.contains("'\(word)' is none") == true)
  }
}
