public import Foundation
public import HostSystem
import VerdictStream

/// What is known of probes on kernels: the file that `firstbad suite --baseline` compares with. It is made to lie in a
/// tree: sorted, one value a line, without times and paths. Documentation/Suite.md is the contract.
public struct Baseline: Codable, Equatable, Sendable {
  /// The version of the format.
  public static let version = 1

  /// One probe on one kernel.
  public struct Entry: Codable, Equatable, Sendable {
    /// `good`, `bad`, `skip`, `untestable` or `infra`.
    public var standing: Standing
    /// How it went wrong; nil where nothing did.
    public var signature: String?
    /// How far it came, where it could not tell; nil in files that did not say it yet.
    public var phase: String?
    /// The observed values. One that is null may be anything: times, addresses.
    public var observations: [String: Value]

    private enum CodingKeys: String, CodingKey { case standing, signature, phase, observations }

    /// What is not there is none.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      standing = try container.decode(Standing.self, forKey: .standing)
      signature = try container.decodeIfPresent(String.self, forKey: .signature)
      phase = try container.decodeIfPresent(String.self, forKey: .phase)
      observations = try container.decodeIfPresent([String: Value].self, forKey: .observations) ?? [:]
    }

    /// What is none is left out.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(standing, forKey: .standing)
      try container.encodeIfPresent(signature, forKey: .signature)
      try container.encodeIfPresent(phase, forKey: .phase)
      if !observations.isEmpty { try container.encode(observations, forKey: .observations) }
    }

    /// What a cell says.
    public init(_ cell: Cell) {
      standing = Standing(cell)
      signature = standing == .good ? nil : cell.finding.verdict.signature
      phase = standing == .untestable ? cell.finding.phase.rawValue : nil
      observations = [:]
      for (name, value) in cell.finding.observations { observations[name] = Value(value) }
    }
  }

  /// An observed value.
  public enum Value: Codable, Equatable, Sendable, CustomStringConvertible {
    /// A whole number.
    case integer(Int)
    /// A word or a sentence.
    case text(String)
    /// Whatever it is.
    case any

    init(_ value: Observation.Value) {
      switch value {
      case .integer(let number): self = .integer(number)
      case .text(let text): self = .text(text.description)
      // A measurement is another number in each run; a number with a unit is compared with it.
      case .quantity(let quantity): self = quantity.isMeasured ? .any : .text(quantity.words.description)
      }
    }

    /// A JSON number, string or null.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .any
      } else if let number = try? container.decode(Int.self) {
        self = .integer(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    /// The same.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .integer(let number): try container.encode(number)
      case .text(let text): try container.encode(text)
      case .any: try container.encodeNil()
      }
    }

    /// The value as a person reads it.
    public var description: String {
      switch self {
      case .integer(let number): String(number)
      case .text(let text): text
      case .any: "anything"
      }
    }
  }

  /// One kernel with its probes.
  public struct Kernel: Codable, Equatable, Sendable {
    /// Its title.
    public var kernel: String
    /// Entries by the probe's id.
    public var probes: [String: Entry]
  }

  private var format = Baseline.version
  /// The kernels, in the order of the run that wrote them.
  public private(set) var kernels: [Kernel] = []

  /// One that knows nothing.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case format = "firstbad-baseline"
    case kernels
  }

  /// Reads a file.
  public init(from file: URL) throws(Failure) {
    let remedy = "write one with --baseline \(file.lastPathComponent) --update-baseline"
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw Failure(.badInput, "the baseline \(file.path) cannot be read", remedy: remedy)
    }
    let why: String?
    do {
      self = try JSONDecoder().decode(Baseline.self, from: data)
      why = BaselineText.flaw(in: data)
    } catch {
      why = Failure.cause(of: error)
    }
    if let why {
      throw Failure(
        .badInput, "\(file.path) is no baseline: \(why)",
        remedy: "name another file; or remove this one, and \(remedy)")
    }
    guard format == Self.version else {
      throw Failure(
        .badInput, "\(file.path) is a baseline of format \(format), and this firstbad reads 1", remedy: remedy)
    }
  }

  /// The file's text.
  public var data: Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = (try? encoder.encode(self)) ?? Data("{}".utf8)
    return json + Data("\n".utf8)
  }

  /// What is known of a probe on a kernel. One that is not known is compared with the newest of those that are older, by the
  /// numbers in their titles, as whoever tests a kernel asks what it changed; with the oldest of all when none is. Kernels of
  /// its own flavour come before all others, which may be configured in another way.
  public func entry(kernel: String, probe: String) -> (entry: Entry, of: String)? {
    let known = kernels.first { $0.kernel == kernel } ?? nearest(to: kernel, knowing: probe)
    return known.flatMap { known in known.probes[probe].map { ($0, known.kernel) } }
  }

  private func nearest(to text: String, knowing probe: String) -> Kernel? {
    let title = KernelTitle(text)
    let known = kernels.filter { $0.probes[probe] != nil }.map { (kernel: $0, title: KernelTitle($0.kernel)) }
    let kin = known.filter { $0.title.flavour == title.flavour }
    let row = kin.isEmpty ? known : kin
    return (row.filter { $0.title < title }.max { $0.title < $1.title } ?? row.min { $0.title < $1.title })?.kernel
  }

  /// Takes what a run found, cells with the titles of their kernels. What our side failed at is not knowledge and stays
  /// as it was, and what could not be told does not replace what was; values that may be anything stay so; kernels and
  /// probes that were not run are kept. A kernel that is new gets its place beside those that it ran with.
  public mutating func take(_ found: [(cell: Cell, title: String)], inOrderOf titles: [String]) {
    let before = self
    for (cell, title) in found {
      var entry = Entry(cell)
      let id = cell.probe.id.description
      let own = before.kernels.first { $0.kernel == title }?.probes[id]
      let isTold = [.good, .bad].contains(own?.standing)
      if entry.standing == .infra || entry.standing == .untestable && isTold { continue }
      for (name, value) in before.entry(kernel: title, probe: id)?.entry.observations ?? [:]
      where value == .any && entry.observations[name] != nil { entry.observations[name] = .any }
      if let place = kernels.firstIndex(where: { $0.kernel == title }) {
        kernels[place].probes[id] = entry
      } else {
        kernels.append(Kernel(kernel: title, probes: [id: entry]))
      }
    }
    arrange(before.kernels.map(\.kernel), by: titles)
  }

  /// Those that were known keep their places. A new one comes
  /// behind the one before it in the run, or before the one behind it.
  private mutating func arrange(_ known: [String], by titles: [String]) {
    var order = known
    for (number, title) in titles.enumerated()
    where !order.contains(title) && kernels.contains(where: { $0.kernel == title }) {
      if let place = titles[..<number].reversed().lazy.compactMap(order.firstIndex).first {
        order.insert(title, at: place + 1)
      } else if let place = titles[(number + 1)...].lazy.compactMap(order.firstIndex).first {
        order.insert(title, at: place)
      } else {
        order.append(title)
      }
    }
    kernels = order.compactMap { title in kernels.first { $0.kernel == title } }
  }
}

/// A verdict as a regression suite counts it: what chose not to be tested is told from what could not be.
public enum Standing: String, Codable, Sendable, CaseIterable {
  /// Passed.
  case good
  /// Failed.
  case bad
  /// The probe skipped, or the kernel is known to be configured without what it needs.
  case skip
  /// The kernel could not tell: it does not boot, the probe came to no result.
  case untestable
  /// Our own side failed.
  case infra

  /// A cell's.
  public init(_ cell: Cell) {
    self =
      switch cell.finding.verdict {
      case .good: .good
      case .bad: .bad
      case .untestable where cell.finding.end?.outcome == .skip: .skip
      // After a failure it is only a guess, where nobody knows the configuration; and what is merely not here, such as the
      // file of a module, is no matter of the kernel's.
      case .untestable where cell.isConfiguredOut: .skip
      case .untestable: .untestable
      case .infra: .infra
      }
  }
}
