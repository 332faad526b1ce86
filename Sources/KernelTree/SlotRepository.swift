import Foundation
import HostSystem

/// The repository that a slot's worktree belongs to: of our own, with an index and hardly an object in it. All else is
/// read from the user's objects, by way of objects/info/alternates (gitrepository-layout(5)).
///
/// A `git worktree` of the user's repository would stand in its .git/worktrees, take part in its gc, obey its hooks,
/// filters and line endings, and end with somebody's `git worktree prune`. This one needs none of their leave, and leaves
/// no trace there.
struct SlotRepository: Sendable {
  /// Changes with what ``make()`` makes.
  private static let layout = 1
  /// Contents come out as they are stored, whatever .gitattributes in the tree wants (gitattributes(5)): a build must
  /// see the bytes of the commit, and a merge must not be cleaner than it is.
  private static let attributes = "* -text -ident -filter !eol !crlf !working-tree-encoding !merge\n"
  private static let settings = [
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "core.excludesFile=/dev/null",
    "gc.auto=0", "maintenance.auto=false", "init.defaultBranch=slot",
  ]
  /// A git that a killed run left behind goes on writing. So each holds a lock of its own while it lives, for which the
  /// next run waits; and one that gets its lock late, when its parent is dead already, does nothing.
  static let guardian = #"[ "$PPID" = "$1" ] || exit 126; shift; exec "$@""#

  /// Where it lies.
  let folder: SlotFolder
  /// The user's objects.
  let alternate: URL
  /// `sha1` or `sha256`, as the user's repository has it.
  let objectFormat: String
  /// git.
  let program: Tool
  private let shell: Tool
  private let flock: Tool
  private let environment: [String: String?]

  init(in folder: SlotFolder, for tree: KernelTree) throws(Failure) {
    self.folder = folder
    alternate = tree.objects
    objectFormat = tree.objectFormat
    program = tree.git.program
    shell = try Tool("sh", remedy: "a shell is part of every system")
    flock = try Tool("flock", remedy: "install it: apt-get install util-linux")
    environment = GitEnvironment.changes(to: ProcessInfo.processInfo.environment, isOurs: true)
  }

  /// Runs a command with the worktree as its folder.
  func run(
    _ arguments: [String], limit: Duration = .seconds(1800), environment: [String: String] = [:]
  ) async throws -> Tool.Result {
    try await guarded(
      ["--git-dir=\(folder.repository.path)", "--work-tree=\(folder.source.path)"] + arguments, limit, environment)
  }

  /// Runs a command that must succeed; `purpose` says what cannot be done without.
  @discardableResult
  func succeed(
    _ arguments: [String], or purpose: String, environment: [String: String] = [:]
  ) async throws -> String {
    let result = try await run(arguments, environment: environment)
    guard result.status == 0 else {
      throw Failure(
        .toolFailed, "\(purpose): \(Git.words(of: result))",
        remedy: "free some space in \(folder.url.path), or remove that folder")
    }
    return result.output.withoutLastLineFeed
  }

  private func guarded(
    _ arguments: [String], _ limit: Duration, _ further: [String: String] = [:]
  ) async throws -> Tool.Result {
    let command = [program.path] + Self.settings.flatMap { ["-c", $0] } + arguments
    return try await flock.run(
      ["--no-fork", folder.writing.path, shell.path, "-c", Self.guardian, "sh", String(getpid())] + command,
      in: folder.source.path, environment: environment.merging(further) { $1 }, limit: limit)
  }

  /// Makes what is missing or of an older layout, waits for what an earlier run left at work, and clears its lock away.
  func prepare() async throws {
    try Places.make(folder.url)
    try await waitForOthers()
    for part in [folder.source, folder.objects] { try makeFolder(part) }
    let marker = folder.repository.appending(path: "firstbad")
    if (try? String(contentsOf: marker, encoding: .utf8)) != mark { try await make() }
    // Rewritten each time, as the user may have moved objects about. The quotes are C's, as git reads them.
    let path = alternate.path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    try write("\"\(path)\"\n", to: "objects/info/alternates")
    try write(Self.attributes, to: "info/attributes")
    try? FileManager.default.removeItem(at: folder.repository.appending(path: "index.lock"))
  }

  /// Forgets what is known of the worktree's files; their contents will be compared anew.
  func forget() { try? FileManager.default.removeItem(at: folder.repository.appending(path: "index")) }

  /// Forgets everything but the files themselves.
  func discard() { try? FileManager.default.removeItem(at: folder.repository) }

  private var mark: String { "\(Self.layout) \(objectFormat)\n" }

  /// Whole or not at all, as somebody may be killed in the middle.
  private func make() async throws {
    let fresh = folder.url.appending(path: "git.new")
    for old in [fresh, folder.repository] { try? FileManager.default.removeItem(at: old) }
    let made = try await guarded(
      ["init", "--quiet", "--bare", "--template=", "--object-format=\(objectFormat)", fresh.path], .seconds(60))
    guard made.status == 0 else {
      throw Failure(
        .cannotWrite, "\(fresh.path) cannot be made: \(Git.words(of: made))", remedy: "free some space there")
    }
    try Places.make(fresh.appending(path: "info"))
    try Places.write(Data(mark.utf8), to: fresh.appending(path: "firstbad"))
    guard rename(fresh.path, folder.repository.path) == 0 else {
      throw Failure(.cannotWrite, "\(folder.repository.path) cannot be made: \(String(cString: strerror(errno)))")
    }
  }

  private func write(_ text: String, to path: String) throws(Failure) {
    let file = folder.repository.appending(path: path)
    if (try? String(contentsOf: file, encoding: .utf8)) == text { return }
    try Places.make(file.deletingLastPathComponent())
    try Places.write(Data(text.utf8), to: file)
  }

  /// A link is replaced and not followed: what it leads to is not ours to empty.
  private func makeFolder(_ url: URL) throws(Failure) {
    let kind = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.type] as? FileAttributeType
    if let kind, kind != .typeDirectory { try? FileManager.default.removeItem(at: url) }
    try Places.make(url)
  }

  private func waitForOthers() async throws {
    for _ in 0..<1200 {
      if try FileLock(folder.writing) != nil { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Failure(
      .toolFailed, "a git that an earlier run left behind still writes to \(folder.source.path)",
      remedy: "end it, or use another slot")
  }
}
