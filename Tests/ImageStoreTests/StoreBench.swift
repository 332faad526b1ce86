import Foundation
import HostSystem
import ImageStore
import Judgement
import Synchronization
import TestSupport

/// A store in a scratch folder, with a clock that can be moved and files to put in.
final class StoreBench: Sendable {
  let scratch: Scratch
  private let ahead = Mutex<TimeInterval>(0)

  init() throws { scratch = try Scratch() }

  var places: Places { Places(environment: ["XDG_CACHE_HOME": scratch.url.path, "HOME": scratch.url.path]) }
  var store: URL { places.store }
  var objects: URL { store.appending(path: "objects") }
  var index: URL { store.appending(path: "index.sqlite") }

  func open(limit: String = "") throws -> ImageStore {
    try ImageStore(in: places, environment: ["FIRSTBAD_STORE_LIMIT": limit]) { [self] in
      Date.now + ahead.withLock { $0 }
    }
  }

  func later(hours: Double) { ahead.withLock { $0 += hours * 3600 } }

  func key(_ tree: String, recipe: String = "recipe", toolChain: String = "gcc") -> BuildKey {
    BuildKey(tree: tree, recipe: recipe, toolChain: toolChain)
  }

  /// Adds an image of this content; configuration and log follow from the tree.
  @discardableResult
  func add(
    _ store: ImageStore, _ tree: String, _ content: String? = nil, identity: String? = nil, recipe: String = "recipe",
    seconds: Double = 60
  ) throws -> StoredImage {
    try store.add(
      key(tree, recipe: recipe), commit: "commit-\(tree)",
      image: try scratch.file("build/bzImage", content ?? "image of \(tree)"),
      config: try scratch.file("build/.config", "CONFIG_\(tree)=y\n"),
      log: try scratch.file("build/log", "log of \(tree)\n"), identity: identity ?? "identity of \(tree)",
      seconds: seconds)
  }

  @discardableResult
  func fail(_ store: ImageStore, _ tree: String, signature: String = "error: no") throws -> StoredFailure {
    try store.add(
      key(tree), commit: "commit-\(tree)", failure: (.build, signature, ["a.c:1: error: no", "make: *** [a.o]"]),
      log: try scratch.file("build/log", "failed log of \(tree)\n"))
  }

  func image(_ store: ImageStore, _ tree: String, recipe: String = "recipe") throws -> StoredImage? {
    guard case .built(let image)? = try store.build(key(tree, recipe: recipe)) else { return nil }
    return image
  }

  func failure(_ store: ImageStore, _ tree: String) throws -> StoredFailure? {
    guard case .failed(let failure)? = try store.build(key(tree)) else { return nil }
    return failure
  }

  /// Names in the folder of objects.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: objects.path).sorted() }

  func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

  /// Turns one bit over and leaves size and times as they are.
  func flip(_ file: URL, at offset: Int = 3) throws {
    let times = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate]
    var data = try Data(contentsOf: file)
    data[offset] ^= 1
    let handle = try FileHandle(forWritingTo: file)
    try handle.write(contentsOf: data)
    try handle.close()
    if let times { try FileManager.default.setAttributes([.modificationDate: times], ofItemAtPath: file.path) }
  }

  /// Another process at this store; under a shell, the hand is `$hand` and the cache `$cache`.
  func hand(_ words: String...) async throws -> Tool.Result {
    try await Tool(Self.hand, remedy: "build the tests").run(words, environment: environment)
  }

  /// The same in a mount namespace of its own.
  func mounts(_ script: String) async throws -> Tool.Result {
    let map = getuid() == 0 ? [] : ["--user", "--map-root-user"]
    return try await Tool("unshare", remedy: "install util-linux").run(
      map + ["--mount", "bash", "-c", script], environment: environment)
  }

  var environment: [String: String] {
    ["XDG_CACHE_HOME": scratch.url.path, "FIRSTBAD_STORE_LIMIT": "", "hand": Self.hand, "cache": scratch.url.path]
  }

  /// Beside the program that runs the tests.
  static var hand: String {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "StoreHand")
      .path
  }
}
