// The words that stand on the wire for enumerations, in one table each.

extension Outcome {
  /// The outcome's word on the wire and in reports.
  public var word: StaticString {
    switch self {
    case .pass: "pass"
    case .fail: "fail"
    case .skip: "skip"
    case .timeout: "timeout"
    case .crashed: "crashed"
    case .stuck: "stuck"
    case .noResult: "no-result"
    case .unready: "unready"
    }
  }

  /// The outcome with this word.
  public init?(word: Text) {
    guard let match = Self.allCases.first(where: { word.is($0.word) }) else { return nil }
    self = match
  }
}

extension Setup.Outcome {
  /// The outcome's word on the wire.
  public var word: StaticString {
    switch self {
    case .ok: "ok"
    case .absent: "absent"
    case .failed: "failed"
    }
  }

  /// The outcome with this word.
  public init?(word: Text) {
    guard let match = Self.allCases.first(where: { word.is($0.word) }) else { return nil }
    self = match
  }
}

extension Record {
  /// The value of the line's `record` field.
  public var word: StaticString {
    switch self {
    case .hello: "hello"
    case .setup: "setup"
    case .probeBegin: "probe-begin"
    case .observation: "observation"
    case .output: "output"
    case .probeEnd: "probe-end"
    case .done: "done"
    }
  }
}
