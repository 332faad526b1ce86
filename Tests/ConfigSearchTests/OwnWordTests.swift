import Bisection
import HostSystem
import KernelBuild
import Synchronization
import Testing

@testable import ConfigSearch

/// What the guest would like, or the host can build, against what the files in question say.
@Suite struct `The word of a configuration in question` {
  typealias Symbol = SimulatedConfigurations.Symbol
  typealias Assignment = BuildRecipe.Assignment

  private final class Notes: Sendable {
    private let all = Mutex<[String]>([])
    var texts: [String] { all.withLock { $0 } }
    func take(_ event: ConfigurationSearch.Event) {
      if case .note(let text) = event { all.withLock { $0.append(text) } }
    }
  }

  private func search(
    _ laboratory: SimulatedConfigurations, _ kind: ConfigurationEnds.Kind, probeSymbols: [String] = [],
    symbols: [Assignment] = [], notes: Notes = Notes()
  ) async throws -> ConfigurationAnswer {
    var search = ConfigurationSearch(
      ConfigurationEnds(kind, probeSymbols: probeSymbols, symbols: symbols), question: .failure(any: false),
      names: ConfigurationSearch.Names(good: "the good one", bad: "the bad one"), laboratory: laboratory,
      report: notes.take)
    return try await search.run()
  }

  private static let distribution = (
    symbols: ["A", "DEBUG_INFO", "DEBUG_INFO_BTF", "X", "Z"].map { Symbol(name: $0) },
    ends: ConfigurationEnds.Kind.between(
      good: "CONFIG_A=y\n# CONFIG_DEBUG_INFO is not set\n",
      bad: "CONFIG_DEBUG_INFO=y\nCONFIG_DEBUG_INFO_BTF=y\nCONFIG_X=y\nCONFIG_Z=y\n")
  )

  @Test func `does not bring back what this host cannot build, and that is said`() async throws {
    let laboratory = SimulatedConfigurations(
      Self.distribution.symbols, causes: [["X"]], breaks: [(with: "DEBUG_INFO_BTF", without: "pahole")])
    let notes = Notes()
    let answer = try await search(laboratory, Self.distribution.ends, notes: notes)
    #expect(answer.members.map(\.symbol) == ["CONFIG_X"] && answer.claim == .confirmed)
    #expect(notes.texts.count == 1 && notes.texts[0].contains(": CONFIG_DEBUG_INFO, CONFIG_DEBUG_INFO_BTF; "))
  }

  @Test func `brings it back where the user asks for it`() async throws {
    let laboratory = SimulatedConfigurations(Self.distribution.symbols, causes: [["X", "DEBUG_INFO_BTF"]])
    let notes = Notes()
    let symbols = [Assignment("DEBUG_INFO", "y"), Assignment("DEBUG_INFO_BTF", "y")]
    let answer = try await search(laboratory, Self.distribution.ends, symbols: symbols, notes: notes)
    #expect(answer.members.map(\.symbol) == ["CONFIG_X"] && notes.texts.isEmpty)
  }

  private static let protector =
    [Symbol(name: "A"), Symbol(name: "STACKPROTECTOR")] + [
      Symbol(name: "STACKPROTECTOR_STRONG", needs: "STACKPROTECTOR")
    ]

  private static func ends(_ further: String = "") -> ConfigurationEnds.Kind {
    .between(
      good: "CONFIG_STACKPROTECTOR=y\n# CONFIG_STACKPROTECTOR_STRONG is not set\n",
      bad: "CONFIG_STACKPROTECTOR=y\nCONFIG_STACKPROTECTOR_STRONG=y\n\(further)")
  }

  @Test func `is kept by --with, which is said where all that differs hangs on what firstbad sets`() async throws {
    let laboratory = SimulatedConfigurations(Self.protector, causes: [["STACKPROTECTOR_STRONG"]])
    let same = await #expect(throws: Failure.self) { try await search(laboratory, Self.ends()) }
    #expect(same?.message.hasSuffix("; only the files differ in CONFIG_STACKPROTECTOR_STRONG") == true)
    #expect(same?.remedy?.contains("kept by --with 'CONFIG_STACKPROTECTOR=y'") == true)
    #expect(same?.remedy?.contains("out of --with") == false)
    // The same where something else differs.
    let good = await #expect(throws: Failure.self) { try await search(laboratory, Self.ends("CONFIG_A=y\n")) }
    #expect(
      good?.message
        == "the bad one, should be bad and is good; only the files differ in CONFIG_STACKPROTECTOR_STRONG")
    #expect(good?.remedy?.contains("kept by --with 'CONFIG_STACKPROTECTOR=y'") == true)
    let symbols = [Assignment("STACKPROTECTOR", "y")]
    let answer = try await search(laboratory, Self.ends("CONFIG_A=y\n"), symbols: symbols)
    #expect(answer.members.map(\.symbol) == ["CONFIG_STACKPROTECTOR_STRONG"] && answer.claim == .confirmed)
  }

  @Test func `is given up where --with says otherwise, and that is said`() async throws {
    let laboratory = SimulatedConfigurations([Symbol(name: "A")], causes: [])
    let same = await #expect(throws: Failure.self) {
      try await search(
        laboratory, .between(good: "CONFIG_A=n\n", bad: "CONFIG_A=y\n"), symbols: [Assignment("A", "y")])
    }
    #expect(same?.remedy?.contains("leave CONFIG_A out of --with") == true)
  }

  @Test func `is told of where the least is looked for, too`() async throws {
    let world = [Symbol(name: "A"), Symbol(name: "RANDOMIZE_BASE")]
    let laboratory = SimulatedConfigurations(world, causes: [["RANDOMIZE_BASE", "A"]])
    let file = ConfigurationEnds.Kind.least(of: "CONFIG_A=y\nCONFIG_RANDOMIZE_BASE=y\n")
    let good = await #expect(throws: Failure.self) { try await search(laboratory, file) }
    #expect(good?.message == "the bad one, should be bad and is good")
    #expect(good?.remedy?.hasSuffix("kept by --with 'CONFIG_RANDOMIZE_BASE=y'") == true)
    let answer = try await search(laboratory, file, symbols: [Assignment("RANDOMIZE_BASE", "y")])
    #expect(answer.members.map(\.symbol) == ["CONFIG_A"])
  }

  @Test func `is none for a mixture that lacks what the probe needs`() async throws {
    // Each end selects H otherwise, and between them nothing does.
    let world = [
      Symbol(name: "OLD", selects: "H"), Symbol(name: "H", isHidden: true), Symbol(name: "X"), Symbol(name: "B"),
      Symbol(name: "NEW", selects: "H"),
    ]
    let laboratory = SimulatedConfigurations(world, causes: [["X"]], needed: ["H"])
    let ends = ConfigurationEnds.Kind.between(
      good: "CONFIG_OLD=y\n", bad: "CONFIG_X=y\nCONFIG_B=y\nCONFIG_NEW=y\n")
    let answer = try await search(laboratory, ends, probeSymbols: ["CONFIG_H"])
    #expect(answer.members.map(\.symbol) == ["CONFIG_X"], "\(answer.reasons)")
    #expect(answer.claim == .confirmed, "\(answer.reasons)")
  }
}
