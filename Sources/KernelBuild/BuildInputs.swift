import Foundation
import HostSystem

/// What of a source a kernel was made of: the files that its compiling read, and the folders that make went into.
///
/// The compiler's part is exact; kbuild keeps it in a `.cmd` file beside each object. What make, Kconfig and the
/// programs of the build read is written down nowhere, so ``canMatter(_:)`` goes by place and name there, and takes a
/// file for one that matters wherever it does not know.
public struct BuildInputs: Sendable, Equatable, Codable {
  /// Paths below the top of the source.
  public let files: Set<String>
  /// Folders, as paths below the top of the source.
  public let folders: Set<String>
  /// Name of the folder under `arch` that the kernel is for.
  public let architecture: String

  /// All fields.
  public init(files: Set<String>, folders: Set<String>, architecture: String) {
    self.files = files
    self.folders = folders
    self.architecture = architecture
  }

  /// Those of a build that succeeded. What earlier builds left in the same objects is counted in, which makes more
  /// files matter and never fewer.
  init(source: URL, objects: URL, architecture: String) throws(Failure) {
    var files: Set<String> = []
    var folders: Set<String> = []
    let top = source.standardizedFileURL.path + "/"
    // A source that lies above or below its objects would be named by a relative path.
    guard let all = FileManager.default.enumerator(atPath: objects.path) else {
      throw Failure(.badInput, "\(objects.path) cannot be read", remedy: "build again")
    }
    for case let path as String in all {
      let name = path.split(separator: "/").last ?? ""
      let isCommand = name.hasPrefix(".") && name.hasSuffix(".cmd")
      guard isCommand || name == "built-in.a" || name == "modules.order" else { continue }
      folders.insert(path.contains("/") ? String(path.prefix(path.utf8.count - name.utf8.count - 1)) : "")
      guard isCommand else { continue }
      guard let text = try? Data(contentsOf: objects.appending(path: path)) else {
        throw Failure(.badInput, "\(objects.path)/\(path) cannot be read", remedy: "build again")
      }
      for file in Self.paths(after: top, in: text) { files.insert(file) }
    }
    self.init(files: files, folders: folders, architecture: architecture)
  }

  /// The rest of every word of a command that begins with the top of the source, without steps up.
  static func paths(after top: String, in text: Data) -> Set<String> {
    var found: Set<String> = []
    let start = Array(top.utf8)
    text.withUnsafeBytes { bytes in
      for word in bytes.split(whereSeparator: { Self.isEnd[Int($0)] }) where word.starts(with: start) {
        found.insert(Self.withoutStepsUp(String(decoding: word.dropFirst(start.count), as: UTF8.self)))
      }
    }
    found.remove("")
    return found
  }

  /// What may follow a path in a `.cmd` file.
  static let isEnd: [Bool] = (0...255).map { " \t\n\\;:,)('\"=".utf8.contains($0) }

  /// `arch/x86/boot/../kernel/a.S` is `arch/x86/kernel/a.S`.
  private static func withoutStepsUp(_ path: String) -> String {
    guard path.contains("/.") || path.contains("//") || path.hasPrefix("/") else { return path }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }
}
