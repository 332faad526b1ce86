/// A verdict as it is kept: an object with its word, and with what belongs to that word. Whoever keeps one keeps a
/// version beside it; a word that is not known is an error and never taken for another.
extension Verdict: Codable {
  private enum Key: String, CodingKey { case verdict, phase, signature, reason }

  /// Reads the object.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    switch try values.decode(String.self, forKey: .verdict) {
    case "good": self = .good
    case "bad": self = .bad(signature: try values.decode(String.self, forKey: .signature))
    case "untestable":
      self = .untestable(
        phase: try values.decode(Phase.self, forKey: .phase),
        signature: try values.decode(String.self, forKey: .signature))
    case "infra": self = .infra(reason: try values.decode(String.self, forKey: .reason))
    case let word:
      throw DecodingError.dataCorruptedError(
        forKey: .verdict, in: values, debugDescription: "'\(word)' is no verdict")
    }
  }

  /// Writes the object.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(word, forKey: .verdict)
    switch self {
    case .good: break
    case .bad(let signature): try values.encode(signature, forKey: .signature)
    case .untestable(let phase, let signature):
      try values.encode(phase, forKey: .phase)
      try values.encode(signature, forKey: .signature)
    case .infra(let reason): try values.encode(reason, forKey: .reason)
    }
  }
}
