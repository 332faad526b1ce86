import Foundation
public import HostSystem
public import VerdictStream

/// What a user's PROBE arguments mean: an image that holds them, and which of its probes to run.
public struct ProbeSelection: Sendable {
  /// The image.
  public let image: GuestImage
  /// The chosen probes, in the order of the arguments.
  public let probes: [ProbeMetadata]
  /// What some of them cannot be run for on any kernel, in a sentence: a program's library that is not on this machine.
  public private(set) var lacks: [Text: String] = [:]
  /// What they were chosen from: files, shipped ids and whose these are; nil where that is no source of a probe.
  private var origin: (files: [URL], ids: [String], kit: Kit)?

  /// Whether one of their sources speaks of the network, see ``NetworkWords``; so it is taken to where there is no source.
  public var mayUseNetwork: Bool {
    guard let origin, let shipped = try? Self.shippedSources(of: origin.ids, origin.kit) else { return true }
    return (origin.files + shipped).contains { file in
      (try? String(contentsOf: file, encoding: .utf8)).map(NetworkWords.occur) ?? true
    }
  }

  /// Shipped ids come ready-made; a source file is compiled, with the shipped sources that are asked for too. For a
  /// debugger all are compiled. `linksOnlyThese`: an image that is kept holds nothing but the probes named, which needs
  /// the compiler for shipped ones as well.
  public init(
    arguments: [String], kit: Kit, places: Places, linksOnlyThese: Bool = false, forDebugger: Bool = false
  ) async throws {
    guard !arguments.isEmpty else {
      throw Failure(.usage, "no probe is named", remedy: "'firstbad list' shows the shipped ones")
    }
    try Self.refuseTwice(arguments)
    let files = arguments.filter(Self.isFile)
    let ids = arguments.filter { !Self.isFile($0) }
    for file in files where !file.hasSuffix(".c") && !file.hasSuffix(".swift") {
      throw Failure(
        .usage, "\(file) is no probe",
        remedy: "a probe is a .c or .swift file; several kernels are named with --kernels A B")
    }
    let shipped = try GuestImage.shipped(kit)
    for id in ids where shipped.probe(Text(id)) == nil {
      throw Failure(.usage, "no shipped probe is called \(id)", remedy: Self.hint(id, shipped))
    }
    let sources = files.map { URL(filePath: $0) }
    origin = (sources, ids, kit)
    if files.isEmpty && linksOnlyThese && !forDebugger {
      let own = try await ProbeCompiler(kit: kit, places: places).image(of: Self.shippedSources(of: ids, kit))
      image = own
      probes = ids.compactMap { own.probe(Text($0)) }
      return
    }
    if files.isEmpty && !forDebugger {
      image = shipped
      probes = ids.compactMap { shipped.probe(Text($0)) }
      return
    }
    let compiler = try ProbeCompiler(kit: kit, places: places)
    let own = sources.isEmpty ? nil : try await compiler.image(of: sources, forDebugger: forDebugger)
    if let own, ids.isEmpty {
      image = own
    } else {
      image = try await compiler.image(of: sources + Self.shippedSources(of: ids, kit), forDebugger: forDebugger)
    }
    probes = (own?.probes ?? []) + ids.compactMap { shipped.probe(Text($0)) }
  }

  init(image: GuestImage, probes: [ProbeMetadata], lacks: [Text: String] = [:]) {
    self.image = image
    self.probes = probes
    self.lacks = lacks
  }

  /// Fewer of the same.
  private func of(_ fewer: [ProbeMetadata]) -> ProbeSelection {
    var copy = ProbeSelection(image: image, probes: fewer, lacks: lacks)
    copy.origin = origin
    return copy
  }

  /// Those whose id is one of the words, or has one of them between its dots; none is an error.
  public func only(_ words: [String]) throws(Failure) -> ProbeSelection {
    let chosen = probes.filter { probe in
      let id = probe.id.description
      return words.contains { word in id == word || id.split(separator: ".").contains { $0 == word } }
    }
    guard !chosen.isEmpty else {
      throw Failure(
        .usage, "no probe has \(words.joined(separator: " or ")) in its id", remedy: "'firstbad list' shows them")
    }
    return of(chosen)
  }

  /// Those with these ids, in the order of the ids; what is not there is left out.
  public func keeping(_ ids: [String]) -> ProbeSelection {
    of(ids.compactMap { id in probes.first { $0.id.description == id } })
  }

  /// Whether an argument names a file and not a shipped probe.
  public static func isFile(_ argument: String) -> Bool {
    argument.hasSuffix(".c") || argument.hasSuffix(".swift") || argument.contains("/")
  }

  /// Naming a probe twice is a slip, and two end records of one id could not be told apart.
  private static func refuseTwice(_ names: [String]) throws(Failure) {
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw Failure(.usage, "\(name) is named twice", remedy: "name each probe once")
    }
  }

  private static func hint(_ id: String, _ shipped: GuestImage) -> String {
    if FileManager.default.fileExists(atPath: "\(id).c") { return "did you mean the file \(id).c?" }
    let close = shipped.probes.map(\.id.description).filter { $0.contains(id) || $0.hasSuffix(".\(id)") }
    return close.first.map { "did you mean \($0)?" } ?? "'firstbad list' shows them; a source file ends in .c"
  }

  /// The files of the kit that define these ids. An id is a string literal, so its text can be found.
  private static func shippedSources(of ids: [String], _ kit: Kit) throws(Failure) -> [URL] {
    let all = kit.sources()
    var found: [URL] = []
    for id in ids {
      let file = all.first { file in
        (try? String(contentsOf: file, encoding: .utf8))?.contains("PROBE(\"\(id)\"") ?? false
      }
      guard let file else {
        throw Failure(.badInput, "the source of \(id) is not in \(kit.probes.path)", remedy: "run 'make guest'")
      }
      if !found.contains(file) { found.append(file) }
    }
    return found
  }
}

extension ProbeSelection {
  /// Programs of others, ready to run.
  public init(_ programs: [Programs], kit: Kit, places: Places) async throws {
    let folder = try WorkFolder.make(in: places)
    var sources: [URL] = []
    var files: [GuestImage.File] = []
    for (index, set) in programs.enumerated() {
      let source = folder.url.appending(path: "programs\(index).c")
      try Places.write(Data(set.source.utf8), to: source)
      sources.append(source)
      for file in try set.files() where !files.contains(where: { $0.path == file.path }) { files.append(file) }
    }
    var image = try await ProbeCompiler(kit: kit, places: places).image(of: sources)
    image.files = files
    let order = programs.flatMap { $0.all.map(\.id) }
    let probes = order.compactMap { image.probe(Text($0)) }
    var lacks: [Text: String] = [:]
    for program in programs.flatMap(\.all) { lacks[Text(program.id)] = program.lacks }
    self.init(image: image, probes: probes, lacks: lacks)
  }
}
