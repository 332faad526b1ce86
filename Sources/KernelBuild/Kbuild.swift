import Foundation
import HostSystem

/// What make is told, the same for every commit (Documentation/kbuild/kbuild.rst and reproducible-builds.rst).
enum Kbuild {
  struct Pin {
    let name: String
    let value: String
    /// A make argument wins over what a Makefile says, an environment variable does not.
    let isArgument: Bool
    let reason: String

    init(_ name: String, _ value: String, isArgument: Bool = false, _ reason: String) {
      self.name = name
      self.value = value
      self.isArgument = isArgument
      self.reason = reason
    }
  }

  /// So that the same code gives the same image.
  ///
  /// KERNELRELEASE is not among them: it stays what the tree's Makefile says. A commit that raises SUBLEVEL or
  /// EXTRAVERSION therefore has an identity of its own, and rightly: `uname -r` and LINUX_VERSION_CODE are things
  /// that programs and the kernel's own code act upon. It costs a boot where it makes no difference; a release made
  /// constant could cost a verdict.
  static let pins = [
    Pin("KBUILD_BUILD_TIMESTAMP", "Thu Jan  1 00:00:00 UTC 1970", "stands in the banner and in uname -v"),
    Pin("KBUILD_BUILD_USER", "firstbad", "stands in the banner"),
    Pin("KBUILD_BUILD_HOST", "firstbad", "stands in the banner"),
    Pin("KBUILD_BUILD_VERSION", "0", "counts the builds in a folder, and stands in the banner"),
    // Even empty it keeps scripts/setlocalversion from adding + or the commit.
    Pin("LOCALVERSION", "", isArgument: true, "the state of the work tree would stand in uname -r"),
    Pin("ARCH", "x86_64", isArgument: true, "with plain x86 allnoconfig makes a 32-bit kernel"),
  ]

  /// The folder under `arch` that is built for.
  static let architecture = "x86"

  /// Variables of ours that make and the compilers may see. Others would decide with the recipe and be nowhere
  /// written down: CFLAGS, KCFLAGS, KBUILD_OUTPUT, MAKEFLAGS of a make that started us.
  private static let inherited = [
    "PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "LD_LIBRARY_PATH", "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR",
  ]

  /// What a person's settings of ccache must not decide: each could give one kernel the objects of another. nil: taken away.
  private static let ccache: [(name: String, value: String?)] = [
    // It would write source paths relative to this one, and they stand in the image wherever __FILE__ does: with and without
    // ccache there would be two images of the same code.
    ("CCACHE_BASEDIR", ""),
    // Never by what the compiler read the last time. The list that it gives (depend mode) has no `.incbin`, and the kernel is
    // put into its own decompressor by one (piggy.S): another commit's kernel of the same compressed length came out
    // of the cache and was booted in place of the one that was built. And ccache's own list (direct mode) has no
    // header that was not there then: one that a commit adds to a folder which is searched earlier goes unread, and the
    // clean build of that commit is its parent's. So that is for sources whose names are known (`DirectMode`). What was
    // kept without that is left behind by a name of our own.
    ("CCACHE_DEPEND", nil), ("CCACHE_NODEPEND", "1"), ("CCACHE_DIRECT", nil), ("CCACHE_NODIRECT", "1"),
    ("CCACHE_NAMESPACE", "firstbad"),
    // Words of a command line that do not count, a compiler that may be another one, differences that are overlooked.
    ("CCACHE_IGNOREHEADERS", ""), ("CCACHE_IGNOREOPTIONS", ""), ("CCACHE_COMPILERCHECK", "mtime"),
    ("CCACHE_SLOPPINESS", ""),
    // An object that is a link to the cache's own file: objtool writes into it.
    ("CCACHE_HARDLINK", nil), ("CCACHE_NOHARDLINK", "1"),
    // Another compiler than the one that was named, or one before it.
    ("CCACHE_COMPILER", ""), ("CCACHE_COMPILERTYPE", "auto"), ("CCACHE_PREFIX", ""), ("CCACHE_PREFIX_CPP", ""),
  ]

  static func environment(
    from own: [String: String] = ProcessInfo.processInfo.environment, compilesPreprocessed: Bool = false,
    names: IncludeNames? = nil
  ) -> [String: String] {
    var environment = own.filter { inherited.contains($0.key) || $0.key.hasPrefix("CCACHE_") }
    for pin in pins where !pin.isArgument { environment[pin.name] = pin.value }
    environment["LC_ALL"] = "C"
    for row in ccache { environment[row.name] = row.value }
    // What ccache does not know it preprocesses to look it up, a fifth of what compiling takes; then that is compiled,
    // and not the source, which would be preprocessed once more.
    for name in ["CCACHE_CPP2", "CCACHE_NOCPP2"] { environment[name] = nil }
    environment[compilesPreprocessed ? "CCACHE_NOCPP2" : "CCACHE_CPP2"] = "1"
    if let names {
      environment["CCACHE_NODIRECT"] = nil
      environment["CCACHE_DIRECT"] = "1"
      let variable = DirectMode.variable(names)
      environment[variable.name] = variable.value
    }
    return environment
  }

  static func arguments(source: URL, objects: URL) -> [String] {
    ["-C", source.path, "O=\(objects.path)"] + pins.filter(\.isArgument).map { "\($0.name)=\($0.value)" }
  }

  /// Where the kernel's own Makefiles leave the image.
  static func image(in objects: URL) -> URL { objects.appending(path: "arch/x86/boot/bzImage") }

  /// Why make could not build from what a folder holds, and a remedy; nil when it could.
  static func lack(of source: URL) -> (what: String, remedy: String)? {
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: source.appending(path: path).path) }
    guard let makefile = try? String(contentsOf: source.appending(path: "Makefile"), encoding: .utf8), exists("Kbuild"),
      makefile.contains("\nVERSION =") || makefile.hasPrefix("VERSION ="), makefile.contains("PATCHLEVEL =")
    else { return ("is no kernel tree", "name the top folder of a kernel's source") }
    guard exists("arch/x86") else {
      return ("is older than Linux 2.6.24: it has no arch/x86", "choose a later commit")
    }
    // The test of the kernel's own Makefile, target outputmakefile.
    guard let rest = [".config", "include/config", "arch/x86/include/generated"].first(where: exists) else {
      return nil
    }
    return (
      "has been built in: it holds \(rest), and O= refuses such a tree",
      "run 'make mrproper' in it, or use a fresh work tree"
    )
  }

  /// Refuses a folder that make could not build from, in the words of what is wrong with it.
  static func refuse(source: URL) throws(Failure) {
    if let lack = lack(of: source) {
      throw Failure(.badInput, "\(source.path) \(lack.what)", remedy: lack.remedy)
    }
    try refuse(path: source, of: "the source")
  }

  /// Make splits at blanks and takes a colon for its own.
  static func refuse(path: URL, of what: String) throws(Failure) {
    if path.path.contains(where: { $0.isWhitespace || ":#$'\"\\%*?".contains($0) }) {
      throw Failure(
        .badInput, "the path of \(what), \(path.path), has a blank or a sign in it that make takes for its own",
        remedy: "use a path of letters, digits, and _ - . +")
    }
  }
}
