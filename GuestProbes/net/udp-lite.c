/*
 * Is there UDP-Lite?
 *
 * IPPROTO_UDPLITE came with every IPv4 since Linux 2.6.20. It was marked for removal in 2023, as nobody was known to use it,
 * and is gone from later kernels: socket() then fails with EPROTONOSUPPORT.
 *
 * Source: commit title "udplite: Print deprecation notice." (be28c14ac8bb, June 2023); its end is measured, between
 * 6.18 and 7.2.
 */
#include <firstbad/kit.h>

PROBE("net.udp-lite", "UDP-Lite sockets can be had, or are not supported", NEEDS("CONFIG_INET"))
{
	int error = errno_of(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EPROTONOSUPPORT);
	PASS();
}
