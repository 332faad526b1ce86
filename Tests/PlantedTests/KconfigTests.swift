import Bisection
import ConfigSearch
import Foundation
import HostSystem
import Judgement
import KernelBuild
import TestKernels
import Testing

/// Searches among configurations with a real kernel's Kconfig: some 15,000 symbols, choices, selections, defaults. Nothing is
/// compiled: what each configuration would show is said by the symbols in it, so the truth is known.
@Suite(.serialized) struct `The Kconfig of a real kernel` {
  /// Configures for real and judges by the text.
  private struct Oracle: ConfigurationLaboratory {
    let builder: KernelBuilder
    let source: URL
    let scratch: Scratch
    /// Lines of which a configuration that is bad has all.
    let lines: [String]

    func configure(_ recipe: BuildRecipe) async throws -> ConfigureOutcome {
      try await builder.with(recipe).configure(
        source: source, objects: scratch.url.appending(path: "configurations"),
        log: scratch.url.appending(path: "log"))
    }

    func examine(_ recipe: BuildRecipe, isClean: Bool) async throws -> Examination {
      let text: String
      switch try await configure(recipe) {
      case .configured(let made): text = made
      case .failed(let failure): throw Failure(.badInput, failure.signature)
      }
      if case .exact(let asked) = recipe.base {
        #expect(asked == text, "what kconfig made of a configuration stays when it is made again")
      }
      let has = Set(text.split(separator: "\n").map(String.init))
      let verdict = lines.allSatisfy(has.contains) ? Verdict.bad(signature: "it") : .good
      return Examination(
        tree: "", identity: "\(verdict)", image: nil,
        seen: Seen(verdict, phase: .done, reason: "", isFailedCheck: true),
        buildSeconds: 60, bootMilliseconds: 2000, isClean: isClean)
    }

    func run(_ examination: Examination, _ numbers: Range<Int>) async throws -> [Run] {
      numbers.map { _ in Run(seen: examination.seen, milliseconds: 2000) }
    }

    func place(of symbol: String) async -> String? {
      (try? await KconfigPlace.find(symbol, in: source)) ?? nil
    }
  }

  private let scratch: Scratch
  private let source = Places().cache.appending(path: "histories/planted")
  private let builder: KernelBuilder

  init() async throws {
    scratch = try Scratch()
    try await PlantedHistory.make()
    builder = KernelBuilder(BuildRecipe(), try await ToolChain.find())
  }

  private func oracle(_ lines: String...) -> Oracle {
    Oracle(builder: builder, source: source, scratch: scratch, lines: lines)
  }

  private func text(_ recipe: BuildRecipe) async throws -> String {
    guard case .configured(let text) = try await oracle().configure(recipe) else { throw CancellationError() }
    return text
  }

  private func search(_ kind: ConfigurationEnds.Kind, _ oracle: Oracle) async throws -> ConfigurationAnswer {
    var search = ConfigurationSearch(
      ConfigurationEnds(kind), question: .failure(any: false),
      names: ConfigurationSearch.Names(good: "the good one", bad: "the bad one"), laboratory: oracle
    ) { _ in }
    return try await search.run()
  }

  @Test func `says which symbols a person may set`() async throws {
    for (symbol, may) in [("CONFIG_MMU", false), ("CONFIG_X86", false), ("CONFIG_NET", true), ("CONFIG_INET", true)] {
      #expect(try await KconfigPlace.canBeSet(symbol, in: source) == may, "\(symbol)")
    }
  }

  @Test func `between two configurations is searched for one of a choice`() async throws {
    let one = try await text(BuildRecipe())
    let wanted = [
      ("PREEMPT", "y"), ("HZ_1000", "y"), ("AIO", "y"), ("SYSVIPC", "y"), ("IO_URING", "y"), ("NAMESPACES", "y"),
    ]
    let other = try await text(
      BuildRecipe(userSymbols: wanted.map { BuildRecipe.Assignment($0.0, $0.1) }))
    let answer = try await search(.between(good: one, bad: other), oracle("CONFIG_HZ=1000"))
    #expect(answer.members.map(\.symbol) == ["CONFIG_HZ_1000"], "\(answer)")
    #expect(answer.claim == .confirmed, "\(answer.reasons)")
    #expect(answer.differences > 6)
  }

  @Test func `is searched for what is switched off`() async throws {
    let one = try await text(BuildRecipe())
    let other = try await text(
      BuildRecipe(
        userSymbols: [("SYN_COOKIES", "n"), ("AIO", "y"), ("SYSVIPC", "y")].map { BuildRecipe.Assignment($0.0, $0.1) }))
    let answer = try await search(.between(good: one, bad: other), oracle("# CONFIG_SYN_COOKIES is not set"))
    #expect(answer.members == [ConfigDifference("CONFIG_SYN_COOKIES", good: "y", bad: "n")], "\(answer)")
    #expect(answer.places["CONFIG_SYN_COOKIES"]?.contains("syncookie") == true, "\(answer.places)")
    #expect(answer.claim == .confirmed, "\(answer.reasons)")
  }

  @Test func `keeps what two files say of a choice that the guest would rather have otherwise`() async throws {
    let one = try await text(BuildRecipe(userSymbols: [BuildRecipe.Assignment("HZ_PERIODIC", "y")]))
    let other = try await text(
      BuildRecipe(
        userSymbols: [("SMP", "y"), ("NO_HZ_FULL", "y"), ("AIO", "y")].map { BuildRecipe.Assignment($0.0, $0.1) }))
    let ends = ConfigurationEnds(.between(good: one, bad: other))
    #expect(try await text(ends.good).contains("CONFIG_HZ_PERIODIC=y"))
    #expect(try await text(ends.bad).contains("CONFIG_NO_HZ_FULL=y"))
    #expect(try await text(ConfigurationEnds(.least(of: other)).bad).contains("CONFIG_NO_HZ_FULL=y"))
  }

  @Test func `is not built with debug information because one of two files has it`() async throws {
    let symbols = [("DEBUG_KERNEL", "y"), ("DEBUG_INFO_DWARF5", "y"), ("AIO", "y")]
    let one = try await text(BuildRecipe(userSymbols: [BuildRecipe.Assignment("DEBUG_KERNEL", "y")]))
    let other = try await text(BuildRecipe(userSymbols: symbols.map { BuildRecipe.Assignment($0.0, $0.1) }))
    #expect(other.contains("CONFIG_DEBUG_INFO=y"))
    let bad = try await text(ConfigurationEnds(.between(good: one, bad: other)).bad)
    #expect(bad.contains("CONFIG_DEBUG_INFO_NONE=y") && !bad.contains("CONFIG_DEBUG_INFO=y"))
    #expect(bad.contains("CONFIG_AIO=y"))
  }

  @Test func `of defconfig is reduced to a symbol with what it needs`() async throws {
    let defconfig = try await text(BuildRecipe(base: .defconfig))
    let answer = try await search(.least(of: defconfig), oracle("CONFIG_NF_CONNTRACK=y"))
    #expect(answer.differences > 500)
    #expect(answer.claim == .confirmed, "\(answer.reasons)")
    let symbols = answer.members.map(\.symbol)
    #expect(symbols.contains("CONFIG_NF_CONNTRACK") && symbols.contains("CONFIG_NETFILTER"), "\(symbols)")
    #expect(symbols.count <= 3, "\(symbols)")
    #expect(answer.places["CONFIG_NETFILTER"]?.hasPrefix("net/Kconfig:") == true, "\(answer.places)")
    #expect(answer.configured <= 50, "\(answer.configured)")
  }
}
