/*
 * May a host have the lowest address of its subnet?
 *
 * 10.9.8.0 in 10.9.8.0/24 used to be the "old" broadcast address, and the kernel refused to speak to it like to one. Since
 * 2021 only the highest address is a broadcast address, and the lowest is as good as any. The probe gives lo an
 * address of that net and connects a UDP socket to the lowest one.
 *
 * Source: commit title "ip: Treat IPv4 segment's lowest address as unicast" (94c821c74bf5).
 */
#include <firstbad/kit.h>

PROBE("net.lowest-address", "the lowest address of a subnet can be spoken to or is a broadcast address",
      PRIVATE_NETWORK, NEEDS("CONFIG_INET"))
{
	link_address("lo", "10.9.8.1", 24);
	struct address lowest = endpoint("10.9.8.0", 9);
	int fd = REQUIRE_OK(socket(AF_INET, SOCK_DGRAM, 0));
	int error = errno_of(connect(fd, SOCKADDR(lowest), lowest.size));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EACCES);
	PASS();
}
