import Foundation
import HostSystem

/// A program of the host that shall run in the guest, and what it loads (elf(5), ld.so(8)).
struct ProgramFile {
  /// The file.
  let path: String
  private let elf: ELFFile

  /// Nil when the file is no 64-bit x86 program.
  init?(_ path: String) {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    self.path = path
    elf = ELFFile(bytes: Array(data))
    // e_type: 2 is an executable, 3 a shared object or a position-independent executable; e_machine 62 is x86-64.
    guard elf.bytes.count > 64, elf.bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
      [2, 3].contains(elf.bytes[0x10]), elf.bytes[0x12] == 62
    else { return nil }
  }

  /// Whether what the program headers speak of is in the file; a copy that was cut short would be killed by SIGBUS, and the
  /// kernel blamed (elf(5): e_phoff, e_phentsize, e_phnum; p_type, p_offset, p_filesz).
  var isWhole: Bool {
    func number(_ place: Int, _ size: Int) -> UInt64? {
      guard place >= 0, place + size <= elf.bytes.count else { return nil }
      return elf.bytes[place..<place + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard let start = number(0x20, 8), let size = number(0x36, 2), let count = number(0x38, 2),
      start < UInt64(elf.bytes.count)
    else { return false }
    return (0..<count).allSatisfy { index in
      let place = Int(start + index * size)
      guard let type = number(place, 4), let offset = number(place + 8, 8), let length = number(place + 32, 8) else {
        return false
      }
      let end = offset.addingReportingOverflow(length)
      return type != 1 || !end.overflow && end.partialValue <= UInt64(elf.bytes.count)
    }
  }

  /// The bytes.
  var bytes: [UInt8] { elf.bytes }

  /// The dynamic loader; nil for a static program.
  var interpreter: String? {
    elf.section(named: ".interp").map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private enum Tag {
    static let needed = 1
    static let rpath = 15
    static let runpath = 29
  }

  private func texts(_ tag: Int) -> [String] {
    guard let dynamic = elf.section(named: ".dynamic"), let strings = elf.section(named: ".dynstr") else { return [] }
    func number(_ start: Int) -> Int {
      (0..<8).reversed().reduce(0) { $0 << 8 | Int(dynamic[dynamic.startIndex + start + $1]) }
    }
    return stride(from: 0, to: dynamic.count - 15, by: 16).compactMap { entry in
      let (found, offset) = (dynamic[dynamic.startIndex + entry], number(entry + 8))
      guard Int(found) == tag, number(entry) == tag, offset >= 0, offset < strings.count else { return nil }
      return String(decoding: strings.dropFirst(offset).prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// A file that a program loads: where it is here, and where the guest's loader will look for it.
  struct Library: Equatable {
    let host: String
    let guest: String
  }

  /// Every file that it loads, the loader too, when it lies and runs in this folder of the guest. Most are at the same path in
  /// both; what is found beside the program (`$ORIGIN`, or a path relative to where it runs) stays beside it. Throws when one
  /// is not on this machine.
  func libraries(in guestFolder: String) throws(Failure) -> [Library] {
    guard let interpreter else { return [] }
    try requireSeen(interpreter)
    guard interpreter.hasPrefix("/"), ProgramFile(interpreter) != nil else { throw missing(interpreter) }
    let start = URL(filePath: path).deletingLastPathComponent().path
    var found = [Library(host: interpreter, guest: interpreter)]
    var open = [(file: self, guest: guestFolder)]
    var seen: Set<String> = []
    let common = Self.commonFolders(interpreter)
    while let (file, guest) = open.popLast() {
      let folder = URL(filePath: file.path).deletingLastPathComponent().path
      let own = (file.texts(Tag.runpath) + file.texts(Tag.rpath)).flatMap {
        // An empty element is the present folder, ld.so(8).
        $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      }
      .map { path in
        let plain = path.replacing("${ORIGIN}", with: "$ORIGIN")
        if plain.hasPrefix("$ORIGIN") {
          let rest = plain.dropFirst("$ORIGIN".count)
          return Library(host: folder + rest, guest: guest + rest)
        }
        return path.hasPrefix("/")
          ? Library(host: path, guest: Self.isMountedOver(path) ? Self.home(interpreter) : path)
          : Library(host: "\(start)/\(path)", guest: "\(guestFolder)/\(path)")
      }
      // The C library loads this one itself when a thread is cancelled.
      let names = file.texts(Tag.needed) + (file.texts(Tag.needed).contains("libc.so.6") ? ["libgcc_s.so.1"] : [])
      for name in names where seen.insert(name).inserted {
        let places = name.contains("/") ? [Self.named(name, start, guestFolder)] : (own + common).map { $0.file(name) }
        if name.hasPrefix("/") { try requireSeen(name) }
        guard let place = places.first(where: { ProgramFile($0.host) != nil }), let library = ProgramFile(place.host)
        else {
          if name == "libgcc_s.so.1" { continue }
          throw missing(name)
        }
        found.append(place)
        open.append((library, URL(filePath: place.guest).deletingLastPathComponent().path))
      }
    }
    return found
  }

  private func missing(_ name: String) -> Failure {
    Failure(
      .badInput, "\(path) needs \(name), which is not on this machine",
      remedy: "install the library, or link the program statically")
  }

  private func requireSeen(_ name: String) throws(Failure) {
    guard Self.isMountedOver(name) else { return }
    throw Failure(
      .badInput, "\(path) needs \(name), and the guest mounts a file system over that",
      remedy: "build the program where its libraries do not lie below /tmp, /run, /dev, /proc or /sys")
  }

  /// A name with a slash is a path, and relative to where the program runs when it does not begin with one.
  private static func named(_ name: String, _ start: String, _ guest: String) -> Library {
    name.hasPrefix("/")
      ? Library(host: name, guest: name) : Library(host: "\(start)/\(name)", guest: "\(guest)/\(name)")
  }

  /// Whether the init mounts something there (`Tables.mounts` of GuestInit), and nobody sees what the archive had. What lies
  /// there goes where the loader looks by default.
  private static func isMountedOver(_ path: String) -> Bool {
    let plain = URL(filePath: path).standardizedFileURL.path
    return ["/tmp", "/run", "/dev", "/proc", "/sys"].contains { plain == $0 || plain.hasPrefix("\($0)/") }
  }

  private static let musl = ["/lib", "/usr/local/lib", "/usr/lib"]
  private static let glibc = [
    "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
  ]

  /// Which of the loader's folders is a default hangs on the distribution; the one with the C library is.
  private static func home(_ interpreter: String) -> String {
    let isMusl = interpreter.contains("ld-musl")
    return (isMusl ? musl : glibc).first {
      FileManager.default.fileExists(atPath: "\($0)/\(isMusl ? "libc.so" : "libc.so.6")")
    } ?? "/lib"
  }

  /// Where the loader looks without being told: what its configuration names and its defaults. The guest has no
  /// configuration, so what is found in a folder of that goes where the loader looks by default.
  private static func commonFolders(_ interpreter: String) -> [Library] {
    let isMusl = interpreter.contains("ld-musl")
    let (defaults, home) = (isMusl ? musl : glibc, home(interpreter))
    let configured = isMusl ? lines(of: "/etc/ld-musl-x86_64.path", by: ":") : configuration()
    return configured.map { Library(host: $0, guest: defaults.contains($0) ? $0 : home) }
      + defaults.map { Library(host: $0, guest: $0) }
  }

  /// The folders that ld.so.conf names, as ldconfig(8) reads it on Debian and Fedora.
  private static func configuration() -> [String] {
    let includes = ((try? FileManager.default.contentsOfDirectory(atPath: "/etc/ld.so.conf.d")) ?? []).sorted()
    let files = ["/etc/ld.so.conf"] + includes.map { "/etc/ld.so.conf.d/\($0)" }
    return files.filter { $0.hasSuffix(".conf") }.flatMap { lines(of: $0) }.filter { $0.hasPrefix("/") }
  }

  private static func lines(of file: String, by separator: Character = "\n") -> [String] {
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    return text.split { $0 == "\n" || $0 == separator }.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}

extension ProgramFile.Library {
  /// What has this name in the folder, without `.` and `..` in its path.
  fileprivate func file(_ name: String) -> ProgramFile.Library {
    ProgramFile.Library(
      host: URL(filePath: "\(host)/\(name)").standardizedFileURL.path,
      guest: URL(filePath: "\(guest)/\(name)").standardizedFileURL.path)
  }
}
