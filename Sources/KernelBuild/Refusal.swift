import Foundation
import HostSystem

/// A symbol that was asked for and did not take, and why.
struct Refusal: Equatable {
  let symbol: String
  let reason: String

  /// `CONFIG_PKEYS did not take: unknown in this tree`.
  var text: String { "\(symbol) did not take: \(reason)" }

  /// What kconfig did not give of what is required, by the symbol's name.
  static func missing(of requests: [BuildRecipe.Request], in config: ConfigText) -> [BuildRecipe.Assignment] {
    requests.filter { $0.isRequired && !config.has($0.assignment) }.map(\.assignment)
      .sorted { $0.symbol < $1.symbol }
  }

  /// The reason, from what the tree says of the symbol.
  static func explain(_ wanted: BuildRecipe.Assignment, entries: [KconfigEntry], config: ConfigText) -> Refusal {
    func refusal(_ reason: String) -> Refusal { Refusal(symbol: wanted.symbol, reason: reason) }
    if entries.isEmpty { return refusal("unknown in this tree") }
    let value = config[wanted.symbol]
    if wanted.value == "m" && value == "y" && config["CONFIG_MODULES"] == "n" {
      return refusal("it is y, as CONFIG_MODULES is off: ask for y, or for CONFIG_MODULES as well")
    }
    // Wanted off and yet on: a dependency cannot be the reason.
    if wanted.value == "n" { return refusal("it is \(value), as something selects it or it has no prompt") }
    // One entry whose dependencies are met is enough; the entry that lacks least is the one to speak of.
    let lacks = entries.map { entry in
      (entry.dependencies + entry.promptConditions).flatMap(KconfigExpression.conjuncts)
        .filter { KconfigExpression.holds($0, in: config) == false }
    }
    let least = lacks.min { $0.count < $1.count } ?? []
    if !least.isEmpty {
      var unique: [String] = []
      for lack in least where !unique.contains(lack) { unique.append(lack) }
      return refusal("depends on \(unique.joined(separator: " && "))")
    }
    if !entries.contains(where: \.hasPrompt) {
      return refusal("it has no prompt, so only another symbol can select it")
    }
    return refusal(value == "n" ? "it is not set, for a reason that its Kconfig entry does not tell" : "it is \(value)")
  }

  /// Looks in the Kconfig files of the tree that x86 reads. 0.2 s a symbol, spent only when one did not take.
  static func explain(_ wanted: BuildRecipe.Assignment, tree: URL, config: ConfigText) async throws -> Refusal {
    let name = String(wanted.symbol.dropFirst("CONFIG_".count))
    let entries = try await KconfigPlace.files(declaring: name, tree: tree).flatMap { file in
      KconfigEntry.all(of: name, in: KconfigPlace.text(file, tree))
    }
    return explain(wanted, entries: entries, config: config)
  }
}
