/*
 * Can TCP data be peeked at from an offset?
 *
 * SO_PEEK_OFF moves MSG_PEEK along the queue. Unix and UDP sockets have had it for ten years; TCP answered EOPNOTSUPP
 * until 2024. Proxies that sniff a protocol header rely on it. Where it is there, the second peek must begin where
 * the first one ended.
 *
 * Source: commit title "tcp: add support for SO_PEEK_OFF socket option" (05ea491641d3).
 */
#include <firstbad/kit.h>

PROBE("net.peek-offset-tcp", "a TCP socket that takes SO_PEEK_OFF peeks from there", PRIVATE_NETWORK,
      NEEDS("CONFIG_INET"))
{
	struct pair pair = tcp_pair();
	char seen[4] = "";
	int error = errno_of(set_socket_option(pair.server, SOL_SOCKET, SO_PEEK_OFF, 0));
	OBSERVE_ERRNO("errno", error);
	if (error == 0) {
		REQUIRE_OK(write(pair.client, "abcdef", 6));
		CHECK_EQ(CHECK_OK(recv(pair.server, seen, 3, MSG_PEEK)), 3);
		CHECK_EQ(CHECK_OK(recv(pair.server, seen, 3, MSG_PEEK)), 3);
		CHECK_STR_EQ(seen, "def");
	}
	PASS();
}
