import Foundation
import HostSystem
import TestSupport

extension Scratch {
  /// A package of what lies in the folder `tree`, made by dpkg-deb.
  func deb(_ name: String, _ version: String, architecture: String = "amd64", depends: String = "")
    async throws -> String
  {
    let fields = [
      "Package": name, "Version": version, "Architecture": architecture, "Maintainer": "x <x@x>", "Depends": depends,
      "Description": "x",
    ]
    try file("tree/DEBIAN/control", fields.filter { $0.value != "" }.map { "\($0): \($1)\n" }.joined())
    let package = url.appending(path: "\(name).deb").path
    _ = try await Tool("dpkg-deb", remedy: "").succeed(
      ["--root-owner-group", "-b", url.appending(path: "tree").path, package])
    return package
  }

  /// One with these files and no others.
  func deb(
    _ name: String, _ version: String, depends: String = "", in folder: String, _ files: [String: String]
  ) async throws -> String {
    let tree = url.appending(path: "tree")
    try? FileManager.default.removeItem(at: tree)
    for (path, text) in files { try file("tree/\(path)", text) }
    let package = url.appending(path: "\(folder)/\(name)_\(version)_amd64.deb")
    try FileManager.default.createDirectory(at: package.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: try await deb(name, version, depends: depends), toPath: package.path)
    return package.path
  }
}
