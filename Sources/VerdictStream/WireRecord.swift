#if !hasFeature(Embedded)
  import Foundation

  /// A record line as JSON gives it; the mirror of what ``RecordWriter`` writes.
  struct WireRecord: Decodable {
    let sequence: Int
    let record: Record

    private enum Key: String, CodingKey {
      case firstbad, seq, record
      case nonce, `init`, release, version, machine, build, port, planned
      case step, target, outcome, errno
      case probe, timeout_ms, name, value, unit, samples, count, text
      case duration_ms, message, check, location, signal, status, output_dropped, taint
      case ended
    }

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder.container(keyedBy: Key.self))
      let version = try fields.integer(.firstbad)
      guard version == protocolVersion else { throw fields.wrong(.firstbad, "protocol \(version) is not ours") }
      sequence = try fields.integer(.seq)
      record = try Self.record(try fields.text(.record), fields)
    }

    private static func record(_ word: Text, _ fields: Fields) throws -> Record {
      switch word {
      case "hello":
        .hello(
          Hello(
            nonce: try fields.text(.nonce), initVersion: try fields.text(.`init`),
            release: try fields.text(.release), version: try fields.text(.version),
            machine: try fields.text(.machine), build: try fields.textOrEmpty(.build),
            port: try fields.text(.port), planned: try fields.integer(.planned)))
      case "setup":
        .setup(
          Setup(
            step: try fields.text(.step), target: try fields.text(.target),
            outcome: try fields.word(.outcome, Setup.Outcome.init(word:)), errno: try fields.textOrEmpty(.errno)))
      case "probe-begin":
        .probeBegin(
          ProbeBegin(
            probe: try fields.text(.probe), timeoutMilliseconds: try fields.integer(.timeout_ms)))
      case "observation":
        .observation(
          Observation(
            probe: try fields.text(.probe), name: try fields.text(.name), value: try fields.value(.value)))
      case "output":
        .output(Output(probe: try fields.text(.probe), text: try fields.text(.text)))
      case "probe-end":
        .probeEnd(try probeEnd(fields))
      case "done":
        .done(Done(planned: try fields.integer(.planned), ended: try fields.integer(.ended)))
      default:
        throw fields.wrong(.record, "no record is called \(word)")
      }
    }

    private static func probeEnd(_ fields: Fields) throws -> ProbeEnd {
      var end = ProbeEnd(
        probe: try fields.text(.probe), outcome: try fields.word(.outcome, Outcome.init(word:)),
        durationMilliseconds: try fields.integer(.duration_ms))
      end.message = try fields.textOrEmpty(.message)
      end.check = try fields.textOrEmpty(.check)
      end.location = try fields.textOrEmpty(.location)
      end.errno = try fields.textOrEmpty(.errno)
      end.signal = try fields.textOrEmpty(.signal)
      end.status = try fields.integer(.status, default: -1)
      end.outputDropped = try fields.integer(.output_dropped, default: 0)
      end.taint = try fields.integer(.taint, default: 0)
      return end
    }

    /// Typed access to a line's fields.
    private struct Fields {
      let container: KeyedDecodingContainer<Key>
      init(_ container: KeyedDecodingContainer<Key>) { self.container = container }

      func integer(_ key: Key) throws -> Int { try container.decode(Int.self, forKey: key) }

      func integer(_ key: Key, default value: Int) throws -> Int {
        try container.decodeIfPresent(Int.self, forKey: key) ?? value
      }

      /// Each code point below U+0100 is one byte; that is how the writer escapes them.
      func text(_ key: Key) throws -> Text {
        let scalars = try container.decode(String.self, forKey: key).unicodeScalars
        return Text(
          try scalars.map { scalar in
            guard let byte = UInt8(exactly: scalar.value) else { throw wrong(key, "a code point is not a byte") }
            return byte
          })
      }

      func textOrEmpty(_ key: Key) throws -> Text { container.contains(key) ? try text(key) : Text() }

      func word<Word>(_ key: Key, _ parse: (Text) -> Word?) throws -> Word {
        let text = try text(key)
        guard let word = parse(text) else { throw wrong(key, "\(text) is not a known word") }
        return word
      }

      func value(_ key: Key) throws -> Observation.Value {
        guard let number = try? integer(key) else { return .text(try text(key)) }
        let unit = try textOrEmpty(.unit)
        guard container.contains(.samples) else {
          return unit.isEmpty ? .integer(number) : .quantity(Quantity(number, unit: unit))
        }
        let samples = try container.decode([Int].self, forKey: .samples)
        guard let quantity = Quantity(samples: samples, count: try integer(.count), unit: unit) else {
          throw wrong(.samples, "\(samples.count) samples are none or too many")
        }
        return .quantity(quantity)
      }

      func wrong(_ key: Key, _ why: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: container, debugDescription: why)
      }
    }
  }
#endif
