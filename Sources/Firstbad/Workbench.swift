import Foundation
import GuestImage
import HostSystem
import Suite
import VerdictStream
import VirtualMachine

/// Probes of a set, compiled, ready to be booted.
struct Workbench: Sendable {
  /// One image for the probes, one for the programs of others.
  private var selections: [ProbeSelection] = []
  /// Ids in the order of the set.
  private var order: [String] = []
  private let places = Places()

  /// The kit beside this source, or that of an installed command: a foreign package's program lies beside neither.
  private static func kit() throws(Failure) -> Kit { try Kit.find(sources: URL(filePath: #filePath)) }

  /// Ids of the probes that ship.
  static func shipped(_ words: [String]) throws(Failure) -> [String] {
    let ids = try GuestImage.shipped(kit()).probes.map(\.id.description)
    let chosen = ids.filter { id in
      words.isEmpty || words.contains { word in id == word || id.split(separator: ".").contains { $0 == word } }
    }
    guard !chosen.isEmpty else {
      throw Failure(
        .usage, "no shipped probe has \(words.joined(separator: " or ")) in its id",
        remedy: "'firstbad list' shows them")
    }
    return chosen
  }

  /// Compiles what is not shipped.
  init(_ set: ProbeSet) async throws {
    let kit = try Self.kit()
    let texts = try WorkFolder.make(in: places)
    var words: [String] = []
    var parts: [Part] = []
    var programs: [Programs] = []
    for (index, probe) in set.probes.enumerated() {
      switch probe.origin {
      case .shipped(let id):
        if !words.contains(id) { words.append(id) }
        parts.append(.ids([id]))
      case .file(let file, let id):
        if !words.contains(file.path) { words.append(file.path) }
        parts.append(.file(file, only: id))
      case .text(let text, let name):
        let folder = texts.url.appending(path: String(index))
        try Places.make(folder)
        let file = folder.appending(path: name.hasSuffix(".c") || name.hasSuffix(".swift") ? name : "\(name).c")
        try Places.write(Data(text.utf8), to: file)
        words.append(file.path)
        parts.append(.file(file, only: nil))
      case .program(let file, let arguments):
        let program = try Programs(file.path, arguments, after: programs)
        programs.append(program)
        parts.append(.ids(program.all.map(\.id)))
      }
    }
    var fromSources: [String] = []
    if !words.isEmpty || programs.isEmpty {
      let all = try await ProbeSelection(arguments: words, kit: kit, places: places)
      fromSources = all.probes.map(\.id.description)
      order = try Self.order(parts, of: fromSources)
      selections.append(all.keeping(order))
    } else {
      order = try Self.order(parts, of: [])
    }
    if !programs.isEmpty { selections.append(try await ProbeSelection(programs, kit: kit, places: places)) }
  }

  /// What one element of the set stands for.
  private enum Part {
    case ids([String])
    case file(URL, only: String?)
  }

  /// Each id once. An id is a string literal, so it can be found in its file.
  private static func order(_ parts: [Part], of known: [String]) throws(Failure) -> [String] {
    var order: [String] = []
    for part in parts {
      var ids: [String] = []
      switch part {
      case .ids(let named): ids = named
      case .file(let file, let only):
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let own = known.filter { text.contains("PROBE(\"\($0)\"") }
        ids = only.map { [$0] } ?? (own.isEmpty ? known : own)
        if let only, !known.contains(only) {
          throw Failure(
            .usage, "\(file.lastPathComponent) has no probe \(only)",
            remedy: "it has \(own.joined(separator: ", "))")
        }
      }
      for id in ids where !order.contains(id) { order.append(id) }
    }
    return order
  }

  /// All of them on one kernel, in the order of the set.
  func run(on kernel: KernelImage, options: GuestOptions) async throws -> [Cell] {
    var cells: [Cell] = []
    for selection in selections {
      let runner = try ProbeRunner(selection, places: places, options: options.runOptions) { _ in }
      cells += try await runner.run(on: kernel)
    }
    return order.compactMap { id in cells.first { $0.probe.id.description == id } }
  }
}
