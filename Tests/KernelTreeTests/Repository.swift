import Foundation
import HostSystem
import KernelTree
import TestSupport

/// A small git repository that looks like a kernel's, made and changed by git itself.
final class Repository: Sendable {
  /// What a tree needs to pass for a kernel.
  static let kernel = ["Kconfig": "mainmenu\n", "Makefile": "VERSION = 6\n", "arch/x86/x": "x\n"]

  /// Holds the checkout, and whatever else a test needs.
  let scratch: Scratch
  /// The checkout.
  let folder: URL
  private let program: Tool

  /// An empty repository; `name` may be odd.
  init(_ name: String = "linux", options: [String] = []) async throws {
    scratch = try Scratch()
    folder = scratch.url.appending(path: name)
    program = try Tool("git", remedy: "none")
    try Places.make(folder)
    try await git(["init", "-q", "-b", "master"] + options)
  }

  private init(_ scratch: Scratch, _ folder: URL) throws {
    self.scratch = scratch
    self.folder = folder
    program = try Tool("git", remedy: "none")
  }

  /// The same history seen from another checkout, or a clone of it.
  func other(_ name: String) throws -> Repository { try Repository(scratch, scratch.url.appending(path: name)) }

  /// The cache and state of the product, beside the repository.
  var places: Places {
    Places(environment: [
      "XDG_CACHE_HOME": scratch.url.appending(path: "cache").path,
      "XDG_STATE_HOME": scratch.url.appending(path: "state").path,
    ])
  }

  @discardableResult
  func git(_ arguments: String...) async throws -> String { try await git(arguments) }

  /// Runs git in the checkout; nobody's configuration counts, and its output comes without the last line feed.
  @discardableResult
  func git(_ arguments: [String]) async throws -> String {
    var environment: [String: String?] = [
      "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a",
      "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c", "GIT_AUTHOR_DATE": "1700000000 +0000",
      "GIT_COMMITTER_DATE": "1700000000 +0000",
    ]
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] { environment.updateValue(nil, forKey: variable) }
    let output = try await program.succeed(
      ["-c", "gc.auto=0"] + arguments, in: folder.path, environment: environment
    ).output
    return output.hasSuffix("\n") ? String(output.dropLast()) : output
  }

  /// Writes files, removes those whose content is nil, and commits the lot.
  @discardableResult
  func commit(_ subject: String, _ files: [String: String?] = [:]) async throws -> CommitID {
    // What is in the way goes first: a folder may become a file.
    for path in files.keys { try? FileManager.default.removeItem(at: folder.appending(path: path)) }
    for case (let path, let content?) in files { try scratch.file("\(folder.lastPathComponent)/\(path)", content) }
    try await git("add", "-A")
    try await git("commit", "-q", "--allow-empty", "-m", subject)
    return try await head()
  }

  /// The first commit of a kernel.
  @discardableResult
  func begin(_ files: [String: String] = [:]) async throws -> CommitID {
    try await commit("begin", Self.kernel.merging(files) { $1 })
  }

  /// Merges a branch, if need be with a made-up resolution, and gives the merge.
  func merge(_ other: String, _ subject: String) async throws -> CommitID {
    try await git("merge", "-q", "--no-ff", "-s", "ort", "-X", "ours", "-m", subject, other)
    return try await head()
  }

  /// Where HEAD is.
  func head() async throws -> CommitID { CommitID(try await git("rev-parse", "HEAD")) }

  /// What is being tested.
  func tree() async throws -> KernelTree { try await KernelTree(at: folder.path) }
}

/// Everything in a folder: kinds, modes, contents, and with `times` when and as which inode each file was written.
struct Snapshot: Equatable {
  var entries: [String: String] = [:]

  init(_ folder: URL, times: Bool = false) throws {
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      var status = stat()
      let file = folder.appending(path: path)
      guard lstat(file.path, &status) == 0 else { continue }
      var entry = String(status.st_mode, radix: 8)
      switch status.st_mode & S_IFMT {
      case S_IFREG: entry += " \(try Data(contentsOf: file).base64EncodedString())"
      case S_IFLNK: entry += " -> \(try FileManager.default.destinationOfSymbolicLink(atPath: file.path))"
      default: break
      }
      if times, status.st_mode & S_IFMT != S_IFDIR {
        entry += " \(status.st_ino) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
      }
      entries[path] = entry
    }
  }

  /// Paths whose entries differ, or are in one of the two only.
  func differences(from other: Snapshot) -> [String] {
    Set(entries.keys).union(other.entries.keys).filter { entries[$0] != other.entries[$0] }.sorted()
  }
}

/// The failure that work ends with, or nil when it does not.
func failure(of work: () async throws -> Void) async -> Failure? {
  do {
    try await work()
    return nil
  } catch {
    return error as? Failure
  }
}
