extension BuildInputs {
  /// Whether a change of this file can change the kernel that was built, or keep it from being built.
  ///
  /// The answer no is given for what is known: a source that nothing includes or compiles, another architecture, a
  /// makefile in a folder that make never enters, text for people. All else may matter. `isThere` tells of a path whether the
  /// source has it.
  public func canMatter(_ path: String, isThere: (String) -> Bool) -> Bool {
    matters(path) { isReadFromAbove($0, isThere) }
  }

  /// The same where it is not known which folders have a makefile: what lies in a folder below one that make goes into may matter.
  public func canMatter(_ path: String) -> Bool {
    matters(path) { folder in
      folder.lastIndex(of: "/").map { isEntered(String(folder[..<$0])) } ?? false
    }
  }

  private func matters(_ path: String, _ isReadFromAbove: (String) -> Bool) -> Bool {
    if files.contains(path) { return true }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, parts.count > 1 else {
      return !Self.namesForPeople.contains(path) && !path.hasPrefix(".")
    }
    let folder = String(path.prefix(path.utf8.count - name.utf8.count - 1))
    if Self.foldersForPeople.contains(String(parts[0])) { return isEntered(folder) }
    if parts[0] == "arch" && parts.count > 2 && parts[1] != architecture { return false }
    if Self.suffixesForPeople.contains(where: name.hasSuffix) || name == ".gitignore" { return false }
    // All of Kconfig is read, whatever is switched on.
    if name.hasPrefix("Kconfig") || parts[0] == "scripts" { return true }
    if parts[0] == "tools" {
      // What the kernel's own tools are built with, once any of them is.
      return isEntered(folder)
        || (Self.foldersOfTools.contains(parts[1]) && folders.contains { $0.hasPrefix("tools/") })
    }
    if Self.sources.contains(where: name.hasSuffix) { return false }
    // Makefiles, tables, programs of the build.
    if !Self.subsystems.contains(String(parts[0])) { return true }
    let isMakefile = Self.makefiles.contains(String(name))
    return isEntered(folder) || !isMakefile && isReadFromAbove(folder)
  }

  /// Whether make goes into it, or further down: `amd/display` has no object, and its makefile is read by amdgpu's.
  private func isEntered(_ folder: String) -> Bool {
    folders.contains(folder) || folders.contains { $0.hasPrefix(folder + "/") }
  }

  /// Whether what lies there belongs to a folder above it, into which make goes: it has no makefile of its own, as
  /// `net/wireless/certs`, which a plain rule of `net/wireless` reads.
  private func isReadFromAbove(_ folder: String, _ isThere: (String) -> Bool) -> Bool {
    var folder = folder
    while let end = folder.lastIndex(of: "/") {
      if Self.makefiles.contains(where: { isThere("\(folder)/\($0)") }) { return false }
      folder = String(folder[..<end])
      if isEntered(folder) { return true }
    }
    return false
  }

  private static let makefiles: Set = ["Makefile", "Kbuild"]

  private static let namesForPeople: Set = ["COPYING", "CREDITS", "MAINTAINERS", "README"]
  /// Only what make goes into there matters.
  private static let foldersForPeople: Set = ["Documentation", "LICENSES", "samples"]
  private static let suffixesForPeople = [".rst", ".yaml", ".dts", ".dtsi", ".cocci", ".rs"]
  private static let foldersOfTools: Set<Substring> = ["arch", "build", "include", "lib", "objtool", "scripts"]
  /// Compiled or included, and then it stands among the files.
  private static let sources = [".c", ".h", ".S"]
  /// Where make reads only what lies in a folder that it enters. Elsewhere one makefile includes another of a folder
  /// that is not entered, such as `lib/vdso`.
  private static let subsystems: Set = [
    "block", "crypto", "drivers", "fs", "io_uring", "ipc", "mm", "net", "rust", "security", "sound", "virt",
  ]
}
