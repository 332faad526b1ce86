import VerdictStream

/// Why a probe's function was not called, in words.
enum Unready {
  /// What an errno means where the init could not give a probe what it asked for: how the message begins, errno, meaning.
  private static let table: [(start: String, errno: String, meaning: String)] = [
    ("the module ", "EFAULT", "the kernel broke while it was loaded"),
    ("the module ", "EINVAL", "it is built for another kernel, or damaged"),
    ("the module ", "EKEYREJECTED", "the kernel does not take its signature"),
    ("the module ", "ENODEV", "it finds nothing that it could drive"),
    ("the module ", "ENOENT", "it wants a symbol that this kernel does not have"),
    ("the module ", "ENOEXEC", "it is built for another kernel, or damaged"),
    ("the module ", "ENOKEY", "the kernel does not know who signed it"),
    ("the module ", "ENOSYS", "this kernel takes no modules"),
    ("the module ", "ETIMEDOUT", "it did not come to an end"),
    ("", "ENOENT", "this kernel has none of that name"),
  ]

  /// The init's message with the errno and what that means.
  static func reason(_ end: ProbeEnd) -> String {
    let said = end.message.description
    let errno = end.errno.description
    if errno.isEmpty { return said }
    let meaning = table.first { said.hasPrefix($0.start) && $0.errno == errno }?.meaning
    return "\(said): \(errno)" + (meaning.map { " (\($0))" } ?? "")
  }
}
