public import Foundation
public import HostSystem

/// A kernel in a file.
public struct KernelImage: Sendable, Equatable {
  /// The file.
  public let file: URL
  /// The version string the file carries, `RELEASE (BUILDER) VERSION`; nil where it has none.
  public let version: String?
  /// Its build id in hexadecimal, where who built it wrote it down: a file `build-id` beside the image.
  public var build: String? {
    let note = file.deletingLastPathComponent().appending(path: "build-id")
    return (try? String(contentsOf: note, encoding: .utf8)).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
  }
  /// `uname -r` of the kernel, as far as the file says.
  public var release: String? { version?.split(separator: " ").first.map(String.init) }

  /// `uname -v` of the kernel, as far as the file says.
  public var versionText: String? {
    guard let version, let mark = version.firstRange(of: ") ") else { return nil }
    return String(version[mark.upperBound...])
  }

  /// Name and version of the package it was fetched in, as its folder in the store says.
  public var package: (name: String, version: String)? {
    let folder = file.deletingLastPathComponent().deletingLastPathComponent().lastPathComponent
    guard folder.hasPrefix("linux-"), let mark = folder.lastIndex(of: "_") else { return nil }
    return (String(folder[..<mark]), String(folder[folder.index(after: mark)...]))
  }

  /// A name for tables: the release, or the file's name.
  public var label: String { release ?? file.lastPathComponent }

  /// Looks at the file; what is certainly no kernel is refused before anything is started.
  public init(at path: String) throws(Failure) {
    file = URL(filePath: path).absoluteURL
    let remedy = "give the path of a bzImage (vmlinuz-*) or of an x86-64 vmlinux"
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else {
      let why = isFolder.boolValue ? "it is a folder" : "there is no such file"
      throw Failure(.badInput, "the kernel \(path) cannot be read: \(why)", remedy: remedy)
    }
    let head: Data
    let size: UInt64
    do {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      head = try handle.read(upToCount: 65_536) ?? Data()
      size = try handle.seekToEnd()
    } catch {
      throw Failure(.badInput, "the kernel \(path) cannot be read: \(Failure.cause(of: error))", remedy: remedy)
    }
    if head.isEmpty { throw Failure(.badInput, "the kernel \(path) is empty", remedy: remedy) }
    let bytes = [UInt8](head)
    if let header = BootHeader(bytes) {
      if let fault = header.fault(fileSize: Int(size)) {
        throw Failure(.badInput, "the kernel \(path) \(fault)", remedy: "build or fetch it again")
      }
      version = header.version
    } else if bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) {
      // e_machine: 62 is EM_X86_64.
      guard bytes.count > 64, bytes[4] == 2, bytes[0x12] == 62 else {
        throw Failure(.badInput, "the kernel \(path) is an ELF file of another architecture", remedy: remedy)
      }
      version = Banner.version(in: file)
    } else if bytes.count > 0x40, bytes[0x38..<0x3C].elementsEqual("ARMd".utf8) {
      throw Failure(.badInput, "the kernel \(path) is for arm64", remedy: remedy)
    } else {
      throw Failure(.badInput, "\(path) is no kernel", remedy: remedy)
    }
  }

  /// SHA-256 of the file. Some 50 ms for a distribution's kernel, so a run computes it beside the boot.
  public func sha256() throws(Failure) -> String { try Digest.sha256(of: file) }
}

/// `linux_banner` (init/version.c), the line that a kernel begins its log with. An uncompressed one has it as it is.
enum Banner {
  private static let head = Data("Linux version ".utf8)
  /// Of `Linux version RELEASE (BUILDER) (COMPILER) #NUMBER ...` hardly ever more than 300 bytes.
  private static let most = 1024

  /// What a bzImage's header says: the line without the compiler.
  static func version(in file: URL) -> String? {
    guard let data = try? Data(contentsOf: file, options: .alwaysMapped) else { return nil }
    var rest = data.startIndex..<data.endIndex
    while let found = data.range(of: head, in: rest) {
      let line = data[found.upperBound...].prefix(most).prefix { $0 != 0x0A && $0 != 0 }
      if let version = version(String(decoding: line, as: UTF8.self)) { return version }
      rest = found.upperBound..<data.endIndex
    }
    return nil
  }

  /// The compiler's name may have round brackets of its own; `uname -v` begins with a number sign.
  static func version(_ line: String) -> String? {
    guard let first = line.first, first.isNumber, let builder = line.firstRange(of: " ("),
      let end = line[builder.upperBound...].firstRange(of: ") "),
      let mark = line.ranges(of: ") #").last, mark.lowerBound >= end.lowerBound
    else { return nil }
    return line[..<end.lowerBound] + ") " + line[line.index(before: mark.upperBound)...]
  }
}

/// The set-up header of a bzImage (Documentation/arch/x86/boot.rst).
struct BootHeader {
  private let bytes: [UInt8]

  init?(_ bytes: [UInt8]) {
    guard bytes.count > 0x250, bytes[0x202..<0x206].elementsEqual("HdrS".utf8) else { return nil }
    self.bytes = bytes
  }

  private func number(_ offset: Int, _ size: Int) -> Int {
    (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  /// `kernel_version` points, 0x200 short, to a NUL-ended string.
  var version: String? {
    let pointer = number(0x20E, 2)
    guard pointer > 0, pointer + 0x200 < bytes.count else { return nil }
    let text = bytes[(pointer + 0x200)...].prefix { $0 != 0 }
    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
  }

  /// What is wrong with a file of this size, if anything.
  func fault(fileSize: Int) -> String? {
    // setup_sects of 0 means 4; syssize counts 16-byte paragraphs of the protected-mode part.
    let setup = (max(1, number(0x1F1, 1) == 0 ? 4 : number(0x1F1, 1)) + 1) * 512
    let whole = setup + number(0x1F4, 4) * 16
    // The last paragraph may be cut short by up to 15 bytes.
    if fileSize < whole - 15 { return "is cut short: \(fileSize) of \(whole) bytes" }
    // xloadflags, from boot protocol 2.12 on: bit 0 is XLF_KERNEL_64.
    if number(0x206, 2) >= 0x20C, number(0x236, 2) & 1 == 0 { return "is a 32-bit kernel" }
    return nil
  }
}
