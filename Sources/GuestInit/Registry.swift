import VerdictStream

/// The probes of this image, by id. It holds nothing of their texts: what the init has in memory each probe's process gets
/// a copy of, and a thousand texts make that a third dearer.
struct Registry<S: System> {
  private let system: S
  /// A number for the first line of each text, 0 where that is not the id.
  private let marks: [UInt32]

  init(of system: S) {
    self.system = system
    var marks: [UInt32] = []
    for index in 0..<system.probeCount {
      if let text = system.probe(index) { marks.append(Self.mark(text)) } else { marks.append(0) }
    }
    self.marks = marks
  }

  var ids: [Text] { all.map { $0.id } }

  /// Entries whose metadata cannot be read are left out; asking for them by id then says so.
  var all: [ProbeMetadata] {
    var all: [ProbeMetadata] = []
    for index in marks.indices { if let metadata = parsed(index) { all.append(metadata) } }
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
  ///
  /// Probes are mostly asked for in their order or backwards, as compilers lay them down, so it looks around one of them.
  func find(_ id: Text, from start: Int = 0) -> (index: Int, metadata: ProbeMetadata)? {
    let wanted = Self.mark("id=" + id + "\n")
    for offset in marks.indices {
      let place = start + (offset % 2 == 0 ? offset / 2 : marks.count - (offset + 1) / 2)
      let index = place < marks.count ? place : place - marks.count
      guard marks[index] == wanted || marks[index] == 0 else { continue }
      if let metadata = parsed(index), metadata.id == id { return (index, metadata) }
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

  private func parsed(_ index: Int) -> ProbeMetadata? {
    guard let text = system.probe(index) else { return nil }
    do throws(ProbeMetadata.Malformed) { return try ProbeMetadata(parsing: text) } catch { return nil }
  }
}
