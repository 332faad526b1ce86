import Testing

@testable import KernelBuild

@Suite struct `What stands between a source and the kernel` {
  /// Makefiles as Linux has them, in little.
  private let tree = [
    "Kbuild": "obj-y\t\t\t+= mm/ drivers/\nobj-$(CONFIG_NET)\t+= net/\n",
    "net/Makefile": "obj-y := core/\nobj-$(CONFIG_INET)\t\t+= ipv4/\nobj-y += ipv6/ # always\n",
    "net/core/Makefile": "obj-y := sock.o\n",
    "net/ipv4/Makefile": """
    obj-y     := route.o tcp.o \\
    \t     udp.o

    obj-$(CONFIG_SYN_COOKIES) += syncookies.o
    udp_tunnel-y := udp_tunnel_core.o
    udp_tunnel-$(CONFIG_OFFLOAD) += udp_tunnel_nic.o
    obj-$(CONFIG_NET_UDP_TUNNEL) += udp_tunnel.o
    obj-$(CONFIG_A) += either.o
    obj-$(CONFIG_B) += either.o
    CFLAGS_route.o = -DX

    """,
    "mm/Makefile": "mmu-y := nommu.o\nobj-y := $(mmu-y) slab.o\nobj-$(CONFIG_MEMFD) += memfd.o\n",
    "drivers/Makefile": "obj-y += char/\nobj-$(CONFIG_IPMI) += char/ipmi/\n",
    "drivers/char/ipmi/Makefile": "obj-m += msghandler.o\nbad-objs := a.o b.o\nobj-$(CONFIG_BAD) += bad.o\n",
    "old/Makefile": "core-y := x.o\n",
    "Makefile": "core-$(CONFIG_BLOCK) += block/\n",
    "block/Makefile": "obj-y := bio.o\nobj-$(subst m,y,$(CONFIG_IOSCHED)) += iosched.o\n",
  ]

  private func symbols(_ source: String) async throws -> [String] {
    try await Gates.symbols(of: source) { tree[$0] }
  }

  @Test(arguments: [
    ("net/ipv4/tcp.c", ["CONFIG_NET", "CONFIG_INET"]),
    ("net/ipv4/udp.c", ["CONFIG_NET", "CONFIG_INET"]),
    ("net/ipv4/syncookies.c", ["CONFIG_NET", "CONFIG_INET", "CONFIG_SYN_COOKIES"]),
    ("net/ipv4/udp_tunnel_core.c", ["CONFIG_NET", "CONFIG_INET", "CONFIG_NET_UDP_TUNNEL"]),
    ("net/ipv4/udp_tunnel_nic.c", ["CONFIG_NET", "CONFIG_INET", "CONFIG_NET_UDP_TUNNEL", "CONFIG_OFFLOAD"]),
    ("net/ipv4/either.c", ["CONFIG_NET", "CONFIG_INET"]),
    ("net/core/sock.c", ["CONFIG_NET"]),
    ("mm/memfd.c", ["CONFIG_MEMFD"]),
    ("block/bio.c", ["CONFIG_BLOCK"]),
    ("block/iosched.c", ["CONFIG_BLOCK"]),
    ("drivers/char/ipmi/a.c", ["CONFIG_IPMI", "CONFIG_BAD"]),
  ])
  func `the symbols of the folders above and its own, the widest first`(_ source: String, _ expected: [String])
    async throws
  {
    #expect(try await symbols(source) == expected)
  }

  @Test(arguments: [
    "mm/slab.c", "mm/nommu.c", "mm/missing.c", "net/ipv4/tcp.h", "include/net/tcp.h", "ld", "main.c", "", "/", "x/y.c",
    "old/x.c",
  ])
  func `what is always there, and what is no source, has none`(_ source: String) async throws {
    #expect(try await symbols(source).isEmpty)
  }

  @Test func `only what nobody asks for may be left out`() {
    let recipe = BuildRecipe(
      probeSymbols: ["CONFIG_IPV6"], userSymbols: [BuildRecipe.Assignment("SOUND", "y")])
    for symbol in ["CONFIG_NET", "CONFIG_INET", "CONFIG_USB"] { #expect(recipe.canDisable(symbol), "\(symbol)") }
    for symbol in ["CONFIG_IPV6", "CONFIG_SOUND", "CONFIG_PROC_FS", "CONFIG_TMPFS", "CONFIG_PRINTK"] {
      #expect(!recipe.canDisable(symbol), "\(symbol)")
    }
    #expect(!BuildRecipe(base: .exact(contents: "CONFIG_NET=y\n")).canDisable("CONFIG_USB"))
    // As if the user had said so, so that kernels of either way are shared.
    let said = BuildRecipe(userSymbols: [BuildRecipe.Assignment("NET", "n")])
    #expect(BuildRecipe().disabling(["CONFIG_NET"]).digest == said.digest)
  }
}
