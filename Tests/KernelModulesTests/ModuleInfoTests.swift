import Testing

@testable import KernelModules

@Suite struct `A module's own words` {
  @Test func `name it, what it depends on, what it recommends and what it answers to`() throws {
    let file = ModuleFile(
      "license=GPL", "alias=fs-xfs", "alias=crypto-x", "softdep=pre: crc32c foo post: bar", "depends=libcrc32c,b-c",
      "name=xfs", "vermagic=6.1.0 SMP")
    let info = try #require(ModuleInfo(module: file.bytes, file: "other.ko"))
    #expect(info.name == "xfs")
    #expect(info.dependencies == ["libcrc32c", "b_c"])
    #expect(info.before == ["crc32c", "foo"] && info.after == ["bar"])
    #expect(info.aliases == ["fs-xfs", "crypto-x"])
  }

  @Test func `may leave out the name, as old ones do; then the file's counts`() {
    #expect(ModuleInfo(module: ModuleFile("depends=").bytes, file: "nf-tables.ko")?.name == "nf_tables")
    #expect(ModuleInfo(module: ModuleFile("depends=").bytes, file: "nf-tables.ko")?.dependencies == [])
  }

  @Test func `may recommend without saying when, which modprobe passes over, too`() throws {
    let info = try #require(ModuleInfo(module: ModuleFile("softdep=gcm", "name=cifs").bytes, file: "cifs.ko"))
    #expect(info.before.isEmpty && info.after.isEmpty)
  }

  @Test func `are in no other file`() {
    for bytes in [[], Array("#!/bin/sh\n".utf8), Array(ModuleFile("name=a").bytes.prefix(70))] {
      #expect(ModuleInfo(module: bytes, file: "a.ko") == nil)
    }
  }

  @Test(arguments: [
    ("kernel/fs/xfs/xfs.ko", "xfs"), ("nf-tables.ko.xz", "nf_tables"), ("a.ko.zst", "a"), ("a.ko.gz", "a"),
  ])
  func `go by a name that the file's gives`(_ file: String, _ name: String) {
    #expect(ModuleInfo.name(ofFile: file) == name)
  }

  @Test(arguments: ["modules.dep", "a.ko.bz2", ".ko", ".ko.xz", "a.o", "", "a.ko.xz.old"])
  func `and other files give none`(_ file: String) { #expect(ModuleInfo.name(ofFile: file) == nil) }
}

@Suite struct `A symbol of the configuration` {
  private func modules(_ symbol: String, _ there: String...) -> [String] {
    SymbolModules.modules(for: symbol) { there.contains($0) }
  }

  @Test func `stands for the module of its name, with or without what says that it is a file system`() {
    #expect(modules("CONFIG_VETH", "veth", "tun") == ["veth"])
    #expect(modules("CONFIG_XFS_FS", "xfs") == ["xfs"])
    #expect(modules("CONFIG_XFS_FS", "xfs", "xfs_fs") == ["xfs_fs"], "the whole name is the likelier one")
  }

  @Test func `follows the habits of its subsystem`() {
    #expect(modules("CONFIG_NET_SCH_FQ", "sch_fq") == ["sch_fq"])
    #expect(modules("CONFIG_TCP_CONG_BBR", "tcp_bbr") == ["tcp_bbr"])
    #expect(modules("CONFIG_CRYPTO_AES", "aes_generic") == ["aes_generic"])
    #expect(modules("CONFIG_BLK_DEV_LOOP", "loop") == ["loop"])
    #expect(modules("CONFIG_NET_IPIP", "ipip") == ["ipip"])
  }

  @Test func `or is a row, of which all are loaded that the kernel has`() {
    #expect(modules("CONFIG_NFT_NAT", "nft_nat", "nft_chain_nat") == ["nft_nat", "nft_chain_nat"])
    #expect(modules("CONFIG_AUTOFS_FS", "autofs4") == ["autofs4"])
    #expect(modules("CONFIG_VIRTIO_FS", "virtio", "virtiofs") == ["virtiofs"], "a habit would take another one")
  }

  @Test func `or nobody knows`() {
    #expect(modules("CONFIG_IP_NF_TARGET_REJECT", "ipt_REJECT") == [])
    #expect(modules("CONFIG_VETH") == [], "a kernel that does not have the file")
  }

  @Test func `is not found by upper-case names, which are other modules`() {
    #expect(modules("CONFIG_NETFILTER_XT_MATCH_DSCP", "xt_DSCP") == [])
  }
}
