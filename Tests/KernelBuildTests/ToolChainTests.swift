import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelBuild

@Suite("The tool chain")
struct ToolChainTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A compiler that answers as told.
  private func compiler(_ name: String, version: String, target: String = "x86_64-linux-gnu") throws -> String {
    let script = """
      #!/bin/sh
      case "$1" in
      --version) echo "\(version)"; echo "Copyright" ;;
      -dumpmachine) echo "\(target)" ;;
      -print-prog-name=as) echo as ;;
      *) exit 1 ;;
      esac
      """
    let file = try scratch.file(name, script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return file.path
  }

  @Test("gcc, where nothing else is named, with its assembler and linker")
  func gcc() async throws {
    let found = try await ToolChain.find()
    #expect(found.compiler == "gcc")
    #expect(found.compilerVersion.hasPrefix("gcc "))
    #expect(found.assemblerVersion.hasPrefix("GNU assembler") && found.linkerVersion.hasPrefix("GNU "))
    #expect(found.arguments(ccache: nil) == ["CC=gcc", "HOSTCC=gcc"] + found.programs)
    #expect(found.programs == (await ToolChain.wrappedNM().map { ["NM=\($0)"] } ?? []))
    #expect(try await ToolChain.find(compiler: "gcc") == found)
    #expect(try JSONDecoder().decode(ToolChain.self, from: try JSONEncoder().encode(found)) == found)
  }

  @Test("a path is made a whole one, as make runs elsewhere, and another compiler in its place is noticed")
  func replaced() async throws {
    let scratch = try Scratch()
    func write(_ version: String) throws -> String {
      let file = try scratch.file(
        "cc", "#!/bin/sh\n[ \"$1\" != --version ] || { echo 'gcc \(version)'; exit; }\nexec gcc \"$@\"\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
      return file.path
    }
    let path = try write("1")
    let here = FileManager.default.currentDirectoryPath.split(separator: "/").map { _ in ".." }.joined(separator: "/")
    let found = try await ToolChain.find(compiler: here + path)
    #expect(found.compiler == path)
    try await found.requireUnchanged()
    _ = try write("2")
    let failure = await #expect(throws: Failure.self) { try await found.requireUnchanged() }
    #expect(failure?.message == "the tool chain was replaced since this began: it was gcc 1, and is gcc 2")
  }

  @Test("the digest tells compilers apart, and two names of the same one not")
  func digest() async throws {
    let one = try await ToolChain.find(compiler: try compiler("one", version: "gcc 12.2.0"))
    let same = try await ToolChain.find(compiler: try compiler("same", version: "gcc 12.2.0"))
    let other = try await ToolChain.find(compiler: try compiler("other", version: "gcc 12.3.0"))
    #expect(one.digest == same.digest && one.digest != other.digest && one.digest.count == 64)
  }

  @Test("ccache stands before the compiler and not in the digest")
  func ccache() async throws {
    let found = try await ToolChain.find()
    let tool = try Tool(try compiler("ccache", version: ""), remedy: "")
    #expect(found.arguments(ccache: tool) == ["CC=ccache gcc", "HOSTCC=ccache gcc"] + found.programs)
  }

  /// What lists the symbols of objects is no part of what makes them.
  @Test("GNU nm is called by gcc's name for it where that is the same one, and not where all is LLVM's")
  func nm() async throws {
    let same = try compiler("gcc-nm", version: "GNU nm 2"), plain = try compiler("nm", version: "GNU nm 2")
    #expect(await ToolChain.wrappedNM(same, around: plain) == "gcc-nm")
    #expect(await ToolChain.wrappedNM(try compiler("gcc-nm-1", version: "GNU nm 1"), around: plain) == nil)
    #expect(await ToolChain.wrappedNM(nil, around: plain) == nil)
    #expect(await ToolChain.wrappedNM(same, around: nil) == nil)
    // As it says that it has no plugin.
    let broken = try scratch.file("broken", "#!/bin/sh\necho 'no plugin' >&2\nexit 1\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: broken.path)
    #expect(await ToolChain.wrappedNM(broken.path, around: plain) == nil)
    // One that goes in the middle of a session is no fault of a commit's.
    var json = try #require(
      try JSONSerialization.jsonObject(with: try JSONEncoder().encode(try await ToolChain.find())) as? [String: Any])
    json["programs"] = ["NM=gone-nm"]
    let former = try JSONDecoder().decode(ToolChain.self, from: try JSONSerialization.data(withJSONObject: json))
    let failure = await #expect(throws: Failure.self) { try await former.requireUnchanged() }
    let words = "the programs that make is told of changed since this began: NM=gone-nm, and now "
    #expect(failure?.message.hasPrefix(words) == true)
    let names = ["ld.lld", "llvm-ar", "llvm-nm", "llvm-strip", "llvm-objcopy", "llvm-objdump", "llvm-readelf"]
    for name in ["clang"] + names { _ = try compiler("llvm/\(name)", version: "clang version 14, LLD 14") }
    let llvm = try await ToolChain.find(compiler: "LLVM=\(scratch.url.path)/llvm/")
    #expect(llvm.arguments(ccache: nil).filter { $0.hasPrefix("NM=") } == ["NM=\(scratch.url.path)/llvm/llvm-nm"])
  }

  @Test("a compiler that is not there, or for another machine, or no name at all, is refused")
  func refused() async throws {
    let missing = await #expect(throws: Failure.self) { _ = try await ToolChain.find(compiler: "gcc-99") }
    #expect(missing?.kind == .missingTool && missing?.remedy == "install it: apt-get install gcc-99")
    let arm = try compiler("arm", version: "gcc 12.2.0", target: "aarch64-linux-gnu")
    let foreign = await #expect(throws: Failure.self) { _ = try await ToolChain.find(compiler: arm) }
    #expect(foreign?.message.contains("aarch64-linux-gnu") == true)
    for name in ["", "gcc -O0", "gcc;true", "ccache gcc"] {
      let failure = await #expect(throws: Failure.self) { _ = try await ToolChain.find(compiler: name) }
      #expect(failure?.kind == .usage)
    }
  }

  @Test("what is missing is said with what it is for and how to get it")
  func missing() throws {
    let all = BuildTool.missing(find: { _ in true }, headers: [scratch.url.path])
    #expect(
      all.map(\.description) == [
        "the header <gelf.h> is not installed; objtool, a program of the kernel's build, reads objects with it; "
          + "install it: apt-get install libelf-dev"
      ])
    try scratch.file("gelf.h", "")
    #expect(BuildTool.missing(find: { _ in true }, headers: [scratch.url.path]).isEmpty)
    let flex = BuildTool.missing(find: { $0 != "flex" && $0 != "pahole" }, headers: [scratch.url.path])
    #expect(flex.map(\.description) == ["flex is not installed; it reads Kconfig; install it: apt-get install flex"])
  }
}
