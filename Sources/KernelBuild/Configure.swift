import Foundation
import HostSystem

/// Makes the configuration: always from the base, never from what the last commit had.
struct Configure {
  let recipe: BuildRecipe
  let source: URL
  let objects: Objects
  /// Arguments of make but the target.
  let arguments: [String]
  let log: BuildLog
  let silence: Duration

  /// Kconfig writes here, so that a `.config` which stays the same keeps its time.
  private var made: URL { objects.folder.appending(path: ".config.firstbad") }

  /// The configuration is in place, or why this commit cannot have it.
  func run() async throws -> BuildFailure? {
    try? FileManager.default.removeItem(at: made)
    let start = log.position()
    let requests = recipe.requests()
    let fragment = objects.folder.appending(path: ".firstbad-fragment")
    try Places.write(Data(recipe.fragment().utf8), to: fragment)
    switch recipe.base {
    case .tiny:
      if let failure = try await make("allnoconfig", start, ["KCONFIG_ALLCONFIG": fragment.path]) { return failure }
    case .defconfig:
      if let failure = try await make("defconfig", start) { return failure }
      try merge(try ConfigText.read(made.path, as: "configuration", remedy: "build again"), requests)
      if let failure = try await make(renewing(), start) { return failure }
    case .file(let contents), .exact(let contents):
      try merge(contents, requests)
      if let failure = try await make(renewing(), start) { return failure }
    }
    let config = ConfigText(try ConfigText.read(made.path, as: "configuration", remedy: "build again"))
    if let failure = try await check(requests, config) { return failure }
    try objects.install(made)
    return nil
  }

  private func merge(_ text: String, _ requests: [BuildRecipe.Request]) throws(Failure) {
    try Places.write(Data(ConfigText.merge(text, with: requests.map(\.assignment)).utf8), to: made)
  }

  /// `olddefconfig` is there since 3.7; before it `oldconfig` takes the defaults when its input is at an end.
  private func renewing() -> String {
    let makefile = try? String(contentsOf: source.appending(path: "scripts/kconfig/Makefile"), encoding: .utf8)
    return makefile?.contains("olddefconfig") ?? true ? "olddefconfig" : "oldconfig"
  }

  private func make(_ target: String, _ start: UInt64, _ further: [String: String] = [:]) async throws -> BuildFailure?
  {
    var environment = Kbuild.environment()
    environment["KCONFIG_CONFIG"] = made.lastPathComponent
    environment.merge(further) { $1 }
    let words = arguments + [target]
    try log.head("make \(words.joined(separator: " "))")
    let run = MakeRun(
      arguments: words, environment: environment, marker: objects.marker, silence: silence, phase: .configure)
    let status = try await run.run(log: log) { _ in }
    // Old kconfig ends with 0 after errors in Kconfig files.
    if status == 0, FileManager.default.fileExists(atPath: made.path) { return nil }
    let text = log.text(from: start)
    if let trouble = OurTrouble.find(in: text) { throw trouble }
    let report = ErrorReport(log: text, source: source.path, objects: objects.folder.path)
    return BuildFailure(
      phase: .configure, signature: report?.signature ?? "make \(target) fails without a word",
      lines: report?.lines ?? [])
  }

  private func check(_ requests: [BuildRecipe.Request], _ config: ConfigText) async throws -> BuildFailure? {
    let missing = Refusal.missing(of: requests, in: config)
    var refusals: [Refusal] = []
    for wanted in missing { refusals.append(try await Refusal.explain(wanted, tree: source, config: config)) }
    guard let first = refusals.first else { return nil }
    for refusal in refusals { try log.head(refusal.text) }
    return BuildFailure(phase: .configure, signature: first.text, lines: refusals.map(\.text))
  }
}
