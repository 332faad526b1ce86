import VerdictStream

/// The records on their way out.
struct Stream {
  private var writer: RecordWriter
  /// Set once the port fails; from then on nothing more can be said and the host sees no `done`.
  private(set) var isBroken = false

  init(nonce: Text) { writer = RecordWriter(nonce: nonce) }

  mutating func send(_ record: Record, to system: inout some System) {
    // Each try costs the port's whole time limit, and a stream with a gap proves nothing.
    if isBroken { return }
    let line = writer.line(record)
    do throws(Errno) { try system.writePort(line) } catch { isBroken = true }
  }
}
