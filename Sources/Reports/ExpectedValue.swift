import Foundation
public import HostSystem
public import VerdictStream

/// A value that a person wrote on a command line, held against one that a probe observed.
///
/// Nobody verifies such a value as the ends of a bisection are verified: one that no probe can ever observe would make
/// every commit bad, and the oldest one the answer.
public struct ExpectedValue {
  private let word: String
  private let name: String

  /// Blanks around it do not count.
  public init(_ word: String, of name: String) {
    self.word = word.trimmingCharacters(in: .whitespaces)
    self.name = name
  }

  /// Whether it is that one. Numbers are compared as numbers, an errno by its name or its number. Throws where the two are
  /// no values of one kind.
  public func isMet(by value: Observation.Value) throws(Failure) -> Bool {
    switch value {
    case .integer(let number):
      guard let expected = Int(word) else { throw failure("is a number", value, "write a number") }
      return number == expected
    case .text(let text):
      let text = text.description
      if text == word { return true }
      guard let number = Self.number(ofErrno: text) else { return false }
      if let expected = Self.number(ofErrno: word) ?? Int32(word) { return number == expected }
      // A probe may as well say "ok" where there is none. Only what was to be an errno is refused.
      let isMeantSo = word.wholeMatch(of: /E[A-Z0-9]{2,}/) != nil || Self.number(ofErrno: word.uppercased()) != nil
      guard isMeantSo else { return false }
      throw failure("is an errno", value, "write its name as errno(3) has it, such as EINVAL")
    case .quantity: return value.words.description == word
    }
  }

  private func failure(_ what: String, _ value: Observation.Value, _ remedy: String) -> Failure {
    Failure(.usage, "\(name) \(what), \(value.words), and '\(word)' is none", remedy: remedy)
  }

  /// The number that an errno's name stands for; nil when it is none. 0 is none, and what a probe observes then.
  private static func number(ofErrno name: String) -> Int32? { numbers[name] }

  /// By strerrorname_np(3), which glibc has since 2.32; of an older one only equal words are the same. Two names of one number
  /// are given by hand.
  private static let numbers: [String: Int32] = {
    typealias Name = @convention(c) (Int32) -> UnsafePointer<CChar>?
    guard let symbol = dlsym(nil, "strerrorname_np") else { return [:] }
    let name = unsafeBitCast(symbol, to: Name.self)
    var numbers: [String: Int32] = ["EWOULDBLOCK": EAGAIN, "EDEADLOCK": EDEADLK, "ENOTSUP": EOPNOTSUPP, "0": 0]
    for number in Int32(1)...133 { if let word = name(number) { numbers[String(cString: word)] = number } }
    return numbers
  }()
}
