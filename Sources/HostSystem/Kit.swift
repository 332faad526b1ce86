public import Foundation

/// The guest's half as `make guest` builds it: headers, probe sources, the guest library and the image with
/// all shipped probes.
public struct Kit: Sendable, Equatable {
  /// Its folder.
  public let folder: URL

  /// Include path for probes; holds `firstbad/probe.h` and the kernel's headers.
  public var headers: URL { folder.appending(path: "include") }
  /// musl's headers, for compilers that do not know where they are.
  public var libcHeaders: URL { folder.appending(path: "libc") }
  /// Sources of the shipped probes.
  public var probes: URL { folder.appending(path: "probes") }
  /// What the shipped probes were seen to say on which kernel, JSON lines.
  public var measurements: URL { probes.appending(path: "measured.jsonl") }
  /// What every image is linked with.
  public var library: URL { folder.appending(path: "libFirstbadGuest.a") }
  /// The init with all shipped probes; the same file is the ELF that tells their metadata.
  public var shippedInit: URL { folder.appending(path: "shipped.init") }

  /// A kit at this place.
  public init(folder: URL) { self.folder = folder }

  /// The kit that belongs to this program: `FIRSTBAD_KIT`, else next to the program as installed
  /// (`../share/firstbad`), else that of the source tree the program was built in (`.build-guest/kit`). A program of another
  /// package has none of these; with `sources`, a file of our tree, the tree's own is looked for instead, and then that of an
  /// installed `firstbad` on PATH.
  public static func find(
    program: URL? = Bundle.main.executableURL, sources: URL? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Failure) -> Kit {
    if let chosen = environment["FIRSTBAD_KIT"] { return try Kit(folder: URL(filePath: chosen)).checked() }
    var candidates: [URL] = []
    for start in [sources, sources == nil ? program : nil].compactMap(\.self) {
      var folder = start.resolvingSymlinksInPath().deletingLastPathComponent()
      if sources == nil { candidates.append(installed(beside: folder)) }
      while folder.path != "/" {
        candidates.append(folder.appending(path: ".build-guest/kit"))
        folder.deleteLastPathComponent()
      }
    }
    if sources != nil {
      let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/firstbad") {
        let command = URL(filePath: "\(folder)/firstbad").resolvingSymlinksInPath()
        candidates.append(installed(beside: command.deletingLastPathComponent()))
      }
    }
    for candidate in candidates {
      let kit = Kit(folder: candidate)
      if FileManager.default.fileExists(atPath: kit.library.path) { return kit }
    }
    throw Failure(
      .missingTool, "the guest library is not built",
      remedy: sources == nil
        ? "run 'make guest' in the source tree, or set FIRSTBAD_KIT to its folder"
        : "run 'make guest' in the source tree of Firstbad or 'make install' there, or set FIRSTBAD_KIT to its folder")
  }

  private static func installed(beside bin: URL) -> URL {
    bin.deletingLastPathComponent().appending(path: "share/firstbad")
  }

  /// Sources of the shipped probes, in the order of their paths.
  public func sources() -> [URL] {
    (FileManager.default.enumerator(at: probes, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "c" }.sorted { $0.path < $1.path }
  }

  private func checked() throws(Failure) -> Kit {
    guard FileManager.default.fileExists(atPath: library.path) else {
      throw Failure(
        .missingTool, "\(folder.path) holds no guest library", remedy: "unset FIRSTBAD_KIT or run 'make guest'")
    }
    return self
  }
}
