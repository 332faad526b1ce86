import Foundation
public import HostSystem

/// What is to be known of a tree to say what it needs.
public protocol TreeFacts: Sendable {
  /// What a file holds; nil when it is not there.
  func content(of path: String) async throws -> String?
  /// Whether its history has a commit, by id or by title.
  func history(has commit: FixUp.CommitName) async throws -> Bool
}

/// The fix-ups that may be applied, and which of them a tree needs.
public struct FixUpSet: Sendable {
  /// Those that are on, in the order of the table.
  public let rows: [FixUp]
  /// Those that are off.
  private let others: [FixUp]

  /// These of a table.
  init(_ isOn: (FixUp) -> Bool, of table: [FixUp] = FixUp.table) {
    rows = table.filter(isOn)
    others = table.filter { !isOn($0) }
  }

  /// Every row that somebody has verified: what is on without being asked for.
  public static let verified = FixUpSet(\.isVerified)

  /// The value of `--fix-ups`: words `none`, `verified`, `all`, the names of rows, and with a `-` before it a row that
  /// is off, between commas.
  public init(argument: String, of table: [FixUp] = FixUp.table) throws(Failure) {
    var names: Set<String> = []
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
      switch word {
      case "none": break
      case "verified": names.formUnion(table.filter(\.isVerified).map(\.name))
      case "all": names.formUnion(table.map(\.name))
      default:
        let isOff = word.hasPrefix("-")
        let name = String(isOff ? word.dropFirst() : word)
        guard table.contains(where: { $0.name == name }) else {
          throw Failure(
            .usage, "there is no fix-up '\(name)'",
            remedy: "say none, verified, all, or a name that 'firstbad fix-ups' lists"
          )
        }
        if isOff { names.remove(name) } else { names.insert(name) }
      }
    }
    self.init({ names.contains($0.name) }, of: table)
  }

  /// A digest of all that is on: sessions with another set cannot be mixed.
  public var digest: String { Digest.sha256(ofFields: rows.map { "\($0)" }) }

  /// Those that this tree needs before it is built.
  public func ahead(
    _ tree: any TreeFacts, _ tools: [BuildProgram: ToolVersion]
  ) async throws -> [FixUp] {
    var needed: [FixUp] = []
    for row in rows where row.moment == .ahead {
      if try await row.isNeeded(tree, tools) { needed.append(row) }
    }
    return needed
  }

  /// The one that a build which failed so needs next; nil when nothing is known against it. Each is tried once.
  public func next(
    after failure: BuildFailure, applied: [FixUp], _ tree: any TreeFacts, _ tools: [BuildProgram: ToolVersion]
  ) async throws -> FixUp? {
    for row in rows where row.explains(failure) && !applied.contains(row) {
      if try await row.isNeeded(tree, tools) { return row }
    }
    return nil
  }

  /// Those that are off and might help a build which failed so.
  public func hints(
    for failure: BuildFailure, _ tree: any TreeFacts, _ tools: [BuildProgram: ToolVersion]
  ) async throws -> [FixUp] {
    var hints: [FixUp] = []
    for row in others where row.explains(failure) {
      if try await row.isNeeded(tree, tools) { hints.append(row) }
    }
    return hints
  }
}

extension FixUp {
  /// Whether a build failed with its symptom.
  func explains(_ failure: BuildFailure) -> Bool {
    guard case .build(let pattern) = symptom else { return false }
    return Self.matches(pattern, [failure.signature] + failure.lines)
  }

  /// Whether the tools and the tree are those that it is for. What costs least is asked first.
  func isNeeded(_ tree: any TreeFacts, _ versions: [BuildProgram: ToolVersion]) async throws -> Bool {
    guard tools.isEmpty || tools.contains(where: { $0.holds(versions) }) else { return false }
    for condition in trees.sorted(by: { $0.cost < $1.cost }) {
      let holds =
        switch condition {
        case .holds(let path, let text): try await tree.content(of: path)?.contains(text) ?? false
        case .lacks(let path, let text): try await tree.content(of: path).map { !$0.contains(text) } ?? false
        case .without(let path): try await tree.content(of: path) == nil
        case .since(let commit): try await tree.history(has: commit)
        case .until(let commit): try await !tree.history(has: commit)
        }
      if !holds { return false }
    }
    return true
  }

  /// What the store calls a kernel that was made with these; empty for one that was made without.
  public static func key(of applied: [FixUp]) -> String {
    if applied.isEmpty { return "" }
    let digest = Digest.sha256(ofFields: applied.map { "\($0.name) \($0.actions)" })
    return applied.map(\.name).joined(separator: ",") + ":" + digest.prefix(12)
  }
}

extension FixUp.TreeCondition {
  /// A look at the history takes longer than one at a file.
  fileprivate var cost: Int {
    switch self {
    case .holds, .lacks, .without: 0
    case .since, .until: 1
    }
  }
}
