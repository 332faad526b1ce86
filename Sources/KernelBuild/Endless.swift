public import Foundation
import HostSystem
import Judgement

/// A make that was ended because it came to no end of its own: that may be the machine's doing, or the tree's.
struct Endless: Error {
  /// What it did, as the beginning of a sentence.
  let what: String
  /// ``Phase/configure`` or ``Phase/build``.
  let phase: Phase
  /// The last words of make.
  let lines: [String]

  /// What follows for the tree where this is its second build, and the first came to no end, either.
  func failure(after first: Endless) -> BuildFailure {
    let words = first.what == what ? "\(what), twice" : "\(what), and before that \(first.what)"
    return BuildFailure(phase: phase, signature: words, lines: lines)
  }
}

extension KernelBuilder {
  /// Only configures, in a folder that is for this alone, and gives the text that kconfig made of the recipe.
  public func configure(
    source: URL, objects: URL, log: URL, fixUps: [FixUp] = []
  ) async throws -> ConfigureOutcome {
    do {
      return try await attempt(source: source, objects: objects, log: log, fixUps: fixUps)
    } catch let first as Endless {
      do {
        return try await attempt(source: source, objects: objects, log: log, fixUps: fixUps)
      } catch let endless as Endless {
        return .failed(endless.failure(after: first))
      }
    }
  }

  /// Configures and builds a tree, with what fix-ups tell make and kconfig; what they do to the source is done already.
  ///
  /// The source is only read. The objects are used again from build to build; they are emptied first when `isClean`,
  /// when another recipe, tool chain or source built in them, and when the last build there was killed. Where `tree` is
  /// told, what a file that is new since then may be meant by is made again; make would not notice. The log holds
  /// every word of make. A second build in the same folder at the same time is refused.
  ///
  /// Half an hour of silence, or 256 MiB of words, end a build. It is tried again from nothing but the source, as the machine
  /// may have been the cause; a tree that does so twice gives no kernel.
  ///
  /// What is no property of the tree is thrown as ``HostSystem/Failure``: missing programs, full disks, killed
  /// compilers. Cancelling the task ends make and throws.
  public func build(
    source: URL, tree: SourceTree? = nil, objects: URL, log: URL, isClean: Bool, fixUps: [FixUp] = [],
    progress: @escaping @Sendable (BuildProgress) -> Void
  ) async throws -> BuildOutcome {
    do {
      return try await attempt(
        source: source, tree: tree, objects: objects, log: log, isClean: isClean, fixUps: fixUps, progress: progress)
    } catch let first as Endless {
      do {
        let outcome = try await attempt(
          source: source, tree: tree, objects: objects, log: log, isClean: true, fixUps: fixUps, progress: progress)
        guard case .built(var kernel) = outcome else { return outcome }
        kernel.notes.append("\(first.what), and was ended; the second build came to its end")
        return .built(kernel)
      } catch let second as Endless {
        return .failed(second.failure(after: first))
      }
    }
  }
}
