/*
 * May an IPv4 address be bound while [::]:port with IPV6_V6ONLY is?
 *
 * It must: V6ONLY sockets have nothing to do with IPv4. Linux 6.1 keeps bound sockets in a second table by address (bhash2),
 * and the rules for wildcards against IPv4-mapped addresses were got wrong and put right there more than once. The probe
 * binds pairs of sockets and reports which pairs were refused, 0 for taken and 1 for EADDRINUSE.
 *
 * Source: Debian's changelog: "tcp: Fix bind() regression for v4-mapped-v6 wildcard address." in 6.5.4; "tcp: Fix
 * bind() regression for v6-only wildcard and v4-mapped-v6" in 6.1.168.
 */
#include <firstbad/kit.h>

/* Whether `second` can be bound to the port that `first` got; -1 where one of them cannot be had at all. */
static int refused(const char *first, int first_v6only, const char *second, int second_v6only)
{
	struct address one = endpoint(first, 0);
	int holder = REQUIRE_OK(socket(one.any.sa_family, SOCK_STREAM, 0));
	if (one.any.sa_family == AF_INET6)
		REQUIRE_OK(set_socket_option(holder, IPPROTO_IPV6, IPV6_V6ONLY, first_v6only));
	REQUIRE_OK(bind(holder, SOCKADDR(one), one.size));
	struct address other = endpoint(second, ntohs(bound_address(holder).v4.sin_port));
	int fd = REQUIRE_OK(socket(other.any.sa_family, SOCK_STREAM, 0));
	if (other.any.sa_family == AF_INET6)
		REQUIRE_OK(set_socket_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, second_v6only));
	int error = errno_of(bind(fd, SOCKADDR(other), other.size));
	REQUIRE(error == 0 || error == EADDRINUSE, "bind to %s: %s", second, fb_errno_name(error));
	close(holder);
	close(fd);
	return error != 0;
}

PROBE("net.bind-wildcards", "a V6ONLY wildcard leaves IPv4 alone, and every other wildcard does not",
      PRIVATE_NETWORK, NEEDS("CONFIG_IPV6"))
{
	char seen[8];
	snprintf(seen, sizeof seen, "%d%d%d%d%d%d", refused("::", 1, "127.0.0.1", 0), refused("::", 1, "0.0.0.0", 0),
		 refused("::", 0, "127.0.0.1", 0), refused("::", 0, "0.0.0.0", 0),
		 refused("0.0.0.0", 0, "::ffff:127.0.0.1", 0), refused("127.0.0.1", 0, "::ffff:127.0.0.1", 0));
	OBSERVE("refused", seen);
	CHECK_STR_EQ(seen, "001111");
	PASS();
}
