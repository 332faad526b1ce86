import Foundation
import HostSystem

/// What makes code of the kernel's source: two that are equal make the same of it.
public struct ToolChain: Sendable, Equatable, Codable {
  /// The compiler as make is told it: `gcc`, `gcc-11`, `clang`, or a path.
  public let compiler: String
  /// The first line of `--version` of the compiler. The kernel itself takes this line for the compiler's identity
  /// (CC_VERSION_TEXT).
  public let compilerVersion: String
  /// The first line of `--version` of the assembler that the compiler calls.
  public let assemblerVersion: String
  /// The first line of `--version` of the linker.
  public let linkerVersion: String
  /// What it compiles for, `x86_64-linux-gnu`.
  public let target: String
  /// Whether the other programs are LLVM's too (`LLVM=1`): where that was asked for, or GNU's are not there.
  public let isAllLLVM: Bool
  /// What make is told of the other programs, such as `LD=ld.lld-16`; empty where it finds them by itself.
  let programs: [String]
  /// The first line of `--version` of the compiler of the build's own programs, and of make. No part of the digest: what
  /// they decide is which fix-ups a tree needs, and these are a part of a kernel's key.
  let hostCompilerVersion: String
  let makeVersion: String
  /// What ``find(compiler:)`` was asked for.
  let asked: String

  /// Throws when the programs are not those any more that were found: what they make now would be taken for the work of
  /// the others.
  public func requireUnchanged() async throws {
    let now = try await Self.find(compiler: asked)
    guard now.programs == programs else {
      func list(_ programs: [String]) -> String { programs.isEmpty ? "none" : programs.joined(separator: " ") }
      throw Failure(
        .toolFailed,
        "the programs that make is told of changed since this began: \(list(programs)), and now \(list(now.programs))",
        remedy: "put them back, or start anew; kernels in the store are used again")
    }
    if now.digest == digest { return }
    let (old, new) =
      now.compilerVersion == compilerVersion
      ? ("\(assemblerVersion), \(linkerVersion)", "\(now.assemblerVersion), \(now.linkerVersion)")
      : (compilerVersion, now.compilerVersion)
    throw Failure(
      .toolFailed, "the tool chain was replaced since this began: it was \(old), and is \(new)",
      remedy: "put it back, or start anew; kernels in the store are used again")
  }

  /// SHA-256 of the versions. The name is no part of it, `gcc` and `gcc-12` may be the same compiler, and ccache is
  /// none, as it gives what the compiler gives.
  public var digest: String {
    Digest.sha256(ofFields: [
      "tool chain 1", compilerVersion, assemblerVersion, linkerVersion, target, isAllLLVM ? "LLVM" : "GNU",
    ])
  }

  /// Whether ccache may have what it preprocessed compiled, and not the source once more. Objects of gcc are the same by
  /// either way; clang's warnings are not.
  var compilesPreprocessed: Bool { !compilerVersion.contains("clang") }

  /// What make is told about it. The compiler is called through ccache where that is wanted. Words of fix-ups follow
  /// the names of the programs.
  func arguments(ccache: Tool?, _ fixUps: [FixUp] = []) -> [String] {
    let prefix = ccache == nil ? "" : "ccache "
    let actions = fixUps.flatMap(\.actions)
    func words(_ of: (FixUp.Action) -> String?) -> String { actions.compactMap(of).map { " \($0)" }.joined() }
    let flags = words { if case .compilerFlag(let flag) = $0 { flag } else { nil } }
    let hostFlags = words { if case .hostFlag(let flag) = $0 { flag } else { nil } }
    let linkerFlags = words { if case .linkerFlag(let flag) = $0 { flag } else { nil } }
    var all = ["CC=\(prefix)\(compiler)\(flags)", "HOSTCC=\(prefix)\(hostCompiler)\(hostFlags)"] + programs
    if !linkerFlags.isEmpty {
      let linker = programs.first { $0.hasPrefix("LD=") } ?? "LD=ld"
      all = all.filter { !$0.hasPrefix("LD=") } + [linker + linkerFlags]
    }
    return all + actions.compactMap { if case .makeArgument(let argument) = $0 { argument } else { nil } }
  }

  /// Clang where no GNU linker is, as gcc needs one.
  private var hostCompiler: String { programs == ["LLVM=1"] ? compiler : "gcc" }

  /// Asks the compiler of this name, gcc when it has none, who it is and whom it calls. `LLVM=1`, `LLVM=-16` and
  /// `LLVM=/path/to/bin/` mean what they mean to the kernel's Makefile: clang and all of LLVM's other programs.
  ///
  /// Throws when it is not there, does not run, or does not compile for x86-64.
  public static func find(compiler name: String? = nil) async throws -> ToolChain {
    let asked = name ?? "gcc"
    let llvm = name.flatMap { $0.hasPrefix("LLVM=") ? String($0.dropFirst(5)) : nil }
    let name = llvm.map { llvmProgram("clang", $0) } ?? name ?? "gcc"
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_./+".contains($0) }) else {
      // It becomes a word of make's command line and of a shell's.
      throw Failure(.usage, "'\(name)' is no compiler", remedy: "name a program, such as gcc-12, clang, or its path")
    }
    let compiler = try Tool(name, remedy: BuildTool.remedy(name))
    // Make runs in the source, where a path from here leads elsewhere.
    let word = name.contains("/") ? URL(filePath: compiler.path).standardizedFileURL.path : name
    let target = try await line(compiler, ["-dumpmachine"])
    guard target.hasPrefix("x86_64") else {
      throw Failure(
        .usage, "\(name) compiles for \(target), and guests are x86-64", remedy: "name a compiler for x86_64")
    }
    let isClang = try await compiler.succeed(["--version"]).output.contains("clang")
    var programs: [String] = []
    if let llvm {
      for (variable, program) in llvmPrograms {
        let tool = try Tool(llvmProgram(program, llvm), remedy: "install it: apt-get install lld\(llvm) llvm\(llvm)")
        let place = tool.name.contains("/") ? URL(filePath: tool.path).standardizedFileURL.path : tool.name
        programs.append("\(variable)=\(place)")
      }
      programs.append("LLVM_IAS=1")
    } else if isClang && Tool.find("ld") == nil {
      // Without -print-prog-name's answer (a bare name) PATH decides, as it does for make.
      programs = ["LLVM=1"]
    }
    let isAllLLVM = !programs.isEmpty
    if !isAllLLVM, let nm = await wrappedNM() { programs.append("NM=\(nm)") }
    let lld = programs.first { $0.hasPrefix("LD=") }?.dropFirst(3).description ?? "ld.lld"
    let linker = try Tool(isAllLLVM ? lld : "ld", remedy: BuildTool.remedy("ld"))
    let assembler: String
    if isClang {
      // Clang assembles by itself, or calls the assembler of the linker's package.
      assembler = try await line(compiler, ["--version"])
    } else {
      let program = try await line(compiler, ["-print-prog-name=as"])
      assembler = try await line(try Tool(program, remedy: BuildTool.remedy("as")), ["--version"])
    }
    let version = try await line(compiler, ["--version"])
    // What is missing here is said by whoever builds.
    let host = Tool.find(programs == ["LLVM=1"] ? name : "gcc"), make = Tool.find("make")
    return ToolChain(
      compiler: word, compilerVersion: version, assemblerVersion: assembler,
      linkerVersion: try await line(linker, ["--version"]), target: target, isAllLLVM: isAllLLVM, programs: programs,
      hostCompilerVersion: host == nil ? "" : try await line(Tool(host ?? "", remedy: ""), ["--version"]),
      makeVersion: make == nil ? "" : try await line(Tool(make ?? "", remedy: ""), ["--version"]), asked: asked)
  }

  /// `gcc-nm` where that is GNU nm with the one plugin that gcc has. By itself nm loads all that lie in its folders before it
  /// reads an object, LLVM's of 100 MB among them, and since 6.0 a build asks it of every object: 19 ms in place of 2
  /// (`time nm kernel/fork.o`, with LLVM 14's plugin there). Nil where it is not there, or is another nm, or has no plugin,
  /// which it then says.
  static func wrappedNM(
    _ wrapped: String? = Tool.find("gcc-nm"), around plain: String? = Tool.find("nm")
  ) async -> String? {
    guard let wrapped, let plain, let version = try? await line(Tool(plain, remedy: ""), ["--version"])
    else { return nil }
    return (try? await line(Tool(wrapped, remedy: ""), ["--version"])) == version ? "gcc-nm" : nil
  }

  /// As `LLVM=` of the kernel's Makefile builds the names: a suffix begins with `-`, a folder ends with `/`.
  private static func llvmProgram(_ name: String, _ value: String) -> String {
    if value.hasSuffix("/") { return value + name }
    return value.hasPrefix("-") ? name + value : name
  }

  private static let llvmPrograms = [
    ("LD", "ld.lld"), ("AR", "llvm-ar"), ("NM", "llvm-nm"), ("STRIP", "llvm-strip"), ("OBJCOPY", "llvm-objcopy"),
    ("OBJDUMP", "llvm-objdump"), ("READELF", "llvm-readelf"),
  ]

  private static func line(_ tool: Tool, _ arguments: [String]) async throws -> String {
    let output = try await tool.succeed(arguments, environment: ["LC_ALL": "C"]).output
    guard let line = output.split(separator: "\n").first else {
      throw Failure(
        .toolFailed, "\(tool.name) \(arguments.joined(separator: " ")) says nothing",
        remedy: "install it again, or name another compiler")
    }
    return String(line)
  }
}
