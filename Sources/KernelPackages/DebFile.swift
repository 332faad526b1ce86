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

  /// Fields of its control file.
  private func fields(_ names: [String]) async throws -> [String: String] {
    let fields = try await dpkg.run(["-f", path] + names)
    guard fields.status == 0 else {
      throw Failure(.badInput, "\(path) is no Debian package: \(fields.lastWords)", remedy: "fetch it again")
    }
    var values: [String: String] = [:]
    for line in fields.output.split(separator: "\n") {
      let pair = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if pair.count == 2 { values[pair[0]] = pair[1] }
    }
    return values
  }

  /// The packages that hold the rest of a kernel which is in several: from 7 on Debian has the configuration in linux-base-R,
  /// the image in linux-binary-R and the modules in linux-modules-R, and linux-image-R depends on all of them.
  func parts(whole: Bool) async throws -> [String] {
    let values = try await fields(["Package", "Version", "Depends"])
    guard let name = values["Package"], let version = values["Version"] else { return [] }
    return Self.parts(of: name, version, depends: values["Depends"] ?? "", whole: whole)
  }

  /// The same of a package's fields.
  static func parts(of name: String, _ version: String, depends: String, whole: Bool) -> [String] {
    let kinds = ["linux-image-", "linux-binary-"]
    guard let kind = kinds.first(where: { name.hasPrefix($0) }) else { return [] }
    let release = name.dropFirst(kind.count)
    let exact = depends.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    // The version tells such a package from the linux-base that every Debian has.
    guard exact.contains("linux-base-\(release) (= \(version))") else { return [] }
    let parts = ["linux-base-", "linux-binary-"] + (whole ? ["linux-modules-"] : [])
    return parts.map { "\($0)\(release)" }.filter { $0 != name }
  }

  /// What it has of kernels.
  func contents() async throws -> PackageContents {
    let values = try await fields(["Package", "Version"])
    let script = #"dpkg-deb --fsys-tarfile "$1" | tar -t"#
    let list = try await shell.run(["-c", script, "sh", path], limit: .seconds(600))
    guard list.status == 0, let name = values["Package"], let version = values["Version"] else {
      throw Failure(.badInput, "\(path) cannot be unpacked: \(list.lastWords)", remedy: "fetch it again")
    }
    return PackageContents(file: path, name: name, version: version, paths: list.output.split(separator: "\n"))
  }

  /// Unpacks it, or only what boots, and tells what it is.
  func unpack(into tree: URL, whole: Bool) async throws -> KernelPackage {
    let values = try await fields(["Package", "Version", "Architecture"])
    guard let name = values["Package"], let version = values["Version"], !name.contains("/"), !version.contains("/")
    else { throw Failure(.badInput, "\(path) has no name or no version", remedy: "fetch it again") }
    guard values["Architecture"] == "amd64" else {
      throw Failure(.badInput, "\(path) is for \(values["Architecture"] ?? "nothing"), not for amd64")
    }
    // The modules are four times the rest; where ./boot is not all that boots, all is taken.
    let script = #"dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" $3"#
    let some = whole ? nil : try await shell.run(["-c", script, "sh", path, tree.path, "./boot"], limit: .seconds(600))
    try some?.requireSpace(tree)
    let hasKernel = !KernelFolder.images(in: tree.appending(path: "boot").path).isEmpty
    // A tar that ended otherwise may have left a part of a kernel.
    if some?.status != 0 || !hasKernel {
      let all = try await shell.run(["-c", script, "sh", path, tree.path, ""], limit: .seconds(600))
      try all.requireUnpacked(path, into: tree)
    }
    return KernelPackage(name: name, version: version)
  }
}

extension Tool.Result {
  /// What unpacks a package ended well, or with a failure for a person. A full disk is no fault of the file's.
  func requireUnpacked(_ package: String, into tree: URL) throws(Failure) {
    try requireSpace(tree)
    guard status == 0 else {
      throw Failure(.badInput, "\(package) cannot be unpacked: \(lastWords)", remedy: "fetch it again")
    }
  }

  /// The same of what may have ended badly for another reason.
  func requireSpace(_ tree: URL) throws(Failure) {
    guard status != 0, errors.contains("No space left on device") else { return }
    throw Failure(
      .cannotWrite, "\(tree.path) cannot be written: No space left on device",
      remedy: "free some space there, or point XDG_CACHE_HOME to another disk")
  }
}
