/// What swiftc's messages mean in a probe.
enum SwiftLesson {
  /// Without what is said of every probe that is compiled for the guest.
  static func essence(of errors: String) -> String {
    var lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeAll { $0.hasPrefix("<unknown>:0: warning: libc not found for") }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    return lines.joined(separator: "\n")
  }

  /// The lesson of the first trouble that is known.
  static func of(_ errors: String) -> String? {
    if let lesson = table.first(where: { errors.contains($0.0) })?.1 { return lesson }
    if let name = (errors.firstMatch(of: /error: cannot find '(\w+)' in scope/)?.1).map(String.init),
      let header = CompilerLesson.header(with: name, isFunction: true)
        ?? CompilerLesson.header(with: name, isFunction: false)
    {
      return "\(name) is declared by a line /// #include <\(header)> in the file"
    }
    return nil
  }

  private static let table = [
    (
      "untyped throws is not available in Embedded Swift", "say throws(Ending): Embedded Swift 6.3 has no 'any Error'"
    ),
    ("cannot use a value of protocol type", "Embedded Swift 6.3 has no 'any': say throws(Ending), and generics"),
    ("errors thrown from here are not handled", "the function under a heading is 'func NAME() throws(Ending)'"),
    (
      "invalid conversion of thrown error type",
      "say what it throws: func NAME() throws(Ending) under a heading, and { () throws(Ending) in ... } where a block of "
        + "several lines tries something"
    ),
    ("no such module", "leave the import out: the C library and the kit are there without"),
    ("function like macros not supported", "the kit's words have Swift names, such as tcpPair(): firstbad/Kit.swift"),
    ("use of unknown directive '#include'", "write it as a comment: /// #include <sys/fanotify.h>"),
    ("unexpected '#include'", "write it as a comment: /// #include <sys/fanotify.h>"),
    ("C-style variadic", "firstbad/Calls.swift has open, fcntl, ioctl, prctl and syscall"),
    ("firstbad/swift.h' file not found", "run 'make guest' again: the kit has lost its headers"),
  ]
}
