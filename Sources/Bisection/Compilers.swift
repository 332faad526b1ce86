import HostSystem
public import KernelBuild
public import KernelTree

/// Which compiler builds which commit: one for all, and others for ranges of them.
public struct Compilers: Sendable {
  /// For commits of no range.
  public let usual: ToolChain
  /// The first that holds a commit decides.
  let ranges: [Span]

  /// Commits as `git rev-list FROM..UPTO` counts them, and what builds them.
  struct Span: Sendable {
    /// Not this one and not its ancestors; nil leaves nothing out.
    let from: CommitID?
    /// This one and its ancestors; nil for all.
    let upTo: CommitID?
    let toolChain: ToolChain
  }

  /// One for all.
  public init(_ usual: ToolChain) {
    self.usual = usual
    ranges = []
  }

  /// The values of `--compiler`: a compiler, and `FROM..UPTO=COMPILER`, where either end may be left out.
  public init(arguments: [String], in tree: KernelTree) async throws {
    var usual: String?
    var ranges: [Span] = []
    for argument in arguments {
      guard let word = try Self.range(argument) else {
        if let usual {
          throw Failure(
            .usage, "--compiler names two for all commits, \(usual) and \(argument)",
            remedy: "say which commits one of them is for: FROM..UPTO=\(argument)")
        }
        usual = argument
        continue
      }
      let from = word.from.isEmpty ? nil : try await tree.resolve(word.from)
      let upTo = word.upTo.isEmpty ? nil : try await tree.resolve(word.upTo)
      ranges.append(Span(from: from, upTo: upTo, toolChain: try await ToolChain.find(compiler: word.compiler)))
    }
    self.usual = try await ToolChain.find(compiler: usual)
    self.ranges = ranges
  }

  /// `FROM..UPTO=COMPILER` taken apart; nil for a compiler alone.
  static func range(_ argument: String) throws(Failure) -> (from: String, upTo: String, compiler: String)? {
    guard let dots = argument.firstRange(of: ".."),
      let equals = argument[dots.upperBound...].firstIndex(of: "=")
    else { return nil }
    let (from, upTo) = (argument[..<dots.lowerBound], argument[dots.upperBound..<equals])
    let compiler = argument[argument.index(after: equals)...]
    guard !(from.isEmpty && upTo.isEmpty), !upTo.hasPrefix("."), !compiler.isEmpty else {
      throw Failure(
        .usage, "--compiler \(argument) names no commits", remedy: "write FROM..UPTO=COMPILER, such as ..v5.15=gcc-11")
    }
    return (String(from), String(upTo), String(compiler))
  }

  /// What builds a commit, by ancestry.
  public func toolChain(for id: CommitID, in tree: KernelTree) async throws -> ToolChain {
    for range in ranges {
      if let upTo = range.upTo, try await !tree.isAncestor(id, of: upTo) { continue }
      if let from = range.from, try await tree.isAncestor(id, of: from) { continue }
      return range.toolChain
    }
    return usual
  }

  /// A digest of all that is decided here.
  public var digest: String {
    if ranges.isEmpty { return usual.digest }
    return Digest.sha256(
      ofFields: [usual.digest]
        + ranges.map { "\($0.from?.hex ?? "")..\($0.upTo?.hex ?? "")=\($0.toolChain.digest)" })
  }
}
