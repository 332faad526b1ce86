import KernelBuild
import KernelTree
import Synchronization

/// What fix-ups ask of a tree: files of the tree itself, and the history of the commit that it comes of.
final class CommitFacts: TreeFacts {
  private let tree: KernelTree
  private let slot: TreeSlot
  private let id: String
  private let commit: CommitID
  private let files = Mutex<[String: String?]>([:])

  init(_ tree: KernelTree, _ slot: TreeSlot, of id: String, at commit: CommitID) {
    self.tree = tree
    self.slot = slot
    self.id = id
    self.commit = commit
  }

  func content(of path: String) async throws -> String? {
    if let known = files.withLock({ $0[path] }) { return known }
    let found = try await slot.content(of: path, in: id)
    files.withLock { $0[path] = .some(found) }
    return found
  }

  func history(has name: FixUp.CommitName) async throws -> Bool {
    try await tree.history(of: commit, has: name.id, title: name.title)
  }
}

/// What fix-ups make of a source.
struct FixedTree {
  /// The tree to build; that of the commit where nothing in the source is changed.
  let id: String

  /// The tree with what the fix-ups change in it, or why one of them cannot be had here.
  static func make(
    of id: String, with fixUps: [FixUp], in slot: TreeSlot, _ repository: KernelTree,
    compiler: ToolVersion?
  ) async throws -> Result {
    var id = id
    for row in fixUps {
      for action in row.actions {
        switch action {
        case .compilerFlag, .hostFlag, .linkerFlag, .makeArgument, .config: continue
        case .cherryPick(let name):
          guard let fix = try await repository.commit(known: name.id, title: name.title) else {
            return .missing(
              "the fix-up \(row.name) takes \(name.id) (\"\(name.title)\"), which is not in this repository")
          }
          guard let picked = try await slot.tree(id, with: fix) else {
            return .missing("the fix-up \(row.name) takes \(fix.short), which does not apply here")
          }
          id = picked
        case .copy(let to, let from):
          guard let file = try await newest(from, in: id, slot), let compiler,
            let copied = try await slot.tree(
              id, copying: file, to: to.replacing("%", with: String(compiler.major)))
          else { return .missing("the fix-up \(row.name) copies \(from), which is not there") }
          id = copied
        }
      }
    }
    return .tree(FixedTree(id: id))
  }

  enum Result {
    case tree(FixedTree)
    case missing(String)
  }

  /// The file of a pattern `folder/name*.h` with the greatest number.
  private static func newest(_ pattern: String, in tree: String, _ slot: TreeSlot) async throws -> String? {
    let folder = pattern.prefix(pattern.utf8.count - (pattern.split(separator: "/").last?.utf8.count ?? 0) - 1)
    let name = pattern.dropFirst(folder.utf8.count + 1).split(separator: "*", omittingEmptySubsequences: false)
    guard name.count == 2 else { return nil }
    let numbers = try await slot.names(in: String(folder), of: tree).compactMap { file -> Int? in
      guard file.hasPrefix(name[0]), file.hasSuffix(name[1]) else { return nil }
      return Int(file.dropFirst(name[0].count).dropLast(name[1].count))
    }
    return numbers.max().map { "\(folder)/\(name[0])\($0)\(name[1])" }
  }
}

/// What one commit's kernel is made with: the tree, the tool chain, and the fix-ups as far as they are known to be needed.
struct Wants {
  /// The tree without them.
  let tree: String
  let toolChain: ToolChain
  let facts: CommitFacts
  private(set) var fixUps: [FixUp]

  init(tree: String, toolChain: ToolChain, facts: CommitFacts, fixUps: [FixUp]) {
    self.tree = tree
    self.toolChain = toolChain
    self.facts = facts
    self.fixUps = fixUps
  }

  /// Takes the fix-up that is known against a failure; false when there is none.
  mutating func add(
    after failure: BuildFailure, from set: FixUpSet, _ report: (KernelWorkshop.Progress) -> Void
  ) async throws -> Bool {
    let next = try await set.next(after: failure, applied: fixUps, facts, toolChain.versions)
    guard let next else { return false }
    report(.note("fix-up \(next.name): \(failure.signature)"))
    fixUps.append(next)
    return true
  }
}
