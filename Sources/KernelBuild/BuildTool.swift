import Foundation
import HostSystem

/// Something that a kernel build calls on the host.
struct BuildTool {
  /// The command, or the header for a library.
  let name: String
  /// What it is for, as `firstbad doctor` says it.
  let use: String
  /// Debian's package.
  let package: String
  /// Whether every build calls it; the others matter where one is missed.
  let isRequired: Bool

  private init(_ name: String, _ use: String, _ package: String, isRequired: Bool = true) {
    self.name = name
    self.use = use
    self.package = package
    self.isRequired = isRequired
  }

  /// Documentation/process/changes.rst of the kernel, and what its Makefiles call besides. A new need is a row.
  static let table = [
    BuildTool("make", "runs the kernel's build", "make"),
    BuildTool("gcc", "compiles kernels and their build's own programs", "gcc"),
    BuildTool("ld", "links kernels", "binutils"),
    BuildTool("as", "assembles kernels", "binutils"),
    BuildTool("objcopy", "cuts kernel images", "binutils"),
    BuildTool("nm", "lists the kernel's symbols", "binutils"),
    BuildTool("ar", "gathers the kernel's objects", "binutils"),
    BuildTool("strip", "cuts kernel images", "binutils"),
    BuildTool("flex", "reads Kconfig", "flex"),
    BuildTool("bison", "reads Kconfig", "bison"),
    BuildTool("bc", "computes the kernel's time constants", "bc"),
    BuildTool("gzip", "compresses kernel images", "gzip"),
    BuildTool("awk", "runs in the kernel's build", "mawk"),
    BuildTool("sed", "runs in the kernel's build", "sed"),
    BuildTool("find", "runs in the kernel's build", "findutils"),
    BuildTool("grep", "runs in the kernel's build", "grep"),
    BuildTool("sh", "runs in the kernel's build", "dash"),
    BuildTool("nice", "leaves the machine usable while kernels are built", "coreutils"),
    BuildTool("setpriv", "ends a build when firstbad is killed", "util-linux"),
    BuildTool("gelf.h", "objtool, a program of the kernel's build, reads objects with it", "libelf-dev"),
    // Called by some trees or configurations only; known so that their lack is not taken for the tree's fault.
    BuildTool("libelf.h", "objtool reads objects with it", "libelf-dev", isRequired: false),
    BuildTool("openssl/", "signs modules", "libssl-dev", isRequired: false),
    BuildTool("zlib.h", "compresses debug information", "zlib1g-dev", isRequired: false),
    BuildTool("gcc-plugin.h", "compiles the kernel's compiler plugins", "gcc-12-plugin-dev", isRequired: false),
    BuildTool("gcc-common.h", "compiles the kernel's compiler plugins", "gcc-12-plugin-dev", isRequired: false),
    BuildTool("perl", "makes tables in older trees", "perl", isRequired: false),
    BuildTool("python3", "makes tables in newer trees", "python3", isRequired: false),
    BuildTool("cpio", "packs the kernel's headers", "cpio", isRequired: false),
    BuildTool("openssl", "makes keys for signed modules", "openssl", isRequired: false),
    BuildTool("pahole", "makes BTF", "pahole", isRequired: false),
    BuildTool("xz", "compresses kernel images", "xz-utils", isRequired: false),
    BuildTool("lzma", "compresses kernel images", "xz-utils", isRequired: false),
    BuildTool("bzip2", "compresses kernel images", "bzip2", isRequired: false),
    BuildTool("lzop", "compresses kernel images", "lzop", isRequired: false),
    BuildTool("lz4", "compresses kernel images", "lz4", isRequired: false),
    BuildTool("lz4c", "compresses kernel images", "lz4", isRequired: false),
    BuildTool("zstd", "compresses kernel images", "zstd", isRequired: false),
    BuildTool("rsync", "installs headers", "rsync", isRequired: false),
    BuildTool("git", "names the version", "git", isRequired: false),
    BuildTool("m4", "is called by bison", "m4", isRequired: false),
    BuildTool("tar", "packs the kernel's headers", "tar", isRequired: false),
    BuildTool("hostname", "names the machine", "hostname", isRequired: false),
    BuildTool("ccache", "remembers what was compiled", "ccache", isRequired: false),
    BuildTool("ld.lld", "links kernels", "lld", isRequired: false),
    BuildTool("clang", "compiles kernels", "clang", isRequired: false),
  ]

  /// A header of a library, or a folder of them.
  var isHeader: Bool { name.hasSuffix(".h") || name.hasSuffix("/") }

  /// What to do to get a program or a header.
  static func remedy(_ name: String) -> String {
    let package = table.first { $0.name == name }?.package ?? name
    return package.contains("/") ? "check the path" : "install it: apt-get install \(package)"
  }

  /// The failure that its lack is.
  var failure: Failure {
    let what = isHeader ? "the header <\(name)>" : name
    return Failure(
      .missingTool, "\(what) is not installed; it \(use)".replacing("it objtool", with: "objtool"),
      remedy: Self.remedy(name))
  }

  /// What is missing on this machine, looked up along PATH and in the places where libraries put headers.
  static func missing(
    find: (String) -> Bool = { Tool.find($0) != nil },
    headers: [String] = ["/usr/include", "/usr/local/include", "/usr/include/x86_64-linux-gnu", "/usr/include/libelf"]
  ) -> [Failure] {
    table.filter { tool in
      guard tool.isRequired else { return false }
      guard tool.isHeader else { return !find(tool.name) }
      return !headers.contains { FileManager.default.fileExists(atPath: "\($0)/\(tool.name)") }
    }.map(\.failure)
  }
}
