import VerdictStream

/// The probes of this image, by id.
struct Registry {
  private var rows: [(index: Int, metadata: ProbeMetadata)] = []

  /// Entries whose metadata cannot be read are left out; asking for them by id then says so.
  init(_ texts: [Text?]) {
    for (index, text) in texts.enumerated() {
      guard let text else { continue }
      do throws(ProbeMetadata.Malformed) {
        rows.append((index, try ProbeMetadata(parsing: text)))
      } catch {}
    }
  }

  var ids: [Text] { rows.map { $0.metadata.id } }

  var all: [ProbeMetadata] { rows.map { $0.metadata } }

  func find(_ id: Text) -> (index: Int, metadata: ProbeMetadata)? { rows.first { $0.metadata.id == id } }
}
