public import Foundation

/// The configuration that a kernel was built with, where its file can be found.
public struct KernelConfig: Sendable, Equatable {
  /// The file it was read from.
  public let file: URL
  private let symbols: [Substring: Substring]

  /// Looks where kernels keep it: `config-RELEASE` beside `vmlinuz-RELEASE`, `config` beside `vmlinuz`, or `.config` at the top of the
  /// tree that built `arch/x86/boot/bzImage`.
  public init?(of kernel: KernelImage) {
    let folder = kernel.file.deletingLastPathComponent()
    let name = kernel.file.lastPathComponent
    var candidates: [URL] = []
    if let dash = name.firstIndex(of: "-") { candidates.append(folder.appending(path: "config\(name[dash...])")) }
    // Beside its modules a kernel goes without its release.
    if name == "vmlinuz" { candidates.append(folder.appending(path: "config")) }
    for depth in 0...3 {
      var top = folder
      for _ in 0..<depth { top.deleteLastPathComponent() }
      candidates.append(top.appending(path: ".config"))
    }
    for candidate in candidates {
      guard let text = try? String(contentsOf: candidate, encoding: .utf8) else { continue }
      file = candidate
      symbols = Self.parse(text)
      return
    }
    return nil
  }

  /// What this text says, which was read from `file` or from what that is compressed to.
  public init(_ text: String, from file: URL) {
    self.file = file
    symbols = Self.parse(text)
  }

  /// That of a kernel that is installed here, `/boot/config-RELEASE`.
  public init?(release: String) {
    let place = URL(filePath: "/boot/config-\(release)")
    guard !release.isEmpty, let text = try? String(contentsOf: place, encoding: .utf8) else { return nil }
    self.init(text, from: place)
  }

  private static func parse(_ text: String) -> [Substring: Substring] {
    var symbols: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("CONFIG_") {
      let pair = line.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { symbols[pair[0]] = pair[1] }
    }
    return symbols
  }

  /// The symbol's value, or nil when it is not set.
  public subscript(symbol: String) -> String? { symbols[symbol[...]].map(String.init) }

  /// The values of all symbols that are of this kind.
  public func values(where isWanted: (String) -> Bool) -> [String] {
    symbols.filter { isWanted(String($0.key)) }.map { String($0.value) }
  }
}
