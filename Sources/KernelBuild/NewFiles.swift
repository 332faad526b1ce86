import Foundation
import HostSystem

/// Files that came into a source since something was built of it, and what was built without them.
///
/// Make compares the times of what the compiler read. A header that was not there then it does not know, and one that lies
/// in a folder which is searched earlier takes the place of the one that was read: `include/linux/a.h` that of
/// `include/uapi/linux/a.h` where a source says `<linux/a.h>`. The object of before would stay, and the kernel would be
/// that of the commit before.
struct NewFiles {
  /// Names without folders. Which of two files of one name a source means hangs on folders and options, and on who
  /// includes it; so all that read one of that name is made again.
  private let names: Set<String>
  /// Their lengths in bytes: of the millions of words that objects were made with, few are of one.
  private let lengths: Set<Int>

  init(_ paths: [String]) {
    names = Set(paths.compactMap { $0.split(separator: "/").last.map(String.init) })
    lengths = Set(names.map(\.utf8.count))
  }

  /// Whether a source can ask for a file that it does without when it is not there.
  private static let question = Data("__has_include".utf8)

  /// Removes what was made of a file of such a name, what was made of a source that asks whether a file is there, and
  /// generated headers of such a name: before Linux 4.19 those stay where a commit brings a header of its own.
  func displace(in objects: URL, of source: URL) throws(Failure) {
    if names.isEmpty { return }
    let top = source.standardizedFileURL.path + "/"
    var asks: [String: Bool] = [:]
    func mayAsk(_ path: String) -> Bool {
      if let known = asks[path] { return known }
      let text = try? Data(contentsOf: source.appending(path: path), options: .mappedIfSafe)
      let answer = text?.range(of: Self.question) != nil
      asks[path] = answer
      return answer
    }
    guard let all = FileManager.default.enumerator(atPath: objects.path) else {
      throw Failure(.badInput, "\(objects.path) cannot be read", remedy: "build again")
    }
    for case let path as String in all {
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      if names.contains(name), path.contains("/generated/") { try remove(path, in: objects) }
      guard name.hasPrefix("."), name.hasSuffix(".cmd"), name != ".built-in.a.cmd" else { continue }
      guard let text = try? Data(contentsOf: objects.appending(path: path)) else {
        throw Failure(.badInput, "\(objects.path)/\(path) cannot be read", remedy: "build again")
      }
      guard reads(text) || BuildInputs.paths(after: top, in: text).contains(where: mayAsk) else { continue }
      let target = path.dropLast(name.count) + name.dropFirst().dropLast(".cmd".count)
      try remove(String(target), in: objects)
    }
  }

  /// Whether a word of a command ends in one of the names.
  private func reads(_ text: Data) -> Bool {
    text.withUnsafeBytes { bytes in
      bytes.split(whereSeparator: { BuildInputs.isEnd[Int($0)] || $0 == UInt8(ascii: "/") })
        .contains { lengths.contains($0.count) && names.contains(String(decoding: $0, as: UTF8.self)) }
    }
  }

  private func remove(_ path: String, in objects: URL) throws(Failure) {
    let file = objects.appending(path: path)
    guard unlink(file.path) != 0, errno != ENOENT else { return }
    throw Failure(
      .cannotWrite, "\(file.path) cannot be removed: \(String(cString: strerror(errno)))",
      remedy: "remove \(objects.path), or name another folder")
  }
}
