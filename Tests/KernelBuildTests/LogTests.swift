import Foundation
import HostSystem
import Testing

@testable import KernelBuild

/// The logs are those of Linux 6.1.190, broken on purpose in each way, built with gcc 12 and binutils 2.40.
@Suite("What a log says")
struct LogTests {
  private func log(_ name: String) throws -> String {
    let file = try #require(Bundle.module.url(forResource: name, withExtension: "log", subdirectory: "Logs"))
    return try String(contentsOf: file, encoding: .utf8)
  }

  private func read(_ text: String) -> ErrorReport? {
    ErrorReport(log: text, source: "/work/source", objects: "/work/objects")
  }

  @Test(
    "the signature of a fault names file and message, and nothing that an edit elsewhere changes",
    arguments: [
      ("two", "mm/mmap.c: error: 'struct page' has no member named 'no_such_member'"),
      ("link", "ld: undefined reference to 'nobody_defines_me'"),
      (
        "assert",
        "net/ipv4/tcp.o: error: call to '__compiletime_assert_N' declared with attribute error: "
          + "BUILD_BUG_ON failed: sizeof(long) == 8"
      ),
      ("asm", "arch/x86/lib/memcpy_64.S: error: no such instruction: `frobnicate_the %rax'"),
      ("rule", "make: No rule to make target 'net/ipv4/nothere.o', needed by 'net/ipv4/built-in.a'"),
      ("header", "include/net/inetpeer.h: error: linux/no_such_header.h: No such file or directory"),
      ("makefile", "Makefile: unterminated call to function 'if': missing ')'"),
      ("kconfig", "net/ipv4/Kconfig: syntax error"),
    ])
  func signatures(name: String, signature: String) throws {
    let text = try log(name)
    let report = try #require(read(text))
    #expect(report.signature == signature)
    #expect(OurTrouble.find(in: text) == nil)
    #expect(!report.lines.isEmpty && report.lines.count <= ErrorReport.limit)
    #expect(!report.lines.contains { $0.contains("/work/") })
  }

  @Test(
    "only an error of the compiler or linker in the kernel's own code is sure to be there the next time",
    arguments: [("two", true), ("asm", true), ("header", true), ("rule", false), ("makefile", false)])
  func code(name: String, isOfCode: Bool) throws {
    #expect(read(try log(name))?.isOfCode == isOfCode)
  }

  @Test(
    "and not one in a program that the build makes for itself, by the host's compiler",
    arguments: [
      ("CC", "mm/mmap"), ("CC", "tools/objtool/check"), ("HOSTCC", "scripts/mod/modpost"),
      ("HOSTCC", "usr/gen_init_cpio"), ("HOSTCC", "arch/x86/entry/vdso/vdso2c"), ("CC", "arch/x86/tools/relocs"),
    ])
  func own(word: String, file: String) {
    let words = """
        \(word)  \(file).o
      \(file).c:3:4: error: unknown type name 'u32'
      make[2]: *** [scripts/Makefile.host:99: \(file).o] Error 1
      """
    #expect(read(words)?.isOfCode == (file == "mm/mmap"))
  }

  @Test("the jobs of a log may come in any order")
  func order() throws {
    let lines = try log("two").split(separator: "\n")
    // A job's words are together: from kbuild's line to make's word on the target.
    let starts = lines.indices.filter { lines[$0].hasPrefix("  CC") } + [lines.endIndex]
    let jobs = zip(starts, starts.dropFirst()).map { lines[$0..<$1].joined(separator: "\n") }
    #expect(jobs.count >= 2)
    #expect(read(jobs.reversed().joined(separator: "\n")) == read(jobs.joined(separator: "\n")))
  }

  @Test("the first error of a file counts, not what comes of it in a header that is included further down")
  func cascade() {
    let report = read(
      """
        CC      net/ipv4/tcp.o
      /work/source/net/ipv4/tcp.c:101:45: error: unknown type name 'finally'
        101 |  * a comment that ended too early, finally
      In file included from /work/source/net/ipv4/tcp.c:250:
      /work/source/include/asm-generic/int-ll64.h:16:9: error: unknown type name '__s8'
      make[4]: *** [/work/source/scripts/Makefile.build:255: net/ipv4/tcp.o] Error 1
      make[3]: *** [/work/source/scripts/Makefile.build:508: net/ipv4] Error 2
      """)
    #expect(report?.signature == "net/ipv4/tcp.c: error: unknown type name 'finally'")
  }

  @Test(
    "a line by itself",
    arguments: [
      ("a.c:1:2: error: one", "a.c: error: one"), ("a.c:1: error: one", "a.c: error: one"),
      ("../a/b.c:1:2: fatal error: two", "a/b.c: error: two"), ("/work/source/a.c:9:9: error: x", "a.c: error: x"),
      ("gcc: error: unrecognized command-line option '-mfoo'", "gcc: error: unrecognized command-line option '-mfoo'"),
      ("vmlinux.o: error: objtool: f+0x1f: bad", "vmlinux.o: error: objtool: f+0xN: bad"),
      (
        "mm/slub.c:12:1: internal compiler error: in extract_insn, at recog.cc:2791",
        "mm/slub.c: internal compiler error: in extract_insn"
      ),
      ("/tmp/ccAb12.s:77: Error: bad register", "as: error: bad register"),
      ("ld: b.o:(.bss+0x0): multiple definition of `x'; a.o:(.bss+0x0): first here", "ld: multiple definition of 'x'"),
      ("ld.lld: error: undefined symbol: foo", "ld: undefined symbol 'foo'"),
      ("/usr/bin/ld: section .a LMA [1] overlaps section .b", "ld: section .a LMA [1] overlaps section .b"),
      ("kernel/Makefile:3: *** missing separator.  Stop.", "kernel/Makefile: missing separator"),
      ("init/Kconfig:5:error: recursive dependency detected!", "init/Kconfig: error: recursive dependency detected!"),
      ("ERROR: modpost: \"f\" [g.ko] undefined!", nil), ("  CC      error.o", nil), ("a.c:1:2: warning: w", nil),
      ("cc1: all warnings being treated as errors", nil), ("  12 |  printk(\"a.c:1: error: no\");", nil),
      ("make[3]: *** Waiting for unfinished jobs....", nil), ("", nil), (":", nil), ("ld:", nil), ("*** ", nil),
      ("make[1]: *** [Makefile:3: a/b.o] Error 1", "make: a/b.o fails"), ("make: *** [", nil),
    ])
  func lines(line: String, signature: String?) {
    #expect(read(line)?.signature == signature)
  }

  @Test(
    "what our own side does is known by its words",
    arguments: [
      ("/work/source/a.c:1:1: fatal error: error writing to /tmp/ccX.s: No space left on device", "the disk is full"),
      ("gcc: fatal error: Killed signal terminated program cc1", "the compiler was killed"),
      ("gcc: internal compiler error: Killed (program cc1)", "the compiler was killed"),
      ("collect2: fatal error: ld terminated with signal 9 [Killed]", "the linker was killed"),
      ("cc1: out of memory allocating 65536 bytes after a total of 1 bytes", "memory ran out"),
      ("/bin/sh: 0: Cannot fork: Cannot allocate memory", "memory ran out"),
      ("gcc: fatal error: cannot execute 'cc1': posix_spawn: Resource temporarily unavailable", "no process"),
      ("/bin/sh: 1: Cannot fork", "no process can be started"),
      ("make: vfork: Resource temporarily unavailable", "no process can be started"),
      ("/bin/sh: 1: flex: not found", "flex is not installed"),
      ("make[3]: bison: No such file or directory", "bison is not installed"),
      ("/bin/sh: line 1: bc: command not found", "bc is not installed"),
      ("/usr/bin/env: 'python3': No such file or directory", "python3 is not installed"),
      ("elf.h:10:10: fatal error: gelf.h: No such file or directory", "the header <gelf.h> is not installed"),
      ("extract-cert.c:21:10: fatal error: openssl/bio.h: No such file or directory", "the header <openssl/>"),
      ("error: Cannot generate ORC metadata, please install libelf-dev", "<gelf.h>"),
      ("ccache: error: Failed to create directory /c/tmp: Permission denied", "ccache does not work"),
      ("make[2]: *** [/work/source/scripts/Makefile.build:255: a.o] Killed", "killed"), ("Killed", "killed"),
    ])
  func ours(line: String, words: String) {
    let failure = OurTrouble.find(in: "  CC      a.o\n\(line)\nmake: *** [Makefile:1: a.o] Error 1\n")
    #expect(failure?.message.contains(words) == true)
    #expect(failure?.remedy != nil)
  }

  @Test(
    "what only looks like it is the tree's",
    arguments: [
      // A source line that is quoted below a message.
      "  123 |  pr_err(\"No space left on device\\n\");", "12345 | \"Cannot allocate memory\"",
      // A script or a header of the tree's own.
      "/bin/sh: 1: scripts/gen.sh: not found", "/bin/sh: 1: ./scripts/flex: not found",
      "a.c:1:1: fatal error: linux/gelf.h: No such file or directory",
      // What the tree forgot to define.
      "/bin/sh: 1: -I: not found", "make[2]: nothere.c: No such file or directory",
      "a.c:1:1: internal compiler error: Segmentation fault", "a.c: error: 'Killed' undeclared",
    ])
  func theirs(line: String) {
    #expect(OurTrouble.find(in: line) == nil)
  }
}
