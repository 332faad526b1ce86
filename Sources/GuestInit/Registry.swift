import VerdictStream

/// The probes of this image, by id. It holds nothing of their texts.
struct Registry<S: System> {
  private let system: S
  /// A hash table with linear probing, less than half full; its size is a power of two. The hashes of first lines, 0 for
  /// nobody's, and the probes of these.
  private var marks: [UInt32]
  private var indices: [UInt32]
  /// Those whose first line is not the id.
  private var unmarked: [UInt32] = []

  init(of system: S) {
    self.system = system
    var size = 4
    while size < 2 * system.probeCount + 2 { size *= 2 }
    marks = [UInt32](repeating: 0, count: size)
    indices = marks
    for index in 0..<system.probeCount {
      guard let text = system.probe(index) else { continue }
      let mark = Self.mark(text)
      if mark == 0 {
        unmarked.append(UInt32(index))
      } else {
        var place = place(mark)
        while marks[place] != 0 { place = next(place) }
        marks[place] = mark
        indices[place] = UInt32(index)
      }
    }
  }

  private func place(_ mark: UInt32) -> Int { Int(mark) & (marks.count - 1) }

  private func next(_ place: Int) -> Int { (place + 1) & (marks.count - 1) }

  var ids: [Text] { all.map { $0.id } }

  /// Entries whose metadata cannot be read are left out; asking for them by id then says so.
  var all: [ProbeMetadata] {
    var all: [ProbeMetadata] = []
    for index in 0..<system.probeCount { if let metadata = parsed(index) { all.append(metadata) } }
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
    let wanted = Self.mark(of: id.bytes[...])
    var place = place(wanted)
    while marks[place] != 0 {
      if marks[place] == wanted, let found = found(indices[place], id) { return found }
      place = next(place)
    }
    for index in unmarked { if let found = found(index, id) { return found } }
    return nil
  }

  /// Not twice in the image: its size is a boot's time.
  @inline(never)
  private func found(_ index: UInt32, _ id: Text) -> (index: Int, metadata: ProbeMetadata)? {
    guard let metadata = parsed(Int(index)), metadata.id == id else { return nil }
    return (Int(index), metadata)
  }

  /// FNV-1a over the id when that is the first line, and never 0 then.
  private static func mark(_ text: Text) -> UInt32 {
    guard text.hasPrefix("id=") else { return 0 }
    return mark(of: text.bytes[3...])
  }

  private static func mark(of id: ArraySlice<UInt8>) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    for byte in id {
      if byte == UInt8(ascii: "\n") { break }
      hash = (hash ^ UInt32(byte)) &* 0x0100_0193
    }
    return hash == 0 ? 1 : hash
  }

  private func parsed(_ index: Int) -> ProbeMetadata? {
    guard let text = system.probe(index) else { return nil }
    do throws(ProbeMetadata.Malformed) { return try ProbeMetadata(parsing: text) } catch { return nil }
  }
}
