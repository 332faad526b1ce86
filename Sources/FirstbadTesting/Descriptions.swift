public import Firstbad
public import Testing

extension Kernel: CustomTestStringConvertible, CustomTestArgumentEncodable {
  /// The kernel's title.
  public var testDescription: String { title }
  /// By its file, so that one case of a test can be chosen and run again.
  public func encodeTestArgument(to encoder: some Encoder) throws { try file.path.encode(to: encoder) }
}

extension Probe: CustomTestStringConvertible, CustomTestArgumentEncodable {
  /// The probe's id, or its file.
  public var testDescription: String { description }
  /// By the same word.
  public func encodeTestArgument(to encoder: some Encoder) throws { try description.encode(to: encoder) }
}

extension Report: CustomTestStringConvertible {
  /// All that there is to say in one line, with the path of the console.
  public var testDescription: String { description }
}

extension Verdict: CustomTestStringConvertible {
  /// The word and the signature.
  public var testDescription: String { description }
}

extension Observed: CustomTestStringConvertible {
  /// The value.
  public var testDescription: String { description }
}
