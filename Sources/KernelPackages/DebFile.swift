import Foundation
import HostSystem

/// A Debian package in a file (deb(5)).
struct DebFile {
  private let path: String
  private let dpkg: Tool
  private let shell: Tool

  init(_ path: String) throws(Failure) {
    self.path = path
    dpkg = try Tool("dpkg-deb", remedy: "install it: it is in the package dpkg")
    shell = try Tool("sh", remedy: "a shell is part of every system")
  }

  /// Unpacks it, or only what boots, and tells what it is.
  func unpack(into tree: URL, whole: Bool) async throws -> KernelPackage {
    let fields = try await dpkg.run(["-f", path, "Package", "Version", "Architecture"])
    guard fields.status == 0 else {
      throw Failure(.badInput, "\(path) is no Debian package: \(fields.lastWords)", remedy: "fetch it again")
    }
    var values: [String: String] = [:]
    for line in fields.output.split(separator: "\n") {
      let pair = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if pair.count == 2 { values[pair[0]] = pair[1] }
    }
    guard let name = values["Package"], let version = values["Version"], !name.contains("/"), !version.contains("/")
    else { throw Failure(.badInput, "\(path) has no name or no version", remedy: "fetch it again") }
    guard values["Architecture"] == "amd64" else {
      throw Failure(.badInput, "\(path) is for \(values["Architecture"] ?? "nothing"), not for amd64")
    }
    // The modules are four times the rest; where ./boot is not all that boots, all is taken.
    let script = #"dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" $3"#
    let some = whole ? nil : try await shell.run(["-c", script, "sh", path, tree.path, "./boot"], limit: .seconds(600))
    if let some, some.status != 0, some.errors.contains("No space left on device") {
      throw Failure(
        .cannotWrite, "\(tree.path) cannot be written: No space left on device",
        remedy: "free some space there, or point XDG_CACHE_HOME to another disk")
    }
    let hasKernel = !KernelFolder.images(in: tree.appending(path: "boot").path).isEmpty
    // A tar that ended otherwise may have left a part of a kernel.
    if some?.status != 0 || !hasKernel {
      _ = try await shell.succeed(["-c", script, "sh", path, tree.path, ""], limit: .seconds(600))
    }
    return KernelPackage(name: name, version: version)
  }
}
