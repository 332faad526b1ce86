import HostSystem
import KernelTree
import TestSupport
import Testing

@testable import Bisection

@Suite struct `A compiler on the command line` {
  @Test func `is for all commits, or for a range of them`() throws {
    for plain in ["gcc-11", "../bin/gcc", "LLVM=-16", "/a..b/gcc"] {
      #expect(try Compilers.range(plain) == nil)
    }
    for (word, from, upTo, compiler) in [
      ("v5.4..v5.10=gcc-11", "v5.4", "v5.10", "gcc-11"), ("..v5.10=clang-16", "", "v5.10", "clang-16"),
      ("v6.1..=/opt/gcc", "v6.1", "", "/opt/gcc"), ("a~2..b^=LLVM=-16", "a~2", "b^", "LLVM=-16"),
    ] {
      let found = try #require(try Compilers.range(word))
      #expect(found.from == from && found.upTo == upTo && found.compiler == compiler)
    }
  }

  @Test(arguments: ["..=gcc", "a...b=gcc", "a..b="]) func `is refused when it names no commits`(_ word: String) {
    let found = #expect(throws: Failure.self) { _ = try Compilers.range(word) }
    #expect(found?.kind == .usage)
  }
}
