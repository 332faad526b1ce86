import Foundation
public import HostSystem

/// Kernels in a folder of files.
public enum KernelFolder {
  /// A file stands for itself; a folder for the kernel images in it, and for those of what was unpacked in it
  /// (`*/boot/vmlinuz-*`), in the order of their releases.
  public static func expand(_ path: String) throws(Failure) -> [String] {
    guard isFolder(path) else { return [path] }
    var images = Self.images(in: path)
    for name in names(in: path) where isFolder("\(path)/\(name)/boot") {
      images += Self.images(in: "\(path)/\(name)/boot")
    }
    guard !images.isEmpty else {
      throw Failure(
        .badInput, "\(path) holds no kernel", remedy: "kernels are called vmlinuz-*, bzImage* or *.bzImage there")
    }
    return images.sorted { left, right in
      let (one, other) = (KernelRelease(release(of: left)), KernelRelease(release(of: right)))
      return one == other ? left < right : one < other
    }
  }

  /// A file stands for itself; a folder for the packages and images in it.
  public static func contents(of path: String) throws(Failure) -> [String] {
    guard isFolder(path) else { return [path] }
    let packages = names(in: path).filter { $0.hasSuffix(".deb") || $0.hasSuffix(".rpm") }.map { "\(path)/\($0)" }
    let files = packages + images(in: path)
    if files.isEmpty { throw Failure(.badInput, "\(path) holds neither packages nor kernels", remedy: "name another") }
    return files
  }

  static func images(in path: String) -> [String] {
    names(in: path).filter { name in
      !isFolder("\(path)/\(name)")
        && (name.hasPrefix("vmlinuz") || name.hasPrefix("bzImage") || name.hasSuffix(".bzImage"))
    }.map { "\(path)/\($0)" }
  }

  /// What follows the first hyphen of the file's name.
  static func release(of path: String) -> String {
    let name = URL(filePath: path).lastPathComponent
    return name.firstIndex(of: "-").map { String(name[name.index(after: $0)...]) } ?? name
  }

  static func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
