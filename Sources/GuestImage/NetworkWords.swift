/// Words by which a text that has to do with the network gives itself away: calls, headers, addresses, paths, symbols.
///
/// It is a guess, and decides nothing but whether somebody is told that kernels may be built without it.
public enum NetworkWords {
  /// In small letters; a text has one wherever it has these letters in a row, in whatever case.
  static let table = [
    // sys/socket.h, socketpair, SO_, AF_, the kit's and Swift's calls
    "sock", "af_", "sendto", "recv", "listen", "getaddrinfo", "gethost", "unix_pair", "tcp", "udp", "icmp", "arpa/",
    // netinet/in.h, IPPROTO_, net/if.h, linux/netlink.h, loopback
    "inet", "ipproto", "ipv4", "ipv6", "net/", "netlink", "linux/if", "ifreq", "loopback", "iptables", "nftables",
    // PRIVATE_NETWORK, CLONE_NEWNET, SYSCTL("net...."), MODULE("nf_tables")
    "network", "newnet", "\"net.", "\"nf_", "\"ip_", "\"xt_", "veth", "vlan", "bridge", "xfrm",
    // NEEDS("CONFIG_UNIX"), --config NET=y
    "config_net", "config_unix", "config_nf", "config_ip", "config_packet", "config_tun", "config_bt",
    "config_cfg80211",
  ]

  /// Whether one of them is in it.
  public static func occur(in text: String) -> Bool {
    let text = text.lowercased()
    return table.contains { text.contains($0) }
  }
}
