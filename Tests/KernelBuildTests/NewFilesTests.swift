import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelBuild

@Suite struct `A header that is new` {
  /// Like kbuild's rule for an object: two folders of headers, and what was read is written down beside the object.
  private static let makefile = ToyTree.makefile.replacing(
    "@$(CC) -ffreestanding -c -o $@ $(CURDIR)/$<",
    with: """
      @$(CC) -ffreestanding -I $(CURDIR)/first -I $(CURDIR)/second -MMD -MP -MF $(O)/.$*.o.cmd -c -o $@ $(CURDIR)/$<
      -include $(wildcard $(O)/.*.o.cmd)
      """)

  private let tree: ToyTree

  init() throws {
    tree = try ToyTree()
    try tree.write("Makefile", Self.makefile)
    try tree.write("second/value.h", "#define VALUE 1\n")
    try tree.write("a.c", "#include <value.h>\nint f(void); int value = VALUE; void _start(void) { f(); }\n")
  }

  /// The identity of the kernel of a tree of this name, before which these files were not there.
  private func identity(_ name: String, new: [String]? = [], isClean: Bool = false) async throws -> String {
    let outcome = try await tree.builder().build(
      source: tree.source, tree: SourceTree(name) { _ in new.map { SourceTree.Changes(new: $0, all: $0) } },
      objects: tree.objects, log: tree.log, isClean: isClean
    ) { _ in }
    guard case .built(let kernel) = outcome else {
      Issue.record("\(outcome)")
      throw CancellationError()
    }
    return kernel.identity
  }

  @Test func `is read where it takes another one's place, which make alone does not see`() async throws {
    let old = try await identity("old")
    try tree.write("first/value.h", "#define VALUE 2\n")
    #expect(try await identity("make alone") == old, "otherwise nothing is shown here")
    let new = try await identity("new", new: ["first/value.h"])
    #expect(new != old)
    #expect(try await identity("new", isClean: true) == new)
  }

  /// The first build of the middle tree is interrupted, when it has made an object without the header.
  @Test func `is read by what a build has left that was interrupted, and was of a third tree`() async throws {
    try tree.write("first/value.h", "#define VALUE 2\n")
    let old = try await identity("old")
    try FileManager.default.removeItem(at: tree.source.appending(path: "first/value.h"))
    try tree.write("a.c", "#include <value.h>\nint f(void); int value = VALUE; void _start(void) { f();  }\n")
    try tree.write("hook.sh", "echo end >> $O/pids; sleep 1000")
    let build = Task { try await identity("middle") }
    _ = try await tree.started()
    build.cancel()
    await #expect(throws: (any Error).self) { _ = try await build.value }
    try tree.write("hook.sh", "")
    // The source of the middle tree, as it was when its object was made, but with the old tree's header.
    try tree.write("first/value.h", "#define VALUE 2\n")
    #expect(try await identity("new") == old)
  }

  @Test func `is read where a source asks whether it is there`() async throws {
    try tree.write(
      "second/value.h", "#if __has_include(<other.h>)\n#include <other.h>\n#else\n#define VALUE 1\n#endif\n")
    let old = try await identity("old")
    try tree.write("second/other.h", "#define VALUE 2\n")
    #expect(try await identity("new", new: ["second/other.h"]) != old)
  }

  @Test func `lets stay what read nothing of its name`() async throws {
    _ = try await identity("old")
    let object = tree.objects.appending(path: "b.o")
    let before = try FileManager.default.attributesOfItem(atPath: object.path)[.modificationDate] as? Date
    try tree.write("first/value.h", "#define VALUE 2\n")
    _ = try await identity("new", new: ["first/value.h"])
    #expect(try FileManager.default.attributesOfItem(atPath: object.path)[.modificationDate] as? Date == before)
  }

  @Test func `takes a generated one of its name away, which older kernels leave there`() async throws {
    _ = try await identity("old")
    for path in ["arch/x86/include/generated/asm/value.h", "include/generated/other.h", "value.h"] {
      try tree.scratch.file("objects/\(path)", "")
    }
    _ = try await identity("new", new: ["arch/x86/include/uapi/asm/value.h"])
    #expect(!tree.exists("objects/arch/x86/include/generated/asm/value.h"))
    #expect(tree.exists("objects/include/generated/other.h") && tree.exists("objects/value.h"))
  }

  @Test func `is seen after a build that failed, was cancelled in between, or came from a folder of before`()
    async throws
  {
    let old = try await identity("old")
    try tree.write("first/value.h", "#define VALUE 2\n")
    // What came in is not known, and cannot be told: nothing may be taken for done.
    struct Lost: Error {}
    await #expect(throws: Lost.self) {
      try await tree.builder().build(
        source: tree.source, tree: SourceTree("new") { _ in throw Lost() }, objects: tree.objects, log: tree.log,
        isClean: false
      ) { _ in }
    }
    #expect(try await identity("new", new: ["first/value.h"]) != old)
    try tree.write("third/value.h", "")
    let unknown = try await identity("newer", new: nil)
    #expect(try await identity("newer", isClean: true) == unknown)
    let untold = try await tree.build()
    guard case .built = untold else { throw CancellationError() }
    try FileManager.default.removeItem(at: tree.source.appending(path: "first"))
    try tree.write("b.c", "int f(void) { return 2; }\n")
    #expect(try await identity("older") != unknown)
  }
}

/// Where no proof comes after it, as under `git bisect run`.
@Suite struct `A build that is final` {
  private let tree: ToyTree

  /// The hook stands for a script that a rule runs and does not name: what it made stays as long as it is there.
  init() throws {
    tree = try ToyTree()
    try tree.write("scripts/gen.sh", "echo 'int generated = 1;'\n")
    try tree.write(
      "Makefile",
      ToyTree.makefile.replacing("$(O)/a.o $(O)/b.o", with: "$(O)/a.o $(O)/b.o $(O)/gen.o")
        + "$(O)/gen.o:\n\t@sh $(CURDIR)/scripts/gen.sh > $(O)/gen.c && $(CC) -ffreestanding -c -o $@ $(O)/gen.c\n")
  }

  private func build(_ name: String, isFinal: Bool, changed: [String]) async throws -> BuiltKernel {
    let source = SourceTree(name, isFinal: isFinal) { _ in SourceTree.Changes(new: [], all: changed) }
    let outcome = try await tree.builder().build(
      source: tree.source, tree: source, objects: tree.objects, log: tree.log, isClean: false
    ) { _ in }
    guard case .built(let kernel) = outcome else {
      Issue.record("\(outcome)")
      throw CancellationError()
    }
    return kernel
  }

  @Test func `begins with nothing where a script changed that make may not look at`() async throws {
    let old = try await build("old", isFinal: true, changed: [])
    try tree.write("scripts/gen.sh", "echo 'int generated = 2;'\n")
    let stale = try await build("new", isFinal: false, changed: ["scripts/gen.sh"])
    #expect(stale.identity == old.identity && !stale.isClean, "otherwise nothing is shown here")
    let new = try await build("newer", isFinal: true, changed: ["scripts/gen.sh"])
    #expect(new.identity != old.identity && new.isClean)
    #expect(new.notes == ["clean build: scripts/gen.sh changed, and make may not see that"])
  }

  /// What a build left there that was not final may be stale, and the last change none that matters.
  @Test func `begins with nothing where one before it did not`() async throws {
    let old = try await build("old", isFinal: true, changed: [])
    try tree.write("scripts/gen.sh", "echo 'int generated = 2;'\n")
    _ = try await build("new", isFinal: false, changed: ["scripts/gen.sh"])
    let same = try await build("new", isFinal: true, changed: [])
    #expect(same.identity != old.identity && same.isClean)
    _ = try await build("next", isFinal: false, changed: ["a.c"])
    #expect(!(try await build("last", isFinal: true, changed: ["b.c"])).isClean, "nothing was lost by those")
  }

  /// A stretch that does not build shall not cost a whole build for each of its commits.
  @Test func `goes on behind one that failed`() async throws {
    _ = try await build("old", isFinal: true, changed: [])
    try tree.write("b.c", "int f(void) { return }\n")
    let failed = try await tree.builder().build(
      source: tree.source,
      tree: SourceTree("broken", isFinal: true) { _ in SourceTree.Changes(new: [], all: ["b.c"]) },
      objects: tree.objects, log: tree.log, isClean: false
    ) { _ in }
    guard case .failed = failed else { throw CancellationError() }
    try tree.write("b.c", "int f(void) { return 3; }\n")
    #expect(!(try await build("mended", isFinal: true, changed: ["b.c"])).isClean)
  }

  @Test func `goes on from other objects where what changed is in somebody's list`() async throws {
    _ = try await build("old", isFinal: true, changed: [])
    let next = try await build(
      "new", isFinal: true,
      changed: ["a.c", "include/linux/a.h", "net/Makefile", "init/Kconfig", "Documentation/x", "arch/arm/x.tbl"])
    #expect(!next.isClean)
  }
}
