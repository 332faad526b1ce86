public import Foundation
import HostSystem

/// Where a tree declares a symbol.
public enum KconfigPlace {
  /// `net/ipv4/Kconfig:263, "IP: TCP syncookie support"`: file, line, and how it is asked for; nil when it is not found.
  public static func find(_ symbol: String, in tree: URL) async throws -> String? {
    let name = String(symbol.dropFirst("CONFIG_".count))
    for file in try await files(declaring: name, tree: tree) {
      let lines = text(file, tree).split(separator: "\n", omittingEmptySubsequences: false)
      guard let number = lines.firstIndex(where: { declares(name, $0) }) else { continue }
      let prompt = lines[(number + 1)...].prefix { !isNext($0) }.compactMap(prompt).first
      return "\(file):\(number + 1)" + (prompt.map { ", \"\($0)\"" } ?? "")
    }
    return nil
  }

  /// Whether a person may set it: what has no prompt in any place, as CONFIG_MMU of x86-64, is what Kconfig makes of it.
  /// Nothing says that of a symbol that is not found.
  public static func canBeSet(_ symbol: String, in tree: URL) async throws -> Bool {
    let name = String(symbol.dropFirst("CONFIG_".count))
    let entries = try await files(declaring: name, tree: tree).flatMap { file in
      KconfigEntry.all(of: name, in: text(file, tree))
    }
    return entries.isEmpty || entries.contains { $0.hasPrompt }
  }

  /// The Kconfig files of the tree that x86 reads and that declare this symbol, without its prefix. 0.2 s.
  static func files(declaring name: String, tree: URL) async throws -> [String] {
    let grep = try Tool("grep", remedy: "it is part of every system")
    let found = try await grep.run(
      ["-rlE", "--include=Kconfig*", "^[[:space:]]*(menu)?config[[:space:]]+\(name)[[:space:]]*(#.*)?$", "."],
      in: tree.path, environment: ["LC_ALL": "C"])
    return found.output.split(separator: "\n").map { String($0.hasPrefix("./") ? $0.dropFirst(2) : $0) }
      .filter { !$0.hasPrefix("arch/") || $0.hasPrefix("arch/x86/") || $0 == "arch/Kconfig" }
      .filter { !$0.hasPrefix("scripts/kconfig/") && !$0.hasPrefix("tools/") && !$0.hasPrefix("Documentation/") }
      .sorted()
  }

  static func text(_ file: String, _ tree: URL) -> String {
    String(decoding: (try? Data(contentsOf: tree.appending(path: file))) ?? Data(), as: UTF8.self)
  }

  private static func words(_ line: Substring) -> [Substring] {
    line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
  }

  private static func declares(_ name: String, _ line: Substring) -> Bool {
    let words = words(line)
    return words.count == 2 && (words[0] == "config" || words[0] == "menuconfig") && words[1] == name
  }

  private static func isNext(_ line: Substring) -> Bool {
    ["config", "menuconfig", "help", "---help---", "endmenu", "endif", "source"].contains(words(line).first ?? "")
  }

  private static func prompt(_ line: Substring) -> String? {
    guard ["bool", "tristate", "int", "hex", "string", "prompt"].contains(words(line).first ?? ""),
      let start = line.firstIndex(of: "\""), let end = line[line.index(after: start)...].firstIndex(of: "\"")
    else { return nil }
    return String(line[line.index(after: start)..<end])
  }
}
