import Foundation
import HostSystem

/// The text of a `.config` (Documentation/kbuild/kconfig.rst).
struct ConfigText: Equatable {
  /// What is set. A symbol that is not there is `n`.
  let symbols: [String: String]

  init(_ text: String) {
    var symbols: [String: String] = [:]
    for line in text.split(separator: "\n") {
      // As in kconfig, the last line of a symbol counts.
      if let unset = Self.unset(in: line) {
        symbols[String(unset)] = nil
      } else if let pair = Self.pair(in: line) {
        symbols[pair.symbol] = pair.value == "n" ? nil : pair.value
      }
    }
    self.symbols = symbols
  }

  /// The value, `n` when it is not set.
  subscript(symbol: String) -> String { symbols[symbol] ?? "n" }

  /// Whether a symbol has this value; numbers are compared as numbers, as kconfig keeps the spelling it was given.
  func has(_ wanted: BuildRecipe.Assignment) -> Bool {
    let value = self[wanted.symbol]
    if value == wanted.value { return true }
    // A text that is empty and a text that the tree does not have are the same to the kernel.
    if wanted.value == "\"\"" { return value == "n" }
    guard let one = Self.number(value[...]), let other = Self.number(wanted.value[...]) else { return false }
    return one == other
  }

  /// The text with these assignments in place of its own, as scripts/kconfig/merge_config.sh does it.
  static func merge(_ text: String, with fragment: [BuildRecipe.Assignment]) -> String {
    let replaced = Set(fragment.map(\.symbol))
    let kept = text.split(separator: "\n").filter { line in
      let symbol = unset(in: line).map(String.init) ?? pair(in: line)?.symbol
      return symbol.map { !replaced.contains($0) } ?? true
    }
    return (kept.map(String.init) + fragment.map(\.line)).joined(separator: "\n") + "\n"
  }

  /// The parts of `CONFIG_X=value`.
  static func pair(in line: Substring) -> (symbol: String, value: String)? {
    guard line.hasPrefix("CONFIG_"), let equals = line.firstIndex(of: "=") else { return nil }
    let symbol = line[..<equals]
    guard symbol.utf8.count > 7, symbol.utf8.allSatisfy(isSymbolByte) else { return nil }
    return (String(symbol), String(line[line.index(after: equals)...]))
  }

  /// The symbol of `# CONFIG_X is not set`.
  static func unset(in line: Substring) -> Substring? {
    guard line.hasPrefix("# CONFIG_"), line.hasSuffix(" is not set") else { return nil }
    return line.dropFirst(2).dropLast(11)
  }

  static func isSymbolByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// y, n, m, a number, or a text in double quotes.
  static func isValue(_ value: Substring) -> Bool {
    if ["y", "n", "m"].contains(value) || number(value) != nil { return true }
    guard value.count >= 2, value.first == "\"", value.last == "\"", !value.contains(where: \.isNewline) else {
      return false
    }
    // A quote or a backslash within the text has a backslash before it.
    var isEscaped = false
    for character in value.dropFirst().dropLast() {
      if isEscaped {
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        return false
      }
    }
    return !isEscaped
  }

  private static func number(_ text: Substring) -> Int64? {
    let lower = text.lowercased()
    // UInt64 and not Int64: an address such as 0xdead000000000000 has its highest bit set.
    if lower.hasPrefix("0x") { return UInt64(lower.dropFirst(2), radix: 16).map(Int64.init(bitPattern:)) }
    return Int64(lower)
  }

  static func read(_ path: String, as what: String, remedy: String) throws(Failure) -> String {
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      // gzip(1), as /proc/config.gz is.
      if data.starts(with: [0x1F, 0x8B]) {
        throw Failure(
          .badInput, "the \(what) \(path) is compressed", remedy: "unpack it and name that: zcat \(path) > config")
      }
      guard let text = String(validating: data, as: UTF8.self), !text.contains("\0") else {
        throw Failure(.badInput, "the \(what) \(path) is no text", remedy: remedy)
      }
      return text.replacing("\r\n", with: "\n")
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.badInput, "the \(what) \(path) cannot be read: \(Failure.cause(of: error))", remedy: remedy)
    }
  }
}
