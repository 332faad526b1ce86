import Bisection
import Foundation
import HostSystem
import Judgement
import KernelBuild
import Synchronization
import TestSupport

@testable import ConfigSearch

/// A laboratory with a Kconfig of a few symbols, which knows which of them a behaviour hangs on, and counts what it does.
final class SimulatedConfigurations: ConfigurationLaboratory {
  /// What Kconfig says of a symbol.
  struct Symbol {
    let name: String
    var needs: String?
    var selects: String?
    var isHidden = false
  }

  let symbols: [Symbol]
  /// It is bad with all of any of these.
  let causes: [Set<String>]
  /// With the first one and without the second it does not build.
  let breaks: [(with: String, without: String)]
  /// What builds upon older objects say otherwise, by symbol.
  let lies: Set<String>
  /// With one of these it builds with a fix-up only.
  let fixed: Set<String>
  /// A good kernel with one of these falls silent in its first run.
  let stalls: Set<String>
  /// Without all of these the probe's own check fails.
  let needed: Set<String>
  /// In this share of its runs a bad kernel fails; which ones is decided by the seed.
  let share: Double
  let seed: Int
  private let state = Mutex(State())

  struct State {
    var built: [String] = []
    var kept: [String: Bool] = [:]
    var runs = 0
    var lifetime = Int.max
  }

  /// Ends a simulated process in the middle of its work.
  struct Killed: Error {}

  init(
    _ symbols: [Symbol], causes: [Set<String>], breaks: [(with: String, without: String)] = [], lies: Set<String> = [],
    fixed: Set<String> = [], stalls: Set<String> = [], needed: Set<String> = [], share: Double = 1,
    seed: Int = 0
  ) {
    self.needed = needed
    self.share = share
    self.seed = seed
    self.stalls = stalls
    self.fixed = fixed
    self.symbols = symbols
    self.causes = causes
    self.breaks = breaks
    self.lies = lies
  }

  /// Texts that were built, in order.
  var built: [String] { state.withLock { $0.built } }

  /// Lets so many builds live from now on.
  func live(_ builds: Int) { state.withLock { $0.lifetime = builds } }

  func configure(_ recipe: BuildRecipe) async throws -> ConfigureOutcome {
    var asked: Set<String> = []
    var text = recipe.fragment()
    switch recipe.base {
    case .tiny: break
    case .defconfig: text = ""
    case .file(let contents), .exact(let contents): text = contents + text
    }
    for line in text.split(separator: "\n") {
      let name = line.split(separator: "=")[0].replacing("CONFIG_", with: "")
      if line.hasSuffix("=y") { asked.insert(String(name)) }
      if line.hasSuffix(" is not set") {
        asked.remove(String(line.dropFirst(2).dropLast(11)).replacing("CONFIG_", with: ""))
      }
    }
    // What is there by itself, then what selects, then what depends: Kconfig's own order is of no consequence here.
    var taken = Set(symbols.filter { asked.contains($0.name) && !$0.isHidden }.map(\.name))
    while true {
      let before = taken
      for symbol in symbols where taken.contains(symbol.name) {
        if let needs = symbol.needs, !taken.contains(needs) { taken.remove(symbol.name) }
      }
      for symbol in symbols where taken.contains(symbol.name) {
        if let selects = symbol.selects { taken.insert(selects) }
      }
      if taken == before { break }
    }
    for wanted in recipe.probeSymbols + recipe.userSymbols.filter({ $0.value == "y" }).map(\.symbol)
    where !taken.contains(wanted.replacing("CONFIG_", with: "")) {
      return .failed(BuildFailure(phase: .configure, signature: "\(wanted) did not take", lines: []))
    }
    return .configured(
      symbols.map { taken.contains($0.name) ? "CONFIG_\($0.name)=y\n" : "# CONFIG_\($0.name) is not set\n" }.joined())
  }

  func examine(_ recipe: BuildRecipe, isClean: Bool) async throws -> Examination {
    guard case .configured(let text) = try await configure(recipe) else { throw Killed() }
    let taken = taken(text)
    let key = "\(isClean) \(text)"
    let isNew = try state.withLock { state throws(Killed) in
      if state.kept[key] != nil { return false }
      if state.lifetime == 0 { throw Killed() }
      state.lifetime -= 1
      state.built.append(key)
      state.kept[key] = true
      return true
    }
    if let broken = breaks.first(where: { taken.contains($0.with) && !taken.contains($0.without) }) {
      let why = "\(broken.with).c does not build"
      return examination(text, nil, .broken(why), isNew, isClean, [])
    }
    var isBad = causes.contains { $0.isSubset(of: taken) } || !needed.isSubset(of: taken)
    if !isClean, !lies.isDisjoint(with: taken) { isBad.toggle() }
    isBad = isBad && fails(text, in: 0)
    let seen: Seen = isBad ? .failing : stalls.isDisjoint(with: taken) ? .fine : .silent
    return examination(
      text, text, seen, isNew, isClean, fixed.isDisjoint(with: taken) ? [] : ["new-guard"])
  }

  private func examination(
    _ text: String, _ identity: String?, _ seen: Seen, _ isNew: Bool, _ isClean: Bool,
    _ fixUps: [String]
  ) -> Examination {
    Examination(
      tree: "t", identity: identity, image: identity.map { "/\($0.hashValue)" }, seen: seen,
      buildSeconds: isNew ? 60 : nil, bootMilliseconds: isNew && identity != nil ? 2000 : nil, isClean: isClean,
      tools: Tools(compiler: "gcc 12", toolChain: "a", fixUps: fixUps))
  }

  func run(_ examination: Examination, _ numbers: Range<Int>) async throws -> [Run] {
    let seen: Seen = examination.seen == .silent ? .fine : examination.seen
    guard share < 1, let text = examination.identity else {
      return numbers.map { _ in Run(seen: seen, milliseconds: 2000) }
    }
    let isBad = causes.contains { $0.isSubset(of: taken(text)) }
    return numbers.map { Run(seen: isBad && fails(text, in: $0) ? .failing : .fine, milliseconds: 2000) }
  }

  /// Whether a bad kernel fails in its run of this number, whoever asks.
  private func fails(_ text: String, in run: Int) -> Bool {
    let digits = Digest.sha256(ofText: "\(seed) \(run) \(text)").prefix(8)
    return Double(UInt32(digits, radix: 16) ?? 0) / Double(UInt32.max) < share
  }

  private func taken(_ text: String) -> Set<String> {
    Set(text.split(separator: "\n").filter { $0.hasSuffix("=y") }.map { String($0.dropFirst(7).dropLast(2)) })
  }

  func place(of symbol: String) async -> String? { "Kconfig:1" }
}

extension Seen {
  static let fine = Seen(.good, phase: .done, reason: "all checks passed", observations: ["value": "1"])
  static let failing = Seen(
    .bad(signature: "check value == 1"), phase: .done, reason: "check failed", isFailedCheck: true,
    observations: ["value": "0"])
  static let silent = Seen(.bad(signature: "net.one: hang"), phase: .probe, reason: "the whole guest hung")
  static func broken(_ why: String) -> Seen {
    Seen(.untestable(phase: .build, signature: why), phase: .build, reason: why)
  }
}
