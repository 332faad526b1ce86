public import Foundation
public import HostSystem

/// A module, unpacked and ready for finit_module(2).
public struct LoadableModule: Sendable, Equatable {
  /// Its name.
  public let name: String
  /// The ELF file.
  public let bytes: Data
  /// Whether the probes cannot do without it.
  public let isRequired: Bool
}

/// Reads the modules that a boot needs.
public struct ModuleSet: Sendable {
  private let folder: ModuleFolder?
  private let extra: [String: URL]
  private let places: Places

  /// The modules of a kernel, where they are at hand, and files that stand before them.
  public init(_ folder: ModuleFolder?, files: [String: URL] = [:], places: Places) {
    self.folder = folder
    extra = files
    self.places = places
  }

  /// These modules and all that they depend on, in the order of loading. Of what the kernel has built in there is none.
  public func load(_ wanted: [String]) async throws -> Result<[LoadableModule], ModuleOrder.Missing> {
    var read: [String: [UInt8]] = [:]
    func info(_ name: String, _ file: URL) async throws -> ModuleInfo {
      let bytes = try await unpacked(file)
      guard var info = ModuleInfo(module: bytes, file: file.lastPathComponent) else {
        throw Failure(.badInput, "\(file.path) is no kernel module, or damaged", remedy: "fetch or build it again")
      }
      // A file that was named by its path goes by the name it was found under.
      info.name = name
      read[name] = bytes
      return info
    }
    let order: ModuleOrder
    do {
      order = try await ModuleOrder(of: wanted) { name in
        if let file = extra[name] { return .module(try await info(name, file)) }
        switch folder?.find(name) ?? .absent {
        case .builtIn: return .builtIn
        case .file(let file): return .module(try await info(name, file))
        case .absent: return .absent
        }
      } resolve: { alias in
        let name = ModuleInfo.spelling(alias)
        if extra[name] != nil || folder.map({ $0.find(name) != .absent }) ?? false { return [name] }
        var answering: [String] = []
        for file in folder?.suspects(of: alias) ?? [] {
          guard let info = ModuleInfo(module: try await unpacked(file), file: file.lastPathComponent) else { continue }
          if info.aliases.contains(alias) { answering.append(info.name) }
        }
        return answering
      }
    } catch let missing as ModuleOrder.Missing {
      return .failure(missing)
    }
    return .success(
      order.entries.compactMap { entry in
        read[entry.name].map { LoadableModule(name: entry.name, bytes: Data($0), isRequired: entry.isRequired) }
      })
  }

  /// The module's bytes; a compressed one is unpacked by the program that packs such.
  private func unpacked(_ file: URL) async throws -> [UInt8] {
    guard let packed = FileManager.default.contents(atPath: file.path) else {
      throw Failure(.badInput, "the module \(file.path) cannot be read", remedy: "check its permissions")
    }
    let ending = ModuleInfo.compressions.first { file.path.hasSuffix($0.key) }
    guard let program = ending?.value else { return Array(packed) }
    let tool = try Tool(program, remedy: "install it: the kernel's modules are compressed by it")
    let shell = try Tool("sh", remedy: "a shell is part of every system")
    let work = try WorkFolder.make(in: places)
    let plain = work.url.appending(path: "module.ko")
    let result = try await shell.run(
      ["-c", #""$1" -dc <"$2" >"$3""#, "sh", tool.path, file.path, plain.path], limit: .seconds(60))
    guard result.status == 0, let bytes = FileManager.default.contents(atPath: plain.path) else {
      throw Failure(
        .badInput, "the module \(file.path) cannot be unpacked: \(result.lastWords)", remedy: "fetch it again")
    }
    return Array(bytes)
  }
}

extension ModuleOrder.Missing: CustomStringConvertible {
  /// One clause for a person.
  public var description: String {
    if let dependent { return "the module \(dependent) depends on \(name), which this kernel does not have" }
    return "this kernel has no module \(name)"
  }
}
