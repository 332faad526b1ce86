/*
 * Which capability does SO_MARK want?
 *
 * Setting a packet mark took CAP_NET_ADMIN; since Linux 5.17 CAP_NET_RAW is enough, as it already lets its owner send any
 * packet. Daemons that keep only NET_RAW (ping, traceroute, DHCP clients) can route by mark since then.
 *
 * Source: manual page socket(7) of man-pages 6.20 (since Linux 5.17).
 */
#include <firstbad/kit.h>
#include <linux/capability.h>

PROBE("net.mark-by-net-raw", "SO_MARK is for CAP_NET_ADMIN, or for CAP_NET_RAW too",
      PRIVATE_NETWORK, NEEDS("CONFIG_INET"))
{
	int fd = REQUIRE_OK(socket(AF_INET, SOCK_DGRAM, 0));
	REQUIRE_OK(set_socket_option(fd, SOL_SOCKET, SO_MARK, 7));
	drop_capability(CAP_NET_ADMIN);
	int raw = errno_of(set_socket_option(fd, SOL_SOCKET, SO_MARK, 8));
	OBSERVE_ERRNO("with-net-raw", raw);
	CHECK(raw == 0 || raw == EPERM);
	drop_capability(CAP_NET_RAW);
	CHECK_ERRNO(set_socket_option(fd, SOL_SOCKET, SO_MARK, 9), EPERM);
	PASS();
}
