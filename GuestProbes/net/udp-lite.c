/*
 * Is there UDP-Lite?
 *
 * IPPROTO_UDPLITE came with every IPv4 since Linux 2.6.20. It was marked for removal in 6.5, as nobody was known to use it,
 * and is gone from later kernels: socket() then fails with EPROTONOSUPPORT.
 */
#include <firstbad/kit.h>

PROBE("net.udp-lite", "UDP-Lite sockets can be had, or are not supported", NEEDS("CONFIG_INET"))
{
	int error = errno_of(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EPROTONOSUPPORT);
	PASS();
}
