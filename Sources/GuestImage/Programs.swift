import Foundation
public import HostSystem
import VerdictStream

/// Programs of others as probes: exit status 0 passes, 4 skips, everything else fails (Documentation/dev-tools/kselftest.rst).
public struct Programs: Sendable {
  /// One of them.
  public struct Program: Sendable, Equatable {
    /// The probe that it becomes.
    public fileprivate(set) var id: String
    /// Where it is on the host.
    public let path: String
    /// Its arguments.
    public let arguments: [String]
    /// Its folder in the guest, in which it runs.
    let folder: String
    /// Seconds after which it is ended.
    public let timeout: Int
    /// What it loads and this machine has not, in a sentence; such a program is not started.
    let lacks: String?
  }

  /// Why something of a folder is no program for the guest.
  public enum Refusal: String, Sendable, CaseIterable {
    /// A script, a library, a file cut short, a program for another machine.
    case other = "no program for the guest"
    /// A program that may not be started.
    case mode = "not executable"
    /// The folders of a folder are suites of their own.
    case folder = "a folder, to be named itself"
    /// Paths are text here.
    case name = "of a name that is no UTF-8"
    /// A list names it.
    case missing = "not there"
  }

  /// The programs, in their order.
  public private(set) var all: [Program] = []
  /// What was found beside them and is not run, by name. Data that is no program is not among it.
  public private(set) var leftOut: [(name: String, why: Refusal)] = []
  private var folders: [String: String] = [:]
  /// The folder of the guest in which all of them lie.
  private let root: String
  /// Ids that others have.
  private let taken: Set<String>
  /// Ids that were asked for.
  private var asked: Set<String> = []

  /// kselftest's own, when no settings file says otherwise.
  static let timeout = 45

  /// One program with its arguments, or the programs of a folder: those of its kselftest-list.txt, or every executable
  /// file in it.
  ///
  /// Of several such sets each has a folder and ids of its own, so it is told of those before it.
  public init(_ path: String, _ arguments: [String] = [], after others: [Programs] = []) throws(Failure) {
    root = others.isEmpty ? "/exec" : "/exec-\(others.count + 1)"
    taken = Set(others.flatMap { $0.all.map(\.id) })
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Failure(.badInput, "\(path) cannot be read", remedy: "name a program, or a folder with programs")
    }
    let url = URL(filePath: path).absoluteURL
    if !isFolder.boolValue {
      let file = url.path
      guard let program = ProgramFile(file) else {
        throw Failure(
          .badInput, "\(path) is no program for x86-64",
          remedy: "a script needs an interpreter and what it calls, and the guest has neither; name a compiled program")
      }
      guard program.isWhole else {
        throw Failure(.badInput, "\(path) is cut short: its program headers speak of more", remedy: "copy it again")
      }
      add("exec", file, arguments, isAlone: true)
      return
    }
    guard arguments.isEmpty else {
      throw Failure(.usage, "a folder of programs takes no arguments", remedy: "name one program")
    }
    let list = try? String(contentsOf: url.appending(path: "kselftest-list.txt"), encoding: .utf8)
    if let list {
      for line in list.split(separator: "\n") {
        let pair = line.split(separator: ":", maxSplits: 1).map(String.init)
        if pair.count == 2 { take(pair[0], url.appending(path: "\(pair[0])/\(pair[1])").path) }
      }
    } else {
      let names = try Self.names(in: url.path)
      leftOut += Array(repeating: ("?", .name), count: names.unreadable)
      for name in names.readable { take(url.lastPathComponent, url.appending(path: name).path) }
    }
    guard !all.isEmpty else {
      throw Failure(.badInput, "\(path) holds no program for x86-64", remedy: "name a folder with compiled programs")
    }
  }

  /// What is left out of a folder, a line for each reason.
  public var leftOutLines: [String] {
    Refusal.allCases.compactMap { why in
      let names = leftOut.filter { $0.why == why }.map(\.name)
      if names.isEmpty { return nil }
      let list = why == .name ? "" : ": \(names.joined(separator: ", "))"
      return "\(names.count) left out as \(why.rawValue)\(list)"
    }
  }

  private mutating func take(_ collection: String, _ file: String) {
    let name = URL(filePath: file).lastPathComponent
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else {
      return leftOut.append((name, .missing))
    }
    if isFolder.boolValue { return leftOut.append((name, .folder)) }
    let isExecutable = FileManager.default.isExecutableFile(atPath: file)
    // A shared object without a loader is a library; a static program that may lie anywhere looks the same but for
    // its name.
    guard let program = ProgramFile(file), program.isWhole, program.interpreter != nil || !file.contains(".so") else {
      if isExecutable { leftOut.append((name, .other)) }
      return
    }
    guard isExecutable else { return leftOut.append((name, .mode)) }
    add(collection, file, [], isAlone: false)
  }

  /// What a folder has, in order. Names that are no UTF-8 cannot be told, but counted.
  private static func names(in folder: String) throws(Failure) -> (readable: [String], unreadable: Int) {
    guard let stream = opendir(folder) else {
      throw Failure(.badInput, "\(folder) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    var unreadable = 0
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(validating: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard let name else {
        unreadable += 1
        continue
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return (names.sorted(), unreadable)
  }

  private mutating func add(_ collection: String, _ file: String, _ arguments: [String], isAlone: Bool) {
    let url = URL(filePath: file)
    let base = Self.cut("\(Self.word(collection)).\(Self.word(url.lastPathComponent))", to: 60)
    let id = id(of: file, base: base)
    let settings = try? String(
      contentsOf: url.deletingLastPathComponent().appending(path: "settings"), encoding: .utf8)
    let told = settings?.split(separator: "\n").compactMap { line in
      line.hasPrefix("timeout=") ? Int(line.dropFirst(8).trimmingCharacters(in: .whitespaces)) : nil
    }.last
    // 0 is without a limit there; here an hour is.
    let timeout = min(3600, told.map { $0 == 0 ? 3600 : max(1, $0) } ?? Self.timeout)
    // Its name as it is: two that differ by a dash alone are two.
    let folder = collection.hasPrefix(".") ? "\(root)/\(Self.word(collection))" : "\(root)/\(collection)"
    var lacks: String?
    // One program that cannot be run shall not take the others of its folder along.
    if !isAlone {
      do { _ = try ProgramFile(file)?.libraries(in: folder) } catch { lacks = error.message }
    }
    if !isAlone { folders[url.deletingLastPathComponent().path] = folder }
    all.append(Program(id: id, path: file, arguments: arguments, folder: folder, timeout: timeout, lacks: lacks))
  }

  /// Where names come to one id, as `a_b` and `a-b` do, each gets one by its own name, and none the plain one: with the other
  /// gone it would be taken for it.
  private mutating func id(of file: String, base: String) -> String {
    func isFree(_ id: String) -> Bool { !taken.contains(id) && !all.contains { $0.id == id } }
    func told(apart file: String) -> String {
      let digits = Digest.sha256(ofText: URL(filePath: file).lastPathComponent).prefix(4)
      var ending = "-\(digits)"
      var number = 2
      var id: String { Self.cut(base, to: 64 - ending.count) + ending }
      // The same name again, in another folder.
      while !isFree(id) {
        ending = "-\(digits)-\(number)"
        number += 1
      }
      return id
    }
    if let other = all.firstIndex(where: { $0.id == base }) {
      let id = told(apart: all[other].path)
      all[other].id = id
      return told(apart: file)
    }
    return asked.insert(base).inserted && isFree(base) ? base : told(apart: file)
  }

  /// The beginning of an id that is one itself: what ends in a hyphen is none (`ProbeMetadata.isID`).
  private static func cut(_ id: String, to length: Int) -> String {
    var id = id.prefix(length)
    while id.last == "-" || id.last == "." { id.removeLast() }
    return String(id)
  }

  /// As a part of an id.
  static func word(_ text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "program" : words.joined(separator: "-")
  }

  /// What the guest needs of them: the programs, what lies beside those of a folder, and the libraries.
  func files() throws(Failure) -> [GuestImage.File] {
    var files: [String: String] = [:]
    for program in all {
      files["\(program.folder)/\(URL(filePath: program.path).lastPathComponent)"] = program.path
      for library in program.lacks != nil ? [] : try ProgramFile(program.path)?.libraries(in: program.folder) ?? [] {
        files[library.guest] = library.host
      }
    }
    for (folder, target) in folders {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        // Neither folders nor what is no data, which a reader would wait for.
        let path = URL(filePath: "\(folder)/\(name)").resolvingSymlinksInPath().path
        let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        if kind == .typeRegular { files["\(target)/\(name)"] = path }
      }
    }
    var read: [GuestImage.File] = []
    for (target, path) in files.sorted(by: { $0.key < $1.key }) {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Failure(.badInput, "\(path) cannot be read", remedy: "check its permissions")
      }
      let mode: UInt32 = FileManager.default.isExecutableFile(atPath: path) ? 0o755 : 0o644
      read.append(GuestImage.File(path: target, mode: mode, content: data))
    }
    return read
  }
}
