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
  /// Whether the other programs are LLVM's too (`LLVM=1`). Only where GNU's are not there.
  public let isAllLLVM: Bool

  /// SHA-256 of the versions. The name is no part of it, `gcc` and `gcc-12` may be the same compiler, and ccache is
  /// none, as it gives what the compiler gives.
  public var digest: String {
    Digest.sha256(ofFields: [
      "tool chain 1", compilerVersion, assemblerVersion, linkerVersion, target, isAllLLVM ? "LLVM" : "GNU",
    ])
  }

  /// What make is told about it. The compiler is called through ccache where that is wanted.
  func arguments(ccache: Tool?) -> [String] {
    let prefix = ccache == nil ? "" : "ccache "
    return ["CC=\(prefix)\(compiler)", "HOSTCC=\(prefix)\(isAllLLVM ? compiler : "gcc")"]
      + (isAllLLVM ? ["LLVM=1"] : [])
  }

  /// Asks the compiler of this name, gcc when it has none, who it is and whom it calls.
  ///
  /// Throws when it is not there, does not run, or does not compile for x86-64.
  public static func find(compiler name: String? = nil) async throws -> ToolChain {
    let name = name ?? "gcc"
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_./+".contains($0) }) else {
      // It becomes a word of make's command line and of a shell's.
      throw Failure(.usage, "'\(name)' is no compiler", remedy: "name a program, such as gcc-12, clang, or its path")
    }
    let compiler = try Tool(name, remedy: BuildTool.remedy(name))
    let target = try await line(compiler, ["-dumpmachine"])
    guard target.hasPrefix("x86_64") else {
      throw Failure(
        .usage, "\(name) compiles for \(target), and guests are x86-64", remedy: "name a compiler for x86_64")
    }
    let isClang = try await compiler.succeed(["--version"]).output.contains("clang")
    // Without -print-prog-name's answer (a bare name) PATH decides, as it does for make.
    let ownLinker = Tool.find("ld") == nil && isClang
    let linker = try Tool(ownLinker ? "ld.lld" : "ld", remedy: BuildTool.remedy("ld"))
    let assembler: String
    if isClang {
      // Clang assembles by itself.
      assembler = try await line(compiler, ["--version"])
    } else {
      let program = try await line(compiler, ["-print-prog-name=as"])
      assembler = try await line(try Tool(program, remedy: BuildTool.remedy("as")), ["--version"])
    }
    return ToolChain(
      compiler: name, compilerVersion: try await line(compiler, ["--version"]), assemblerVersion: assembler,
      linkerVersion: try await line(linker, ["--version"]), target: target, isAllLLVM: ownLinker)
  }

  private static func line(_ tool: Tool, _ arguments: [String]) async throws -> String {
    let output = try await tool.succeed(arguments, environment: ["LC_ALL": "C"], limit: .seconds(20)).output
    guard let line = output.split(separator: "\n").first else {
      throw Failure(
        .toolFailed, "\(tool.name) \(arguments.joined(separator: " ")) says nothing",
        remedy: "install it again, or name another compiler")
    }
    return String(line)
  }
}
