import Foundation
import HostSystem

extension ImageStore {
  /// Size of a file in bytes, 0 when there is none.
  static func size(of file: URL) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? Int) ?? 0
  }

  /// Puts files into the folder of an object. It gets its name when all are on the disk, so that a name stands
  /// for whole files; whoever comes second with the same content finds it done.
  func keep(_ sha256: String, _ files: [String: URL], texts: [String: String]) throws(Failure) {
    let final = objects.appending(path: sha256)
    if Self.size(of: image(sha256)) > 0, (try? Digest.sha256(of: image(sha256))) == sha256 { return }
    let fresh = objects.appending(path: "new-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
    do {
      try FileManager.default.createDirectory(at: fresh, withIntermediateDirectories: true)
      for (name, file) in files {
        let copy = fresh.appending(path: name)
        try FileManager.default.copyItem(at: file, to: copy)
        try Self.flush(copy)
      }
      for (name, text) in texts {
        let copy = fresh.appending(path: name)
        try Data(text.utf8).write(to: copy)
        try Self.flush(copy)
      }
      try Self.flush(fresh)
      // What stands there under this name is damaged, or was put there a moment ago by somebody else.
      if rename(fresh.path, final.path) != 0 {
        let old = objects.appending(path: "new-old-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        if (try? Digest.sha256(of: image(sha256))) != sha256 {
          _ = rename(final.path, old.path)
          guard rename(fresh.path, final.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
        try? FileManager.default.removeItem(at: old)
        try? FileManager.default.removeItem(at: fresh)
      }
      try Self.flush(objects)
    } catch {
      try? FileManager.default.removeItem(at: fresh)
      throw Failure(
        .cannotWrite, "\(objects.path) cannot be written: \(Failure.cause(of: error))",
        remedy: "free some space there: firstbad store prune --to 1G")
    }
  }

  private static func flush(_ url: URL) throws {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else { throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno)) }
  }

  /// Folders of objects, by name.
  func objectNames() -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: objects.path))?.sorted() ?? []
  }

  /// Removes what lies in the folder of objects under this name; a symbolic link goes, what it points to stays.
  func removeObject(_ name: String) { try? FileManager.default.removeItem(at: objects.appending(path: name)) }
}
