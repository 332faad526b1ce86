import Foundation
import KernelModules
import TestSupport
import Testing
import VirtualMachine

@testable import Suite

/// A kernel with a configuration, modules and lists of what is built in and what as modules, each of which may be missing.
private struct Kernel {
  let scratch: Scratch
  var config: KernelConfig?
  var folder: ModuleFolder?

  init(config: String? = nil, modules: [String]? = nil, builtIn: String? = nil, built: String? = nil) throws {
    scratch = try Scratch()
    let image = try scratch.file("boot/vmlinuz-6.1.0", BzImage().bytes)
    if let config { try scratch.file("boot/config-6.1.0", config + "\n") }
    for name in modules ?? [] { try scratch.file("lib/modules/6.1.0/kernel/\(name).ko", "") }
    if let builtIn { try scratch.file("lib/modules/6.1.0/modules.builtin", "kernel/\(builtIn).ko\n") }
    if let built { try scratch.file("lib/modules/6.1.0/modules.order", "kernel/\(built).ko\n") }
    self.config = KernelConfig(of: try KernelImage(at: image.path))
    folder = ModuleFolder(besideImage: image, release: "6.1.0")
  }

  func choose(needs: [String] = [], module: [String] = []) -> ModuleChoice {
    ModuleChoice(symbols: needs, modules: module, config: config, folder: folder, remedy: "fetch them")
  }
}

@Suite struct `A probe that NEEDS a symbol` {
  @Test func `gets nothing where it is built in, and does not run where it is not set`() throws {
    let kernel = try Kernel(config: "CONFIG_INET=y\nCONFIG_HZ=250", modules: ["a"], builtIn: "b")
    #expect(kernel.choose(needs: ["CONFIG_INET", "CONFIG_HZ"]).load.isEmpty)
    #expect(kernel.choose(needs: ["CONFIG_INET", "CONFIG_HZ"]).lacks.isEmpty)
    #expect(kernel.choose(needs: ["CONFIG_NO"]).lacks == ["CONFIG_NO is not set"])
  }

  @Test func `gets its module where it is one`() throws {
    let kernel = try Kernel(config: "CONFIG_XFS_FS=m\nCONFIG_VETH=m", modules: ["xfs", "veth", "other"])
    let choice = kernel.choose(needs: ["CONFIG_XFS_FS", "CONFIG_VETH"])
    #expect(choice.load == ["veth", "xfs"] && choice.lacks.isEmpty && choice.doubts.isEmpty)
  }

  @Test func `cannot tell where the modules are not at hand, and hears the remedy`() throws {
    let choice = try Kernel(config: "CONFIG_XFS_FS=m").choose(needs: ["CONFIG_XFS_FS"])
    #expect(choice.lacks == ["CONFIG_XFS_FS is a module, and the modules of this kernel are not here (fetch them)"])
    #expect(choice.wantsFolder)
  }

  @Test func `cannot tell where nobody knows which module that is`() throws {
    let kernel = try Kernel(config: "CONFIG_IP_NF_TARGET_REJECT=m\nCONFIG_INET=y", modules: ["ipt_REJECT"])
    let choice = kernel.choose(needs: ["CONFIG_IP_NF_TARGET_REJECT"])
    #expect(choice.load.isEmpty && choice.lacks.first?.contains("MODULE(\"name\")") == true)
  }

  @Test func `and names its module beside it gets that one`() throws {
    let kernel = try Kernel(config: "CONFIG_IP_NF_TARGET_REJECT=m", modules: ["ipt_REJECT"])
    let choice = kernel.choose(needs: ["CONFIG_IP_NF_TARGET_REJECT"], module: ["ipt_REJECT"])
    #expect(choice.load == ["ipt_REJECT"] && choice.lacks.isEmpty)
  }

  @Test func `is not served by a module that belongs to another symbol of its heading`() throws {
    let kernel = try Kernel(config: "CONFIG_IP_NF_TARGET_REJECT=m\nCONFIG_VETH=m", modules: ["ipt_REJECT", "veth"])
    let choice = kernel.choose(needs: ["CONFIG_IP_NF_TARGET_REJECT", "CONFIG_VETH"], module: ["veth"])
    #expect(choice.lacks.count == 1)
  }

  @Test func `runs in doubt where there is no configuration, with the modules that are there`() throws {
    let choice = try Kernel(modules: ["xfs"]).choose(needs: ["CONFIG_XFS_FS", "CONFIG_INET"])
    #expect(choice.load == ["xfs"] && choice.lacks.isEmpty)
    #expect(choice.doubts == ["CONFIG_XFS_FS", "CONFIG_INET"])
  }
}

/// A skip does no harm, so it takes a configuration that is known: what is only not at hand may hide a regression.
@Suite struct `A probe that cannot be run is skipped` {
  @Test func `where the configuration lacks what it needs`() throws {
    let kernel = try Kernel(config: "CONFIG_XFS_FS=m")
    #expect(kernel.choose(needs: ["CONFIG_NO"]).isConfiguredOut)
    #expect(kernel.choose(needs: ["CONFIG_XFS_FS", "CONFIG_NO"]).isConfiguredOut, "whatever else is not here")
    let whole = try Kernel(config: "CONFIG_INET=y", modules: ["xfs"], builtIn: "ext4", built: "xfs")
    #expect(whole.choose(module: ["nosuch"]).isConfiguredOut)
  }

  @Test func `and not where only a file is not here`() throws {
    let bare = try Kernel(config: "CONFIG_XFS_FS=m")
    // As a package has it whose kernel has modules in another one, too.
    let part = try Kernel(config: "CONFIG_XFS_FS=m", modules: ["veth"], builtIn: "ext4", built: "fs/xfs/xfs")
    let unlisted = try Kernel(config: "CONFIG_XFS_FS=m", modules: ["veth"], builtIn: "ext4")
    let unconfigured = try Kernel(modules: ["veth"], builtIn: "ext4", built: "veth")
    for choice in [
      bare.choose(needs: ["CONFIG_XFS_FS"]), bare.choose(module: ["xfs"]), part.choose(needs: ["CONFIG_XFS_FS"]),
      part.choose(module: ["xfs"]), unlisted.choose(module: ["xfs"]), unlisted.choose(module: ["nosuch"]),
      unconfigured.choose(module: ["nosuch"]),
    ] {
      #expect(!choice.lacks.isEmpty && !choice.isConfiguredOut, "\(choice)")
    }
  }
}

@Suite struct `A probe that wants a MODULE` {
  @Test func `gets it where it is one, however it is spelt`() throws {
    let kernel = try Kernel(config: "CONFIG_INET=y", modules: ["nf-tables"], builtIn: "fs/ext4")
    #expect(kernel.choose(module: ["nf_tables"]).load == ["nf_tables"])
    #expect(kernel.choose(module: ["nf-tables"]).load == ["nf_tables"])
  }

  @Test func `gets nothing where it is built in`() throws {
    let kernel = try Kernel(config: "CONFIG_INET=y", modules: ["xfs"], builtIn: "fs/ext4")
    #expect(kernel.choose(module: ["ext4"]) == kernel.choose())
  }

  @Test func `cannot tell where it is neither`() throws {
    let choice = try Kernel(config: "CONFIG_INET=y", modules: ["xfs"], builtIn: "fs/ext4").choose(module: ["nosuch"])
    #expect(choice.lacks == ["this kernel has no module nosuch, neither built in nor as a file"])
    #expect(!choice.wantsFolder)
  }

  @Test func `without a folder goes by the configuration`() throws {
    let kernel = try Kernel(config: "CONFIG_OVERLAY_FS=y\nCONFIG_VETH=m")
    let builtIn = kernel.choose(module: ["overlay"])
    #expect(builtIn.lacks.isEmpty && builtIn.doubts.isEmpty && builtIn.load.isEmpty)
    let module = kernel.choose(module: ["veth"])
    #expect(module.lacks == ["veth is a module, and the modules of this kernel are not here (fetch them)"])
    #expect(module.wantsFolder)
  }

  @Test func `runs in doubt where nothing says whether it is there`() throws {
    for kernel in [try Kernel(), try Kernel(config: "CONFIG_INET=y")] {
      let choice = kernel.choose(module: ["overlay"])
      #expect(choice.lacks.isEmpty && choice.load.isEmpty)
      #expect(choice.doubts == ["the module overlay"] && choice.wantsFolder)
    }
    let silent = try Kernel(config: "CONFIG_INET=y", modules: ["xfs"]).choose(module: ["overlay"])
    #expect(silent.doubts == ["the module overlay"], "a folder that does not say what is built in")
  }
}
