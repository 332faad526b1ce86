public import Foundation
public import HostSystem

/// Compiles probes with musl-gcc and links them with the guest library. No Swift tool chain is needed.
public struct ProbeCompiler: Sendable {
  private let kit: Kit
  private let places: Places
  private let compiler: Tool

  /// What the package manager needs to hear.
  public static let remedy = "install it: apt-get install musl-tools gcc"

  /// A compiler with this kit.
  public init(kit: Kit, places: Places) throws(Failure) {
    self.kit = kit
    self.places = places
    compiler = try Tool("musl-gcc", remedy: Self.remedy)
  }

  /// Warnings are errors: a missing result, a wrong format, an assignment for a comparison or a variable that may
  /// be unset each makes a probe say something that it did not see. What is merely unused is let pass.
  static let options = [
    // A trouble within a macro is shown at the probe's own line, and what follows from the first is left out.
    "-ftrack-macro-expansion=0", "-fmax-errors=3",
    "-std=gnu17", "-D_GNU_SOURCE=", "-Os", "-g0", "-Wall", "-Werror", "-Wno-error=unused-variable",
    "-Wno-error=unused-function", "-Wno-error=unused-but-set-variable", "-Wno-error=misleading-indentation",
    "-Wno-error=array-bounds",
    "-ffunction-sections", "-fdata-sections",
    "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-fno-pie",
  ]

  /// `noseparate-code` saves three pages of padding; the rest drops what no probe uses.
  static let linking = [
    "-static", "-no-pie", "-s", "-Wl,--gc-sections", "-Wl,--build-id=none", "-Wl,-z,noseparate-code",
  ]

  /// For a debugger: the source's lines in their order, and names. Later options win over earlier ones.
  static let debugging = ["-g", "-Og"]

  /// An init with the probes of these C and Swift files; for a debugger it is slower and larger.
  public func image(of sources: [URL], forDebugger: Bool = false) async throws -> GuestImage {
    for source in sources where !FileManager.default.isReadableFile(atPath: source.path) {
      throw Failure(.badInput, "\(source.path) cannot be read", remedy: "check the path of the probe")
    }
    let folder = try WorkFolder.make(in: places)
    let program = folder.url.appending(path: "init")
    let inputs = try await inputs(of: sources, in: folder.url)
    let tables = sources.contains { $0.pathExtension == "swift" } ? try await SwiftProbe.tables() : []
    let result = try await compiler.run(
      Self.options + (forDebugger ? Self.debugging : []) + ["-I", kit.headers.path] + inputs.map(\.path)
        + [kit.library.path] + tables.map(\.path) + ["-o", program.path]
        + Self.linking.filter { !forDebugger || $0 != "-s" },
      // The compiler's own temporary files go where ours are swept.
      environment: ["TMPDIR": folder.url.path, "LC_ALL": "C"], limit: .seconds(300))
    if result.errors.contains("No space left on device") {
      throw Failure(
        .cannotWrite, "\(folder.url.path) cannot be written: No space left on device",
        remedy: "free some space there, or point XDG_CACHE_HOME to another disk")
    }
    guard result.status == 0 else {
      let names = sources.map(\.lastPathComponent).joined(separator: ", ")
      throw Failure(
        .doesNotCompile, "\(names) does not compile:\n\(result.errors)",
        remedy: CompilerLesson.of(result.errors, hasKit: sources.contains(where: Self.includesKit)))
    }
    try? FileHandle.standardError.write(contentsOf: Data(result.errors.utf8))
    guard let bytes = try? Data(contentsOf: program) else {
      throw Failure(.cannotWrite, "the compiler left no program in \(folder.url.path)")
    }
    return try GuestImage(program: bytes, from: sources.map(\.lastPathComponent).joined(separator: ", "))
  }

  private static func includesKit(_ source: URL) -> Bool {
    (try? String(contentsOf: source, encoding: .utf8))?.contains("firstbad/kit.h") ?? false
  }

  /// C files as they are; of a Swift file its object, and the C that carries its headings.
  private func inputs(of sources: [URL], in folder: URL) async throws -> [URL] {
    var inputs = sources.filter { $0.pathExtension != "swift" }
    for (number, source) in sources.filter({ $0.pathExtension == "swift" }).enumerated() {
      inputs += try await SwiftProbe(source).compile(kit, in: folder, number: number)
    }
    return inputs
  }
}
