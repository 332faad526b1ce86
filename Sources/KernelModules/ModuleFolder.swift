public import Foundation

/// The folder `lib/modules/RELEASE` of one kernel.
public struct ModuleFolder: Sendable, Equatable {
  /// The folder.
  public let url: URL
  /// The modules in it, by name.
  private let files: [String: URL]
  /// What is part of the kernel already; nil where nothing says so.
  private let builtIn: Set<String>?
  /// What was built as a module, here or not; nil where nothing says so.
  private let built: Set<String>?

  /// What a kernel has under a name.
  public enum Finding: Sendable, Equatable {
    /// It is part of the kernel.
    case builtIn
    /// It is in this file.
    case file(URL)
    /// Neither; certain only where the folder says what is built in.
    case absent
  }

  /// Whether the folder says what is built in.
  public var knowsBuiltIn: Bool { builtIn != nil }

  /// Whether the kernel was built with a module of this name, whose file may be in another package; nil where nothing says so.
  public func wasBuilt(_ name: String) -> Bool? { built.map { $0.contains(ModuleInfo.spelling(name)) } }

  /// Looks where a kernel's modules are: `lib/modules/RELEASE` or `usr/lib/modules/RELEASE` in a folder above the image's
  /// (an unpacked package, a system, a tree with INSTALL_MOD_PATH=.), or the image's own folder.
  ///
  /// In the tree that built it an image may be newer than what was installed from there; such modules are of another
  /// kernel with the same name, and not taken.
  public init?(besideImage image: URL, release: String) {
    let home = image.deletingLastPathComponent()
    guard !release.isEmpty, !release.contains("/") else { return nil }
    var candidates = home.lastPathComponent == release ? [home] : []
    var top = home
    for _ in 0...3 {
      candidates += ["lib/modules", "usr/lib/modules"].map { top.appending(path: "\($0)/\(release)") }
      top.deleteLastPathComponent()
    }
    for candidate in candidates {
      guard let found = ModuleFolder(candidate), !found.files.isEmpty else { continue }
      let isInTree = home.path.hasSuffix("/arch/x86/boot")
      if isInTree, Self.date(candidate.appending(path: "modules.order")) < Self.date(image) { continue }
      self = found
      return
    }
    return nil
  }

  /// Reads a folder.
  init?(_ url: URL) {
    guard let walk = FileManager.default.enumerator(atPath: url.path) else { return nil }
    var files: [String: (rank: Int, url: URL)] = [:]
    while let path = walk.nextObject() as? String {
      // As depmod(8) has it: what was added later goes before what came with the kernel.
      let rank = path.hasPrefix("kernel/") ? 1 : 0
      guard let name = ModuleInfo.name(ofFile: path), files[name].map({ rank < $0.rank }) ?? true else { continue }
      files[name] = (rank, url.appending(path: path))
    }
    self.url = url
    self.files = files.mapValues(\.url)
    func names(_ list: String) -> Set<String>? {
      let text = try? String(contentsOf: url.appending(path: list), encoding: .utf8)
      return text.map { Set($0.split(separator: "\n").compactMap { ModuleInfo.name(ofFile: String($0)) }) }
    }
    (builtIn, built) = (names("modules.builtin"), names("modules.order"))
  }

  private static func date(_ url: URL) -> Date {
    (try? url.resourceValues(forKeys: [.contentModificationDateKey]))?.contentModificationDate ?? .distantPast
  }

  /// What the kernel has under this name.
  public func find(_ name: String) -> Finding {
    let name = ModuleInfo.spelling(name)
    if let file = files[name] { return .file(file) }
    return builtIn?.contains(name) == true ? .builtIn : .absent
  }

  /// Modules that may answer to an alias: those whose names begin as it does. An alias of a cipher is mostly the beginning
  /// of its modules' names, and reading a thousand compressed modules would take longer than the boot.
  func suspects(of alias: String) -> [URL] {
    let plain = ModuleInfo.spelling(alias.hasPrefix("crypto-") ? alias.dropFirst(7) : alias[...])
    let start = plain.prefix(4)
    guard start.count >= 3 else { return [] }
    return files.filter { $0.key.hasPrefix(start) }.sorted { $0.key < $1.key }.map(\.value)
  }
}
