import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelBuild

@Suite struct `What a kernel was made of` {
  /// As a minimal kernel has it.
  private let inputs = BuildInputs(
    files: [
      "net/ipv4/tcp.c", "include/net/tcp.h", "arch/x86/kernel/head_64.S", "include/linux/compiler_types.h",
      "scripts/mod/modpost.c", "arch/x86/entry/syscalls/syscall_64.tbl",
    ],
    folders: ["", "net/ipv4", "drivers/tty", "arch/x86/kernel", "scripts/mod", "tools/objtool"], architecture: "x86")

  @Test(arguments: [
    // Compiled or included.
    "net/ipv4/tcp.c", "include/net/tcp.h", "arch/x86/kernel/head_64.S", "arch/x86/entry/syscalls/syscall_64.tbl",
    // Read by make and Kconfig, wherever they are entered.
    "Makefile", "Kbuild", "Kconfig", "net/ipv4/Makefile", "drivers/tty/Makefile", "drivers/gpu/Kconfig",
    "net/Kconfig.debug", "init/Makefile", "include/asm-generic/Kbuild", "arch/x86/Makefile_32.cpu", "lib/vdso/Makefile",
    "arch/Kconfig", "arch/x86/configs/x86_64_defconfig", "kernel/configs/tiny.config",
    // Programs of the build and what they read.
    "scripts/link-vmlinux.sh", "scripts/kconfig/conf.c", "usr/default_cpio_list", "kernel/gen_kheaders.sh",
    "tools/objtool/check.c", "tools/include/linux/list.h", "tools/build/Makefile.build", "drivers/tty/defkeymap.map",
    "certs/default_x509.genkey", "localversion-rt",
  ])
  func `may change with`(_ path: String) { #expect(inputs.canMatter(path)) }

  @Test(arguments: [
    "net/sctp/socket.c", "include/net/sctp/sctp.h", "drivers/gpu/drm/drm_drv.c", "drivers/gpu/drm/Makefile",
    "sound/soc/codecs/Makefile", "arch/arm64/kernel/head.S", "arch/arm64/Kconfig", "arch/arm64/Makefile",
    "arch/x86/kvm/x86.c", "Documentation/networking/ip-sysctl.rst", "Documentation/Makefile", "MAINTAINERS", "CREDITS",
    ".mailmap", "net/.gitignore", "tools/testing/selftests/net/Makefile", "tools/perf/builtin-top.c",
    "samples/bpf/Makefile", "samples/Kconfig", "Documentation/devicetree/bindings/a.yaml", "LICENSES/preferred/MIT",
    "net/wireless/certs/sforshee.hex", "kernel/kcsan/core.c", "rust/kernel/lib.rs",
  ])
  func `does not change with`(_ path: String) { #expect(!inputs.canMatter(path)) }

  /// As amdgpu and cfg80211 are built: `display` has no object of its own, and amdgpu's makefile includes its own; `certs` has no
  /// makefile, and a plain rule of `net/wireless` reads it.
  @Test func `may change with what a makefile further up reads`() {
    let inputs = BuildInputs(
      files: ["net/wireless/core.c"],
      folders: ["net/wireless", "drivers/gpu/drm/amd/amdgpu", "drivers/gpu/drm/amd/display/amdgpu_dm"],
      architecture: "x86")
    let there: Set = ["net/wireless/Makefile", "net/sctp/Makefile", "drivers/gpu/drm/amd/display/Makefile"]
    for path in [
      "drivers/gpu/drm/amd/display/Makefile", "net/wireless/certs/sforshee.hex", "net/wireless/certs/old/a.hex",
    ] { #expect(inputs.canMatter(path, isThere: there.contains), "\(path)") }
    for path in ["net/wireless/certs/sforshee.hex"] { #expect(inputs.canMatter(path), "\(path)") }
    // A folder with a makefile of its own that make does not go into, and what lies beside one that it does.
    for path in [
      "net/sctp/table.bin", "net/sctp/data/table.bin", "net/sctp/Makefile", "drivers/gpu/drm/i915/Makefile",
    ] {
      #expect(!inputs.canMatter(path, isThere: there.contains), "\(path)")
      if path != "net/sctp/table.bin" { #expect(!inputs.canMatter(path), "\(path)") }
    }
  }

  @Test func `leaves the kernel's tools out where none was built`() {
    let inputs = BuildInputs(files: [], folders: [""], architecture: "x86")
    #expect(!inputs.canMatter("tools/include/linux/list.h"))
  }

  @Test func `is read from the words of kbuild's own notes`() {
    let note = """
      cmd_net/a.o := gcc -Wp,-MMD,net/.a.o.d -nostdinc -I/s/include -include /s/include/linux/kconfig.h -I./include \
      -fmacro-prefix-map=/s/= -c -o net/a.o /s/net/a.c ; ./tools/objtool/objtool net/a.o

      source_net/a.o := /s/net/a.c

      deps_net/a.o := \\
        $(wildcard include/config/NET) \\
        /s/net/../include/./linux/types.h \\
        /s//include/x.h \\
        include/generated/autoconf.h \\
        /usr/lib/gcc/x86_64-linux-gnu/12/include/stdarg.h \\

      """
    #expect(
      BuildInputs.paths(after: "/s/", in: Data(note.utf8)) == [
        "net/a.c", "include/linux/kconfig.h", "include/linux/types.h", "include/x.h",
      ])
  }

  @Test func `comes with the kernel that is built`() async throws {
    let toy = try ToyTree()
    try toy.write(
      "hook.sh",
      "mkdir -p $O/net; echo \"deps_a.o := $PWD/a.c $PWD/include/a.h\" > $O/net/.a.o.cmd; touch $O/built-in.a\n")
    guard case .built(let kernel) = try await toy.build() else { throw Failure(.toolFailed, "the toy was not built") }
    let found = try JSONDecoder().decode(BuildInputs.self, from: Data(contentsOf: kernel.inputs))
    #expect(found == BuildInputs(files: ["a.c", "include/a.h"], folders: ["", "net"], architecture: "x86"))
    #expect(kernel.isClean)
    guard case .built(let second) = try await toy.build() else { throw Failure(.toolFailed, "the toy was not built") }
    #expect(!second.isClean)
  }
}
