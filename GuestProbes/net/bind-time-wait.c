/*
 * May a port be bound that has a connection in TIME_WAIT?
 *
 * Without SO_REUSEADDR it may not; with SO_REUSEADDR on both sockets it may. Linux 6.1's second bind table (bhash2) did not
 * hold TIME_WAIT sockets at first, so that a second bind to the specific address was wrongly allowed. Servers that restart
 * quickly meet it. Reported is what four binds gave: specific and wildcard, without and with SO_REUSEADDR.
 *
 * Source: Debian's changelog: "tcp: Add TIME_WAIT sockets in bhash2." in 6.1.5.
 */
#include <firstbad/kit.h>

static int try_bind(const char *text, int port, int reuse)
{
	struct address where = endpoint(text, port);
	int fd = REQUIRE_OK(socket(AF_INET, SOCK_STREAM, 0));
	REQUIRE_OK(set_socket_option(fd, SOL_SOCKET, SO_REUSEADDR, reuse));
	int error = errno_of(bind(fd, SOCKADDR(where), where.size));
	REQUIRE(error == 0 || error == EADDRINUSE, "bind: %s", fb_errno_name(error));
	close(fd);
	return error != 0;
}

PROBE("net.bind-time-wait", "a port in TIME_WAIT is free for SO_REUSEADDR only", PRIVATE_NETWORK,
      NEEDS("CONFIG_INET"))
{
	struct address where;
	char seen[8];
	int listener = tcp_listener(1, &where);
	int client = REQUIRE_OK(socket(AF_INET, SOCK_STREAM, 0));
	REQUIRE_OK(set_socket_option(client, SOL_SOCKET, SO_REUSEADDR, 1));
	struct address from = endpoint("127.0.0.1", 0);
	REQUIRE_OK(bind(client, SOCKADDR(from), from.size));
	REQUIRE_OK(connect(client, SOCKADDR(where), where.size));
	int port = ntohs(bound_address(client).v4.sin_port);
	int server = REQUIRE_OK(accept(listener, 0, 0));
	/* Whoever closes first keeps the connection in TIME_WAIT. */
	shutdown(client, SHUT_WR);
	REQUIRE_OK(read(server, seen, 1));
	close(server);
	REQUIRE_OK(read(client, seen, 1));
	close(client);
	snprintf(seen, sizeof seen, "%d%d%d%d", try_bind("127.0.0.1", port, 0), try_bind("0.0.0.0", port, 0),
		 try_bind("127.0.0.1", port, 1), try_bind("0.0.0.0", port, 1));
	OBSERVE("refused", seen);
	CHECK_STR_EQ(seen, "1100");
	PASS();
}
