public import Foundation

/// The configuration that a kernel was built with, where its file can be found.
public struct KernelConfig: Sendable, Equatable {
  /// The file it was read from.
  public let file: URL
  private let symbols: [Substring: Substring]

  /// Looks where kernels keep it: `config-RELEASE` beside `vmlinuz-RELEASE`, or `.config` at the top of the
  /// tree that built `arch/x86/boot/bzImage`.
  public init?(of kernel: KernelImage) {
    let folder = kernel.file.deletingLastPathComponent()
    let name = kernel.file.lastPathComponent
    var candidates: [URL] = []
    if let dash = name.firstIndex(of: "-") { candidates.append(folder.appending(path: "config\(name[dash...])")) }
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

  /// That of a kernel that is installed here, `/boot/config-RELEASE`; one for `/proc/config.gz` alone is not looked for.
  public init?(release: String) {
    let place = URL(filePath: "/boot/config-\(release)")
    guard !release.isEmpty, let text = try? String(contentsOf: place, encoding: .utf8) else { return nil }
    file = place
    symbols = Self.parse(text)
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

  /// Why a symbol is of no use to a probe, or nil when it is built in.
  public func lack(of symbol: String) -> String? {
    switch self[symbol] {
    case nil: "\(symbol) is not set"
    case "m"?: "\(symbol) is a module, and the guest loads none"
    default: nil
    }
  }
}
