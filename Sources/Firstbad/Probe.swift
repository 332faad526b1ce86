public import Foundation

/// A probe: one behaviour, written down once. Which kernel it runs on says ``Kernel/run(_:options:)-(Probe,_)``.
public struct Probe: Sendable, Hashable, CustomStringConvertible {
  enum Origin: Sendable, Hashable {
    case shipped(String)
    case file(URL, only: String?)
    case text(String, name: String)
    case program(URL, [String])
  }

  let origin: Origin

  /// One of the probes that ship, by its id, such as `mm.pkey-alloc-errno`; `firstbad list` shows them.
  public static func shipped(_ id: String) -> Probe { Probe(origin: .shipped(id)) }

  /// A C file (or one of Embedded Swift) with a probe. `only` names one of several by its id.
  public static func file(_ file: URL, only id: String? = nil) -> Probe {
    Probe(origin: .file(file.absoluteURL, only: id))
  }

  /// A probe as text: what would stand in a C file. `name` is what messages call that file.
  public static func source(_ text: String, name: String = "probe.c") -> Probe {
    Probe(origin: .text(text, name: name))
  }

  /// A compiled program of somebody else's, with its libraries: exit status 0 passes, 4 skips (kselftest's convention).
  /// One that is in a set twice, with other arguments, is two probes; the second has a few digits more in its id.
  public static func program(_ file: URL, arguments: [String] = []) -> Probe {
    Probe(origin: .program(file.absoluteURL, arguments))
  }

  /// Its id, or the file's name.
  public var description: String {
    switch origin {
    case .shipped(let id): id
    case .file(let file, let id): id ?? file.lastPathComponent
    case .text(_, let name): name
    case .program(let file, let arguments): ([file.lastPathComponent] + arguments).joined(separator: " ")
    }
  }
}

/// Several probes, which share the boots of a kernel as far as their machines allow.
public struct ProbeSet: Sendable, Hashable, ExpressibleByArrayLiteral {
  /// The probes, in the order of their reports.
  public var probes: [Probe]

  /// These probes.
  public init(_ probes: [Probe]) { self.probes = probes }

  /// The same as a literal.
  public init(arrayLiteral elements: Probe...) { probes = elements }

  /// All probes that ship, or those with one of the words between the dots of their id, such as `net`.
  public static func shipped(tagged words: String...) throws -> ProbeSet {
    try FirstbadError.translating { ProbeSet(try Workbench.shipped(words).map(Probe.shipped)) }
  }

  /// The C files of a folder, in the order of their names.
  public static func folder(_ folder: URL) throws -> ProbeSet {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    let files = names.filter { $0.hasSuffix(".c") }.map { Probe.file(folder.appending(path: $0)) }
    guard !files.isEmpty else {
      throw FirstbadError(
        .badInput, "\(folder.path) holds no probe", remedy: "name a folder with files that end in .c")
    }
    return ProbeSet(files)
  }
}
