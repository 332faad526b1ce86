import Bisection
import HostSystem
import KernelBuild
import TestSupport
import Testing

@testable import ConfigSearch

/// Whole searches among configurations in a world with a small Kconfig: dependencies, selections, symbols that do not
/// build without others.
@Suite struct `A search among configurations` {
  typealias Symbol = SimulatedConfigurations.Symbol

  private static let names = ConfigurationSearch.Names(
    good: "the good configuration, good.config", bad: "the bad configuration, bad.config")

  /// Twenty symbols of no consequence around those that a test is about.
  private static func world(_ symbols: [Symbol]) -> [Symbol] {
    (0..<10).map { Symbol(name: "A\($0)") } + symbols + (0..<10).map { Symbol(name: "Z\($0)") }
  }

  private static func config(_ names: [String]) -> String { names.map { "CONFIG_\($0)=y\n" }.joined() }

  private func search(
    _ laboratory: SimulatedConfigurations, _ kind: ConfigurationEnds.Kind, question: Question = .failure(any: false),
    probeSymbols: [String] = [], symbols: [BuildRecipe.Assignment] = [],
    report: @escaping @Sendable (ConfigurationSearch.Event) -> Void = { _ in }
  ) async throws -> ConfigurationAnswer {
    var search = ConfigurationSearch(
      ConfigurationEnds(kind, probeSymbols: probeSymbols, symbols: symbols), question: question, names: Self.names,
      laboratory: laboratory, report: report)
    return try await search.run()
  }

  private static let all = ConfigurationEnds.Kind.between(
    good: config(["A1", "A2"]), bad: config((2..<10).map { "A\($0)" } + ["X", "Y", "H"] + (0..<10).map { "Z\($0)" }))

  @Test func `names the one symbol, proven in both directions by clean builds`() async throws {
    let laboratory = SimulatedConfigurations(Self.world([Symbol(name: "X"), Symbol(name: "Y")]), causes: [["X"]])
    let answer = try await search(laboratory, Self.all)
    #expect(answer.members == [ConfigDifference("CONFIG_X", good: "n", bad: "y")])
    #expect(answer.claim == .confirmed)
    #expect(answer.reasons.first?.contains("from clean builds") == true)
    #expect(answer.reasons.contains { $0.hasPrefix("without it the bad configuration is good") })
    // ⌈log₂ 21⌉ + 1 tests, two ends, and three clean builds.
    #expect(answer.builds <= 6 + 2 + 3)
    #expect(Set(laboratory.built).count == laboratory.built.count)
  }

  @Test(arguments: ["A3", "Z3", "Z9"])
  func `accuses no symbol of one silence`(_ silent: String) async throws {
    let world = Self.world([Symbol(name: "X"), Symbol(name: "Y")])
    let laboratory = SimulatedConfigurations(world, causes: [["X"]], stalls: [silent])
    let answer = try await search(laboratory, Self.all, question: .failure(any: true))
    #expect(answer.members.map(\.symbol).contains("CONFIG_X"))
    #expect(!answer.members.map(\.symbol).contains("CONFIG_\(silent)"))
  }

  @Test func `is likely at most where a fix-up may be what makes the difference`() async throws {
    let world = Self.world([Symbol(name: "X"), Symbol(name: "Y")])
    let answer = try await search(SimulatedConfigurations(world, causes: [["X"]], fixed: ["X"]), Self.all)
    #expect(answer.members.map(\.symbol) == ["CONFIG_X"])
    #expect(answer.claim == .likely)
    #expect(answer.reasons.contains { $0.contains("not all kernels were built with the same fix-ups (new-guard)") })
    // One that all of them got makes none.
    let same = try await search(SimulatedConfigurations(world, causes: [["X"]], fixed: ["A2"]), Self.all)
    #expect(same.claim == .confirmed)
  }

  @Test func `says that a symbol is there because another one needs it`() async throws {
    let laboratory = SimulatedConfigurations(
      Self.world([Symbol(name: "X"), Symbol(name: "Y", needs: "X")]), causes: [["Y"]])
    let answer = try await search(laboratory, Self.all)
    #expect(answer.members.map(\.symbol) == ["CONFIG_X", "CONFIG_Y"])
    #expect(answer.claim == .confirmed)
    #expect(answer.reasons.contains("without CONFIG_X=y it is good: CONFIG_Y does not take then"))
    #expect(answer.reasons.contains("without CONFIG_Y=y it is good"))
  }

  @Test func `names what selects where the cause has no prompt of its own`() async throws {
    let laboratory = SimulatedConfigurations(
      Self.world([Symbol(name: "H", isHidden: true), Symbol(name: "Y", selects: "H")]), causes: [["H"]])
    let answer = try await search(laboratory, Self.all)
    #expect(answer.members.map(\.symbol) == ["CONFIG_Y"])
    #expect(answer.claim == .confirmed)
  }

  @Test func `names two that only together make it bad`() async throws {
    let laboratory = SimulatedConfigurations(
      Self.world([Symbol(name: "X"), Symbol(name: "Y")]), causes: [["A7", "X"]])
    let answer = try await search(laboratory, Self.all)
    #expect(answer.members.map(\.symbol) == ["CONFIG_A7", "CONFIG_X"])
    #expect(answer.claim == .confirmed)
  }

  @Test func `that has a second cause is likely, and says so`() async throws {
    let laboratory = SimulatedConfigurations(Self.world([Symbol(name: "X")]), causes: [["A7"], ["X"]])
    let answer = try await search(laboratory, Self.all)
    #expect(answer.members.count == 1)
    #expect(answer.claim == .likely)
    #expect(answer.reasons.contains { $0.contains("something else makes it bad, too") })
  }

  @Test func `takes what does not build for untestable and never for bad`() async throws {
    let laboratory = SimulatedConfigurations(
      Self.world([Symbol(name: "X"), Symbol(name: "Y")]), causes: [["Y"]],
      breaks: [(with: "A4", without: "Z4"), (with: "A6", without: "Z2")])
    let answer = try await search(laboratory, Self.all)
    #expect(answer.members.map(\.symbol).contains("CONFIG_Y"))
    for member in answer.members where member.symbol != "CONFIG_Y" {
      #expect(answer.reasons.contains { $0.hasPrefix("without \(member.symbol)=y it cannot tell") })
      #expect(answer.claim == .likely)
    }
  }

  @Test func `is not answered where clean builds say otherwise`() async throws {
    // Whatever has A5 and is built upon older objects is judged wrongly.
    let laboratory = SimulatedConfigurations(
      Self.world([Symbol(name: "X")]), causes: [["A1", "X", "nowhere"], ["X", "A9"]], lies: ["A5"])
    do {
      let answer = try await search(laboratory, Self.all)
      #expect(answer.claim != .confirmed || answer.members.map(\.symbol) == ["CONFIG_A9", "CONFIG_X"])
    } catch let failure as Failure {
      #expect(failure.message.contains("should be"))
    }
  }

  @Test func `refuses ends that are not what they are said to be`() async throws {
    let laboratory = SimulatedConfigurations(Self.world([Symbol(name: "X")]), causes: [["nowhere"]])
    await #expect(throws: Failure.self) { try await search(laboratory, Self.all) }
    let swapped = SimulatedConfigurations(Self.world([Symbol(name: "X")]), causes: [["A1"]])
    await #expect { try await search(swapped, Self.all) } throws: { error in
      (error as? Failure)?.message.contains("the good configuration, good.config, should be good and is bad") == true
    }
    let same = SimulatedConfigurations([Symbol(name: "B", needs: "A"), Symbol(name: "A")], causes: [])
    await #expect {
      try await search(same, .between(good: "CONFIG_B=n\n", bad: "CONFIG_B=y\n"))
    } throws: { error in
      (error as? Failure)?.message.contains("are the same once kconfig has completed them") == true
    }
  }

  @Test func `finds what changes an observation`() async throws {
    let laboratory = SimulatedConfigurations(Self.world([Symbol(name: "X")]), causes: [["Z3"]])
    let answer = try await search(laboratory, Self.all, question: .changed("value"))
    #expect(answer.members.map(\.symbol) == ["CONFIG_Z3"])
    #expect(answer.claim == .confirmed)
  }

  @Test func `finds the least of a large configuration, upon the minimal one`() async throws {
    let large = (0..<10).flatMap { ["A\($0)", "Z\($0)"] } + ["X", "Y", "H"]
    let laboratory = SimulatedConfigurations(
      Self.world([Symbol(name: "X"), Symbol(name: "Y", needs: "X"), Symbol(name: "PROBED")]), causes: [["Y", "Z8"]])
    let answer = try await search(
      laboratory, .least(of: Self.config(large)), probeSymbols: ["CONFIG_PROBED"])
    #expect(answer.members.map(\.symbol) == ["CONFIG_X", "CONFIG_Y", "CONFIG_Z8"])
    #expect(answer.claim == .confirmed)
    #expect(answer.reasons.first?.contains("without any one of them it is not") == true)
  }

  @Test func `says of no member that it is needed where that was not seen`() async throws {
    let large = (0..<10).flatMap { ["A\($0)", "Z\($0)"] } + ["X", "Y", "H"]
    let laboratory = SimulatedConfigurations(
      Self.world([Symbol(name: "X"), Symbol(name: "Y"), Symbol(name: "PROBED")]), causes: [["Y"]],
      breaks: [(with: "Y", without: "Z8")])
    let answer = try await search(
      laboratory, .least(of: Self.config(large)), probeSymbols: ["CONFIG_PROBED"])
    #expect(answer.members.map(\.symbol) == ["CONFIG_Y", "CONFIG_Z8"])
    #expect(answer.claim == .likely)
    #expect(answer.reasons.contains { $0.hasPrefix("without CONFIG_Z8=y it cannot tell") }, "\(answer.reasons)")
    #expect(!answer.reasons.contains { $0.contains("it is not") }, "\(answer.reasons)")
  }

  @Test func `says so where the minimal configuration shows it by itself`() async throws {
    let laboratory = SimulatedConfigurations(Self.world([]), causes: [[]])
    let answer = try await search(laboratory, .least(of: Self.config(["A1"])))
    #expect(answer.members.isEmpty && answer.claim == .confirmed)
    #expect(answer.reasons == ["the minimal configuration shows it by itself, from a clean build"])
  }

  @Test(arguments: [0.6, 0.75, 0.9, 0.97])
  func `confirms no symbol that has no part in what fails in most runs`(_ share: Double) async throws {
    var confirmed = 0
    for seed in 0..<50 {
      let large = Self.config((2..<10).map { "A\($0)" } + ["X", "Y"] + (0..<10).map { "Z\($0)" })
      for kind in [Self.all, .least(of: large)] {
        let laboratory = SimulatedConfigurations(
          Self.world([Symbol(name: "X"), Symbol(name: "Y")]), causes: [["A7", "X"]], share: share, seed: seed)
        do {
          let answer = try await search(laboratory, kind)
          guard answer.claim == .confirmed else { continue }
          confirmed += 1
          #expect(answer.members.map(\.symbol) == ["CONFIG_A7", "CONFIG_X"], "\(seed): \(answer.reasons)")
        } catch let failure as Failure {
          let words = ["in one run and", "should be bad and is good"]
          #expect(words.contains { failure.message.contains($0) }, "\(seed): \(failure.message)")
        }
      }
    }
    if share > 0.9 { #expect(confirmed > 60, "what nearly always fails is answered: \(confirmed)") }
  }

  @Test func `says whose runs differ`() async throws {
    var messages: Set<String> = []
    for seed in 0..<60 {
      let laboratory = SimulatedConfigurations(
        Self.world([Symbol(name: "X")]), causes: [["X"]], share: 0.85, seed: seed)
      do {
        _ = try await search(laboratory, Self.all)
      } catch let failure as Failure {
        messages.insert(failure.message)
      }
    }
    #expect(messages.contains("the bad configuration, bad.config, is bad in one run and good in another"))
    #expect(messages.contains("the good configuration with CONFIG_X=y, is bad in one run and good in another"))
  }

  @Test func `killed anywhere and asked again builds nothing twice and ends the same`() async throws {
    func fresh() -> SimulatedConfigurations {
      SimulatedConfigurations(
        Self.world([Symbol(name: "X"), Symbol(name: "Y", needs: "X")]), causes: [["A3", "Y"]],
        breaks: [(with: "A4", without: "Z4")])
    }
    let whole = try await search(fresh(), Self.all)
    for lifetime in 0..<20 {
      let laboratory = fresh()
      laboratory.live(lifetime)
      _ = try? await search(laboratory, Self.all)
      laboratory.live(.max)
      let answer = try await search(laboratory, Self.all)
      #expect(answer.members == whole.members && answer.claim == whole.claim)
      #expect(Set(laboratory.built).count == laboratory.built.count)
    }
  }
}
