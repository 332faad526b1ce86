/// A cpio archive in the "newc" format that the kernel unpacks into its first root file system.
///
/// The format: Documentation/driver-api/early-userspace/buffer-format.rst. Times, owners and inode numbers
/// are constant, so equal contents give equal bytes. Archives may be appended to one another.
public struct Archive: Equatable, Sendable {
  /// The bytes so far, without the trailer.
  private var body: [UInt8] = []
  private var inode = 1

  /// An archive with nothing in it.
  public init() {}

  /// The whole archive, padded to a multiple of 512 bytes so that another may follow.
  public var bytes: [UInt8] {
    var whole = self
    whole.append(name: "TRAILER!!!", mode: 0, content: [])
    return Self.padded(whole.body, to: 512)
  }

  /// A folder, mode 0755. Parents must be added before what they hold.
  public mutating func addFolder(_ path: String) { append(name: path, mode: 0o040_755, content: []) }

  /// A regular file.
  public mutating func addFile(_ path: String, mode: UInt32 = 0o644, _ content: some Collection<UInt8>) {
    append(name: path, mode: 0o100_000 | mode, content: Array(content))
  }

  /// A character device, mode 0600.
  public mutating func addDevice(_ path: String, major: UInt32, minor: UInt32) {
    append(name: path, mode: 0o020_600, content: [], major: major, minor: minor)
  }

  private mutating func append(
    name: String, mode: UInt32, content: [UInt8], major: UInt32 = 0, minor: UInt32 = 0
  ) {
    let links: UInt32 = mode & 0o170_000 == 0o040_000 ? 2 : 1
    let isTrailer = mode == 0
    // magic, then: ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
    let fields: [UInt32] = [
      isTrailer ? 0 : UInt32(inode), mode, 0, 0, links, 0, UInt32(content.count), 0, 0, major, minor,
      UInt32(name.utf8.count + 1), 0,
    ]
    var header = Array("070701".utf8)
    for field in fields {
      let digits = String(field, radix: 16, uppercase: true)
      header += Array(String(repeating: "0", count: 8 - digits.count).utf8) + Array(digits.utf8)
    }
    body += Self.padded(header + Array(name.utf8) + [0], to: 4)
    body += Self.padded(content, to: 4)
    inode += 1
  }

  private static func padded(_ bytes: [UInt8], to multiple: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (multiple - bytes.count % multiple) % multiple)
  }
}
