public import Bisection
public import KernelBuild

/// Fix-ups, for a person.
public enum FixUpText {
  /// The list.
  public static func table(_ rows: [FixUp]) -> [String] {
    var table = Table("", "NAME", "APPLIED", "WITH", "WITHOUT IT")
    for row in rows {
      table.add(row.isVerified ? "on" : "--", row.name, when(row), tools(row), row.summary)
    }
    return table.lines
  }

  /// All that is known of one.
  public static func account(of row: FixUp) -> [String] {
    var lines = ["\(row.name): \(row.summary)", "", "symptom:    \(symptom(row))", "applied:    \(when(row))"]
    lines.append("tools:      \(tools(row))")
    lines += list("trees:      ", row.trees.isEmpty ? ["any"] : row.trees.map(text))
    lines += list("action:     ", row.actions.map(text))
    lines.append("known from: \(row.provenance)")
    switch row.verification {
    case .verified(let how): lines.append("verified:   \(how)")
    case .unverified: lines.append("verified:   no; off unless asked for: --fix-ups verified,\(row.name)")
    }
    return lines
  }

  /// The table of Documentation/FixUps.md.
  public static func page(_ rows: [FixUp]) -> [String] {
    var lines = [
      "| fix-up | without it | with | trees | action | known from | verified |", "|---|---|---|---|---|---|---|",
    ]
    for row in rows {
      let trees = row.trees.isEmpty ? "any" : row.trees.map(text).joined(separator: "; ")
      let verified = if case .verified(let how) = row.verification { how } else { "no" }
      let cells = [
        "`\(row.name)`", "\(row.summary): \(symptom(row))", tools(row), trees,
        "\(row.actions.map(text).joined(separator: "; ")), \(when(row))", row.provenance, verified,
      ]
      lines.append(
        "| \(cells.map { $0.replacing("|", with: "\\|").replacing("*", with: "\\*") }.joined(separator: " | ")) |")
    }
    return lines
  }

  /// What a build was made with, and what might help one that failed.
  public static func remarks(_ product: KernelWorkshop.Product) -> [String] {
    var lines: [String] = []
    if !product.tools.fixUps.isEmpty {
      lines.append("fix-ups applied: \(product.tools.fixUps.joined(separator: ", "))")
    }
    for hint in product.hints {
      lines.append(
        "a fix-up that is off may help: --fix-ups verified,\(hint.name) ('firstbad fix-ups \(hint.name)' tells about it)"
      )
    }
    return lines
  }

  private static func list(_ head: String, _ items: [String]) -> [String] {
    items.enumerated().map { ($0.offset == 0 ? head : String(repeating: " ", count: head.count)) + $0.element }
  }

  private static func when(_ row: FixUp) -> String { row.moment == .ahead ? "ahead" : "after the symptom" }

  private static func tools(_ row: FixUp) -> String {
    row.tools.isEmpty ? "any" : row.tools.map(\.text).joined(separator: ", or ")
  }

  private static func symptom(_ row: FixUp) -> String {
    switch row.symptom {
    case .build(let pattern): "the build says \"\(pattern)\""
    case .console(let pattern): "the console says \"\(pattern)\""
    case .silent(let what): what
    }
  }

  private static func text(_ condition: FixUp.TreeCondition) -> String {
    switch condition {
    case .holds(let path, let text): "\(path) has \"\(text)\""
    case .lacks(let path, let text): "\(path) lacks \"\(text)\""
    case .without(let path): "no \(path)"
    case .since(let commit): "since \(commit.id) (\"\(commit.title)\")"
    case .until(let commit): "until \(commit.id) (\"\(commit.title)\")"
    }
  }

  private static func text(_ action: FixUp.Action) -> String {
    switch action {
    case .compilerFlag(let flag): "CC=\"... \(flag)\""
    case .hostFlag(let flag): "HOSTCC=\"... \(flag)\""
    case .linkerFlag(let flag): "LD=\"... \(flag)\""
    case .makeArgument(let argument): argument
    case .config(let symbol, let value): "\(symbol)=\(value)"
    case .cherryPick(let commit): "cherry-pick \(commit.id)"
    case .copy(let to, let from): "copy \(from) to \(to)"
    }
  }
}
