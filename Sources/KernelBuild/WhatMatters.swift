extension BuildInputs {
  /// Whether a change of this file can change the kernel that was built, or keep it from being built.
  ///
  /// The answer no is given for what is known: a source that nothing includes or compiles, another architecture, a
  /// makefile in a folder that make never enters, text for people. All else may matter.
  public func canMatter(_ path: String) -> Bool {
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
    return !Self.subsystems.contains(String(parts[0])) || isEntered(folder)
  }

  private func isEntered(_ folder: String) -> Bool { folders.contains(folder) }

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
