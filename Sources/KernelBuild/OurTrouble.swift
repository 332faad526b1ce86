import Foundation
import HostSystem

/// What breaks a build and is no property of the commit: a full disk, a compiler that was killed, a program that is
/// not installed. It is thrown and never remembered.
struct OurTrouble {
  /// How the line that tells it contains it.
  let text: String
  let kind: Failure.Kind
  let message: String
  let remedy: String

  private init(_ text: String, _ kind: Failure.Kind, _ message: String, _ remedy: String) {
    self.text = text
    self.kind = kind
    self.message = message
    self.remedy = remedy
  }

  private static let space = "free some space there, or point TMPDIR and XDG_CACHE_HOME to another disk"
  private static let memory = "free some memory, or build with fewer jobs"

  /// Words of gcc, binutils, make, the shell and ccache; upper and lower case as they write it. The first row that
  /// matches decides, and a line that quotes source is not asked.
  static let table = [
    OurTrouble("No space left on device", .cannotWrite, "the disk is full", space),
    OurTrouble("Disk quota exceeded", .cannotWrite, "the disk quota is used up", space),
    OurTrouble("Read-only file system", .cannotWrite, "the objects are on a read-only file system", space),
    OurTrouble(": Input/output error", .cannotWrite, "the disk does not work", "look at dmesg"),
    OurTrouble("Stale file handle", .cannotWrite, "the network file system went away", "mount it again"),
    // gcc: the first is what it says of a cc1 that the kernel killed, the second what it said until version 9.
    OurTrouble("Killed signal terminated program", .toolFailed, "the compiler was killed", memory),
    OurTrouble("internal compiler error: Killed", .toolFailed, "the compiler was killed", memory),
    OurTrouble("Terminated signal terminated program", .toolFailed, "the compiler was ended by TERM", "try again"),
    OurTrouble("ld terminated with signal 9", .toolFailed, "the linker was killed", memory),
    OurTrouble("unable to execute command: Killed", .toolFailed, "the compiler was killed", memory),
    OurTrouble("Cannot allocate memory", .toolFailed, "memory ran out", memory),
    OurTrouble("out of memory allocating", .toolFailed, "memory ran out in the compiler", memory),
    OurTrouble("virtual memory exhausted", .toolFailed, "memory ran out", memory),
    OurTrouble("memory exhausted", .toolFailed, "memory ran out in the linker", memory),
    // Of make, gcc (`fork:`, `vfork:`, from 14 on `posix_spawn:`), bash (`fork: retry:`); the second is dash's.
    OurTrouble("Resource temporarily unavailable", .toolFailed, "no process can be started", "raise ulimit -u"),
    OurTrouble(": Cannot fork", .toolFailed, "no process can be started", "raise ulimit -u"),
    OurTrouble("Too many open files", .toolFailed, "files ran out", "raise ulimit -n"),
    OurTrouble("ccache: error:", .toolFailed, "ccache does not work", "repair it, or build without it"),
    OurTrouble("error while loading shared libraries", .missingTool, "a program lacks a library", "install it again"),
    // scripts/link-vmlinux.sh, where Kconfig does not ask for it beforehand.
    OurTrouble("pahole (pahole) is not available", .missingTool, "pahole is not installed", BuildTool.remedy("pahole")),
    OurTrouble("pahole version", .missingTool, "pahole does not serve this tree", "install a newer one"),
    OurTrouble(
      "please install libelf", .missingTool, "the header <gelf.h> is not installed",
      "install it: apt-get install libelf-dev"),
  ]

  /// The failure that these lines of a log tell, or nil when it is the tree that does not build.
  static func find(in log: String) -> Failure? {
    for line in log.split(separator: "\n") where !isQuotation(line) {
      if let row = table.first(where: { line.contains($0.text) }) {
        return Failure(row.kind, "\(row.message) while a kernel was built: \(line.trimmed)", remedy: row.remedy)
      }
      if let tool = missingHeader(line) ?? missingProgram(line) { return tool.failure }
      if isKill(line) {
        return Failure(.toolFailed, "a program of the build was killed: \(line.trimmed)", remedy: memory)
      }
    }
    return nil
  }

  /// gcc quotes the source below a message: `  123 |   pr_err("Cannot allocate memory\n");`.
  private static func isQuotation(_ line: Substring) -> Bool {
    line.drop { $0 == " " || $0.isNumber }.first == "|"
  }

  /// `fatal error: gelf.h: No such file or directory`, of a header that only the host can lack.
  private static func missingHeader(_ line: Substring) -> BuildTool? {
    guard line.contains(": No such file") || line.contains("file not found"), let mark = line.firstRange(of: "error: ")
    else { return nil }
    let name = line[mark.upperBound...].drop { $0 == "'" }.prefix { $0 != ":" && $0 != "'" }
    return BuildTool.table.first {
      $0.isHeader && ($0.name == name || $0.name.hasSuffix("/") && name.hasPrefix($0.name))
    }
  }

  /// `/bin/sh: 1: flex: not found`, `make[2]: flex: No such file or directory`, `env: 'python3': No such file ...`.
  /// Only of a program that we know: what a tree forgot to define is not found either, and is the tree's fault.
  private static func missingProgram(_ line: Substring) -> BuildTool? {
    let endings = [": not found", ": No such file or directory", ": command not found", ": Command not found"]
    guard let ending = endings.first(where: { line.hasSuffix($0) }),
      ["/bin/sh:", "sh:", "make", "env:", "/usr/bin/env:", "/bin/bash:"].contains(where: { line.hasPrefix($0) })
        || line.contains(": line ")
    else { return nil }
    let words = line.dropLast(ending.count).split(separator: " ")
    let name = (words.last ?? "").filter { $0 != "'" && $0 != "\u{2018}" && $0 != "\u{2019}" }
    return BuildTool.table.first { $0.name == name && !$0.isHeader }
  }

  /// The shell's and make's word for a job that got KILL: `Killed` at the end, `Killed` alone.
  private static func isKill(_ line: Substring) -> Bool {
    line == "Killed" || line.hasPrefix("/bin/sh: ") && line.contains(" Killed")
      || line.hasPrefix("make") && line.contains("] Killed")
  }
}

extension Substring {
  /// Without blanks at the ends, and not longer than a sentence can bear.
  var trimmed: String { String(trimmingCharacters(in: .whitespaces).prefix(200)) }
}
