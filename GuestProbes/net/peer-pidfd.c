/*
 * Can a socket say who its peer is by pidfd?
 *
 * SO_PEERPIDFD gives a descriptor for the process at the other end of a Unix socket, which unlike SO_PEERCRED's number cannot
 * be recycled; D-Bus brokers and polkit rely on it. It came in 2023.
 *
 * Source: commit title "net: core: add getsockopt SO_PEERPIDFD" (2023).
 */
#include <firstbad/kit.h>

PROBE("net.peer-pidfd", "SO_PEERPIDFD of a socket pair is this process's pidfd")
{
	struct pair pair = unix_pair(SOCK_STREAM);
	int pidfd = socket_option(pair.client, SOL_SOCKET, 77 /* SO_PEERPIDFD */);
	OBSERVE_ERRNO("errno", pidfd < 0 ? errno : 0);
	if (pidfd >= 0) {
		char path[64];
		snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
		CHECK_EQ(atoi(field(path, "Pid")), getpid());
	}
	PASS();
}
