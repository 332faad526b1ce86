/// Which modules a configuration symbol stands for. No package says so: it is in the makefiles of the source. Most follow
/// the kernel's habits of naming; those that do not are rows.
///
/// Held against the makefiles of 6.1 with Debian's 6.1.192 cloud kernel, see DESIGN.md.
public enum SymbolModules {
  /// Symbols that the habits would not find, or find in part, and their modules. Of a row all that a kernel has are
  /// loaded; names that changed stand side by side. A row comes before every habit.
  static let rows: [String: [String]] = [
    "AUTOFS_FS": ["autofs4", "autofs"], "BLK_DEV_DM": ["dm_mod"], "BLK_DEV_MD": ["md_mod"], "BLK_DEV_RAM": ["brd"],
    "BLK_DEV_SD": ["sd_mod"], "BLK_DEV_SR": ["sr_mod"], "BRIDGE_EBT_MARK": ["ebt_mark_m"],
    "BRIDGE_EBT_MARK_T": ["ebt_mark"], "BRIDGE_NETFILTER": ["br_netfilter"], "CHR_DEV_SG": ["sg"],
    "CRYPTO_AUTHENC": ["authenc", "authencesn"], "CRYPTO_LZO": ["lzo", "lzo_rle"],
    "CRYPTO_USER_API_AEAD": ["algif_aead"], "CRYPTO_USER_API_HASH": ["algif_hash"],
    "CRYPTO_USER_API_RNG": ["algif_rng"], "CRYPTO_USER_API_SKCIPHER": ["algif_skcipher"],
    "DM_MULTIPATH": ["dm_multipath", "dm_round_robin"], "DM_THIN_PROVISIONING": ["dm_thin_pool"],
    "INET6_AH": ["ah6"], "INET6_ESP": ["esp6"], "INET6_IPCOMP": ["ipcomp6"], "INET6_TUNNEL": ["tunnel6"],
    "INET_AH": ["ah4"], "INET_ESP": ["esp4"], "INET_IPCOMP": ["ipcomp"],
    "INET_TCP_DIAG": ["tcp_diag"], "INET_UDP_DIAG": ["udp_diag"], "INET_TUNNEL": ["tunnel4"],
    "IOSCHED_BFQ": ["bfq"], "IP6_NF_FILTER": ["ip6table_filter"], "IP6_NF_IPTABLES": ["ip6_tables"],
    "IP6_NF_MANGLE": ["ip6table_mangle"], "IP6_NF_NAT": ["ip6table_nat"], "IP6_NF_RAW": ["ip6table_raw"],
    "IPV6_GRE": ["ip6_gre"], "IPV6_SIT": ["sit"], "IPV6_TUNNEL": ["ip6_tunnel"], "IPV6_VTI": ["ip6_vti"],
    "IP_DCCP": ["dccp", "dccp_ipv4", "dccp_ipv6"], "IP_NF_ARPFILTER": ["arptable_filter"],
    "IP_NF_ARPTABLES": ["arp_tables"], "IP_NF_FILTER": ["iptable_filter"], "IP_NF_IPTABLES": ["ip_tables"],
    "IP_NF_MANGLE": ["iptable_mangle"], "IP_NF_NAT": ["iptable_nat"], "IP_NF_RAW": ["iptable_raw"],
    "IP_SCTP": ["sctp"], "ISO9660_FS": ["isofs"], "MD_RAID0": ["raid0"], "MD_RAID1": ["raid1"],
    "MD_RAID10": ["raid10"], "MD_RAID456": ["raid456"], "MPLS_ROUTING": ["mpls_router"],
    "MQ_IOSCHED_KYBER": ["kyber_iosched"], "NETFILTER_NETLINK": ["nfnetlink"],
    "NETFILTER_NETLINK_LOG": ["nfnetlink_log"], "NETFILTER_NETLINK_QUEUE": ["nfnetlink_queue"],
    "NET_IPGRE": ["ip_gre"], "NET_IPGRE_DEMUX": ["gre"], "NET_IPVTI": ["ip_vti"], "NET_KEY": ["af_key"],
    "NET_UDP_TUNNEL": ["udp_tunnel", "ip6_udp_tunnel"], "NFS_V2": ["nfsv2"], "NFS_V3": ["nfsv3"],
    "NFS_V4": ["nfsv4"], "NFT_NAT": ["nft_nat", "nft_chain_nat"], "NF_CT_NETLINK": ["nf_conntrack_netlink"],
    "PACKET_DIAG": ["af_packet_diag"], "PSTORE_RAM": ["ramoops"], "SCSI": ["scsi_mod"], "SMB_SERVER": ["ksmbd"],
    "SOFT_WATCHDOG": ["softdog"], "TCP_CONG_HSTCP": ["tcp_highspeed"],
    "USB_DUMMY_HCD": ["dummy_hcd"], "VIRTIO_FS": ["virtiofs"], "VIRTIO_VSOCKETS": ["vmw_vsock_virtio_transport"],
    "VLAN_8021Q": ["8021q"], "VSOCKETS": ["vsock"], "VSOCKETS_LOOPBACK": ["vsock_loopback"],
    "X86_CPUID": ["cpuid"], "X86_MSR": ["msr"], "XOR_BLOCKS": ["xor"],
  ]

  /// How names of symbols begin where those of their modules begin otherwise.
  static let habits = [
    ("NETFILTER_XT_MATCH_", "xt_"), ("NET_ACT_", "act_"), ("NET_CLS_", "cls_"), ("NET_EMATCH_", "em_"),
    ("NET_SCH_", "sch_"), ("TCP_CONG_", "tcp_"), ("BRIDGE_EBT_", "ebt_"), ("BLK_DEV_", ""), ("CRYPTO_", ""),
    ("NET_", ""),
  ]

  /// The names that the symbol's modules may have, the likeliest first; all of a row belong together, of the habits'
  /// one is right.
  public static func candidates(for symbol: String) -> (names: [String], isRow: Bool) {
    let plain = symbol.hasPrefix("CONFIG_") ? String(symbol.dropFirst(7)) : symbol
    if let row = rows[plain] { return (row, true) }
    let lower = plain.lowercased()
    var names = [lower]
    if lower.hasSuffix("_fs") { names.append(String(lower.dropLast(3))) }
    for (prefix, replacement) in habits where plain.hasPrefix(prefix) {
      names.append(replacement + lower.dropFirst(prefix.count))
      if prefix == "CRYPTO_" { names.append(lower.dropFirst(prefix.count) + "_generic") }
    }
    return (names, false)
  }

  /// The symbol's modules among those that a kernel has; none when it is not known which they are.
  public static func modules(for symbol: String, where isThere: (String) -> Bool) -> [String] {
    let (names, isRow) = candidates(for: symbol)
    let there = names.filter(isThere)
    return isRow ? there : Array(there.prefix(1))
  }
}
