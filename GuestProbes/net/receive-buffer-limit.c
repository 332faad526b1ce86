/*
 * How large a receive buffer may a socket ask for?
 *
 * setsockopt(SO_RCVBUF) is capped at net.core.rmem_max, and the kernel doubles what it is given. The default of rmem_max was
 * 212,992 bytes for a dozen years, too little for a fast path of any length, and was raised to 4 MiB in 2025.
 *
 * Source: xcat2/confluent, pull request 243, which names commit a6d4f25888b8 of the kernel; measured between 6.12
 * and 6.18.
 */
#include <firstbad/kit.h>

PROBE("net.receive-buffer-limit", "SO_RCVBUF gives twice net.core.rmem_max at the most")
{
	long limit = read_number("/proc/sys/net/core/rmem_max");
	int fd = REQUIRE_OK(socket(AF_UNIX, SOCK_DGRAM, 0));
	CHECK_OK(set_socket_option(fd, SOL_SOCKET, SO_RCVBUF, 1 << 28));
	int got = CHECK_OK(socket_option(fd, SOL_SOCKET, SO_RCVBUF));
	OBSERVE("bytes", got);
	CHECK_EQ(got, 2 * limit);
	PASS();
}
