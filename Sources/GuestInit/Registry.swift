import VerdictStream

/// The probes of this image, by id.
struct Registry {
  /// Metadata texts by their place in the image; nil for an entry of another ABI.
  private let texts: [Text?]
  /// A number for the first line of each text, 0 where that is not the id.
  private let marks: [UInt32]

  init(_ texts: [Text?]) {
    self.texts = texts
    var marks: [UInt32] = []
    for text in texts { marks.append(text.map(Self.mark) ?? 0) }
    self.marks = marks
  }

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

  /// Reads no more than it must: under emulation fifty headings cost more than a short probe, and a thousand first lines
  /// more than ten.
  func find(_ id: Text) -> (index: Int, metadata: ProbeMetadata)? {
    let wanted = Self.mark("id=" + id + "\n")
    for index in marks.indices where marks[index] == wanted || marks[index] == 0 {
      guard let text = texts[index] else { continue }
      if let metadata = Self.parsed(text), metadata.id == id { return (index, metadata) }
    }
    return nil
  }

  /// FNV-1a over the first line when it is the id's, and never 0 then.
  private static func mark(_ text: Text) -> UInt32 {
    guard text.hasPrefix("id=") else { return 0 }
    var hash: UInt32 = 0x811C_9DC5
    for byte in text.bytes {
      if byte == UInt8(ascii: "\n") { break }
      hash = (hash ^ UInt32(byte)) &* 0x0100_0193
    }
    return hash | 1
  }

  private static func parsed(_ text: Text) -> ProbeMetadata? {
    do throws(ProbeMetadata.Malformed) { return try ProbeMetadata(parsing: text) } catch { return nil }
  }
}
