#if !hasFeature(Embedded)
  import Foundation

  /// Reads the lines of one run's stream, strictly: a line counts only whole, in order and with its checksum.
  ///
  /// The bytes may come from a console that carries other text as well; what is not a record line is
  /// passed over, what was meant to be one and is damaged is noticed.
  public struct RecordReader: Sendable {
    /// Why a line that looks like a record was refused.
    public enum Flaw: Equatable, Sendable {
      /// The checksum does not match: torn, interleaved, from another run, or invented.
      case checksum
      /// The checksum matches but the fields do not make a record of this protocol version.
      case form(String)
      /// A record is missing before this one, or this one came twice.
      case sequence(expected: Int, found: Int)
    }

    /// What was read, in order.
    public private(set) var records: [Record] = []
    /// What was wrong on the way. One flaw is enough to prove nothing.
    public private(set) var flaws: [Flaw] = []
    /// The whole lines read so far that are not records; a console's other text.
    public private(set) var otherLines = 0

    private let nonce: Text
    private var partial: [UInt8] = []
    private var overlong = false

    /// A reader that accepts only lines of the run with this nonce.
    public init(nonce: Text) { self.nonce = nonce }

    /// True once the last record was read.
    public var isDone: Bool { if case .done? = records.last { true } else { false } }

    /// Takes the next bytes, in pieces of any size, and returns the records that they completed.
    @discardableResult
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Record] {
      let before = records.count
      for byte in bytes {
        if byte == UInt8(ascii: "\n") {
          endLine()
        } else if partial.count < RecordLimits.line {
          partial.append(byte)
        } else {
          overlong = true
        }
      }
      return Array(records[before...])
    }

    private mutating func endLine() {
      defer {
        partial.removeAll(keepingCapacity: true)
        overlong = false
      }
      if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
      // Text that another writer left on the line before us is not ours to judge; the record is.
      guard let start = partial.firstRange(of: Text(stringLiteral: Frame.start).bytes)?.lowerBound else {
        otherLines += 1
        return
      }
      if overlong {
        flaws.append(.checksum)
        return
      }
      read(partial[start...])
    }

    private mutating func read(_ line: ArraySlice<UInt8>) {
      let tail = Frame.checksumKey.utf8CodeUnitCount + 8 + Frame.ending.utf8CodeUnitCount
      let body = line.dropLast(tail)
      var checksum = Checksum()
      checksum.add(nonce.bytes)
      checksum.add(body)
      let (key, ending) = (Text(stringLiteral: Frame.checksumKey), Text(stringLiteral: Frame.ending))
      let expected = key.bytes + checksum.hexadecimal + ending.bytes
      guard line.count > tail, line.suffix(tail).elementsEqual(expected) else {
        flaws.append(.checksum)
        return
      }
      do {
        let wire = try JSONDecoder().decode(WireRecord.self, from: Data(line))
        // A record after `done`, a gap and a repetition are all the same fault: not the stream that was sent.
        guard wire.sequence == records.count, !isDone else {
          flaws.append(.sequence(expected: records.count, found: wire.sequence))
          return
        }
        records.append(wire.record)
      } catch {
        flaws.append(.form(String(describing: error)))
      }
    }
  }
#endif
