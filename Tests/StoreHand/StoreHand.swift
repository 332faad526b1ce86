import Foundation
import HostSystem
import ImageStore

/// A process that works on the store under XDG_CACHE_HOME: `StoreHand add TREE BYTES`, `StoreHand read TREE`,
/// `StoreHand hold` until its input ends, and `StoreHand churn SEED ROUNDS BYTES`, which adds, reads, remembers and
/// prunes as it comes.
@main
struct StoreHand {
  static func main() {
    do {
      try work(Array(CommandLine.arguments.dropFirst()))
    } catch {
      print("\((error as? Failure).map { "\($0.kind)" } ?? "other"): \(error)")
      exit(3)
    }
  }

  private static func work(_ words: [String]) throws {
    let number = { (index: Int) in words.count > index ? Int(words[index]) ?? 0 : 0 }
    switch words.first {
    case "add":
      let image = try add(try ImageStore(in: Places()), words[1], bytes: number(2))
      print(image.sha256)
    case "read":
      let store = try ImageStore(in: Places())
      if case .built(let image)? = try store.build(key(words[1])) {
        print(image.sha256, image.image.path)
      } else {
        print("nothing")
      }
    case "hold":
      let store = try ImageStore(in: Places())
      print("held \(store.limit)")
      fflush(nil)
      _ = readLine()
      withExtendedLifetime(store) {}
    case "churn": try churn(UInt64(number(1)), rounds: number(2), bytes: number(3))
    default: exit(4)
    }
  }

  private static func key(_ tree: String) -> BuildKey { BuildKey(tree: tree, recipe: "recipe", toolChain: "gcc") }

  /// An image whose content follows from its tree.
  private static func add(_ store: ImageStore, _ tree: String, bytes: Int) throws -> StoredImage {
    let folder = FileManager.default.temporaryDirectory.appending(path: "firstbad-hand-\(getpid())")
    try Places.make(folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let image = folder.appending(path: "bzImage")
    let config = folder.appending(path: "config")
    let log = folder.appending(path: "log")
    var content = Data("image of \(tree)\n".utf8)
    if content.count < bytes { content.append(Data(repeating: tree.utf8.last ?? 0, count: bytes - content.count)) }
    try content.write(to: image)
    try Data("CONFIG_TREE=\(tree)\n".utf8).write(to: config)
    try Data("log\n".utf8).write(to: log)
    return try store.add(
      key(tree), commit: "commit-\(tree)", image: image, config: config, log: log, identity: "identity of \(tree)",
      seconds: 1)
  }

  private static func churn(_ seed: UInt64, rounds: Int, bytes: Int) throws {
    let store = try ImageStore(in: Places())
    // Two hours ahead nothing is spared, so that prune meets what others are at.
    let pruner = try ImageStore(in: Places(), environment: [:], now: { Date.now + 7200 })
    var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
    for _ in 0..<rounds {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let tree = "tree\(state >> 33 % 6)"
      switch state >> 45 % 8 {
      case 0: _ = try pruner.prune(to: 3 * bytes)
      case 1, 2: _ = try store.build(key(tree))
      case 3:
        _ = try store.add(
          key("failed \(tree)"), commit: "c", failure: (.build, "error", ["error"]), log: URL(filePath: "/etc/passwd"))
      default: _ = try add(store, tree, bytes: bytes)
      }
      print(tree)
      fflush(nil)
    }
  }
}
