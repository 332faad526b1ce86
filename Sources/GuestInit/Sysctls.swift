import VerdictStream

/// The sysctls of one probe: set before it, put back after it.
struct Sysctls {
  private var previous: [ProbeMetadata.Sysctl] = []

  /// Why a sysctl could not be set.
  struct Refused: Error {
    let name: Text
    let errno: Errno
  }

  /// Sets all of them, in order; on the first that is refused the earlier ones stay to be put back.
  mutating func set(_ wanted: [ProbeMetadata.Sysctl], on system: inout some System) throws(Refused) {
    for sysctl in wanted {
      do throws(Errno) {
        let path = Self.path(of: sysctl.name)
        let old = try system.read(path, limit: 4096)
        try system.writeExisting(path, sysctl.value)
        previous.append(ProbeMetadata.Sysctl(name: sysctl.name, value: old))
      } catch {
        throw Refused(name: sysctl.name, errno: error)
      }
    }
  }

  /// A probe wrote to this one by itself, and it was so before.
  mutating func remember(_ name: Text, _ value: Text) {
    previous.append(ProbeMetadata.Sysctl(name: name, value: value))
  }

  /// Puts the old values back, last first. What cannot be put back now was writable a moment ago.
  mutating func restore(on system: inout some System) {
    while let old = previous.popLast() {
      do throws(Errno) { try system.writeExisting(Self.path(of: old.name), old.value) } catch {}
    }
  }

  /// As sysctl(8) has it: dots part the words; where a word has a dot of its own, slashes do.
  static func path(of name: Text) -> Text {
    let slash = UInt8(ascii: "/")
    let dot = UInt8(ascii: ".")
    let parts = name.bytes.contains(slash) ? name.bytes : name.bytes.map { $0 == dot ? slash : $0 }
    return "/proc/sys/" + Text(parts)
  }
}
