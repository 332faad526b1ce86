import VerdictStream

/// The probes of this image, by id.
struct Registry {
  /// Metadata texts by their place in the image; nil for an entry of another ABI.
  private let texts: [Text?]

  init(_ texts: [Text?]) { self.texts = texts }

  var ids: [Text] { all.map { $0.id } }

  /// Entries whose metadata cannot be read are left out; asking for them by id then says so.
  var all: [ProbeMetadata] {
    var all: [ProbeMetadata] = []
    for text in texts { if let text, let metadata = Self.parsed(text) { all.append(metadata) } }
    return all
  }

  /// Probes that must be run several times to be believed stand for all these runs, unless one of them is named.
  func repeated(_ names: [Text]) -> [Text] {
    var all: [Text] = []
    for name in names { all += RunName.all(name, times: find(name)?.metadata.repeats ?? 1) }
    return all
  }

  /// Reads no more than it must: under emulation fifty headings cost more than a short probe.
  func find(_ id: Text) -> (index: Int, metadata: ProbeMetadata)? {
    let usual: Text = "id=" + id + "\n"
    for (index, text) in texts.enumerated() {
      guard let text, text.hasPrefix(usual) || !text.hasPrefix("id=") else { continue }
      if let metadata = Self.parsed(text), metadata.id == id { return (index, metadata) }
    }
    return nil
  }

  private static func parsed(_ text: Text) -> ProbeMetadata? {
    do throws(ProbeMetadata.Malformed) { return try ProbeMetadata(parsing: text) } catch { return nil }
  }
}
