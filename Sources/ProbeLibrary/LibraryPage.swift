public import VerdictStream

/// The page of the shipped probes: what each is about, and what it was seen to say on which kernel.
public struct LibraryPage: Sendable {
  /// A probe with its history.
  public struct Entry: Sendable {
    let probe: ProbeMetadata
    let history: [String]

    /// Both.
    public init(_ probe: ProbeMetadata, history: [String]) {
      self.probe = probe
      self.history = history
    }
  }

  private let entries: [Entry]
  private let measurements: Sightings

  /// A page of these probes, in the order of their ids.
  public init(_ entries: [Entry], _ measurements: Sightings) {
    self.entries = entries.sorted { $0.probe.id.description < $1.probe.id.description }
    self.measurements = measurements
  }

  /// Markdown.
  public var text: String {
    var lines = [
      "# The library of probes", "",
      "Made by `make library`; what is wrong here is to be put right in the probe's file or by measuring again.",
      "`firstbad explain ID` shows one entry.", "",
      "\(entries.count) probes, measured on \(measurements.versions.count) kernels as Debian ships them, under TCG with "
        + "QEMU's CPU `max`,",
      "each twice and in random order, with identical observations:", "",
    ]
    lines += measurements.versions.map { "- \($0)" }
    lines += ["", "## Where they differ", "", "| probe | kernels | seen |", "|---|---|---|"]
    for entry in entries {
      let stretches = Differences(measurements.rows(of: "\(entry.probe.id)")).stretches
      for (index, stretch) in stretches.enumerated() where stretches.count > 1 {
        lines.append("| \(index == 0 ? "\(entry.probe.id)" : "") | \(stretch.range) | \(Self.cell(stretch.text)) |")
      }
    }
    lines += ["", "## Each probe"]
    for entry in entries { lines += section(entry) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ entry: Entry) -> [String] {
    var lines = ["", "### \(entry.probe.id)", "", "*Passes when:* \(entry.probe.summary).", ""]
    for paragraph in entry.history { lines += Self.wrapped(paragraph) + [""] }
    let stretches = Differences(measurements.rows(of: "\(entry.probe.id)")).stretches
    if stretches.isEmpty { return lines + ["Not measured yet."] }
    return lines + ["| kernels | seen |", "|---|---|"]
      + stretches.map { "| \($0.range) | \(Self.cell($0.text)) |" }
  }

  private static func cell(_ text: String) -> String {
    text.isEmpty ? "passed" : "`\(text.replacing("|", with: "\\|"))`"
  }

  /// Lines of at most 120 columns.
  public static func wrapped(_ paragraph: String) -> [String] {
    var lines: [String] = []
    for word in paragraph.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= 120 {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
