/*
 * How much does TCP_INFO tell?
 *
 * getsockopt(TCP_INFO) gives as much of struct tcp_info as the kernel knows, and the structure only grows. Monitoring that
 * reads a fixed size must look at the length that comes back: fields behind it were not written.
 *
 * Source: measurement only.
 */
#include <firstbad/kit.h>

PROBE("net.tcp-info-size", "TCP_INFO never becomes shorter than 232 bytes", PRIVATE_NETWORK, NEEDS("CONFIG_INET"))
{
	struct pair pair = tcp_pair();
	char info[1024];
	socklen_t size = sizeof info;
	CHECK_OK(getsockopt(pair.client, IPPROTO_TCP, 11 /* TCP_INFO */, info, &size));
	OBSERVE("bytes", size);
	CHECK_GE(size, 232);
	PASS();
}
