/*
 * Can one socket have its own range of local ports?
 *
 * IP_LOCAL_PORT_RANGE narrows the range that bind() to port 0 takes from, for this socket alone; several programs behind one
 * address can share out the ports. It came in 2023; before that the option is unknown (ENOPROTOOPT).
 *
 * Source: commit title "inet: Add IP_LOCAL_PORT_RANGE socket option" (91d0b78c5177); Debian's changelog has it in
 * 6.1.32, too.
 */
#include <firstbad/kit.h>

PROBE("net.local-port-range", "a socket with a port range of its own gets a port of that range", PRIVATE_NETWORK,
      NEEDS("CONFIG_INET"))
{
	struct address any = endpoint("127.0.0.1", 0);
	int fd = REQUIRE_OK(socket(AF_INET, SOCK_STREAM, 0));
	int error = errno_of(set_socket_option(fd, IPPROTO_IP, 51 /* IP_LOCAL_PORT_RANGE */, 40001 << 16 | 40000));
	OBSERVE_ERRNO("errno", error);
	if (error == 0) {
		CHECK_OK(bind(fd, SOCKADDR(any), any.size));
		int port = ntohs(bound_address(fd).v4.sin_port);
		CHECK_GE(port, 40000);
		CHECK_LE(port, 40001);
	}
	PASS();
}
