/*
 * How many connections does listen(fd, 0) admit?
 *
 * The story that Firstbad grew from. A backlog of 0 asks for the shortest queue there is. Before Linux 4.4
 * the request-socket table was rounded up to eight entries and more, so a program that said 0 served
 * clients all the same; the rewrite in 4.4 made 0 mean none, and later kernels admit one, as
 * listen(2)'s "backlog + 1" has it. The verdict asks only that a client gets in at all; the number is the
 * observation `admitted`.
 *
 * Source: told by the users this tool was made for; by measurement 5.10.218 admits none and 5.10.251 one.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <firstbad/probe.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The first client gets longer: the verdict hangs on it, and an emulated guest of a busy host may be slow. */
enum { CLIENTS = 16, FIRST_PATIENCE_MS = 4000, PATIENCE_MS = 800 };

/* Accepted queue full: without SYN cookies the kernel drops the handshake and the client keeps waiting. */
static int connects_to(struct sockaddr_in *server, int patience)
{
	int client = REQUIRE_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	if (connect(client, (struct sockaddr *)server, sizeof *server) == 0)
		return 1;
	REQUIRE(errno == EINPROGRESS, "connect: %s", fb_errno_name(errno));
	struct pollfd established = {.fd = client, .events = POLLOUT};
	if (poll(&established, 1, patience) != 1)
		return 0;
	int error = 0;
	socklen_t size = sizeof error;
	REQUIRE_OK(getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size));
	return error == 0;
}

PROBE("net.listen-backlog", "listen(fd, 0) admits at least one connection",
      SYSCTL("net.ipv4.tcp_syncookies", "0"), NEEDS("CONFIG_INET"), TIMEOUT_S(15))
{
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof server;
	int listener = REQUIRE_OK(socket(AF_INET, SOCK_STREAM, 0));
	REQUIRE_OK(bind(listener, (struct sockaddr *)&server, sizeof server));
	REQUIRE_OK(getsockname(listener, (struct sockaddr *)&server, &size));
	CHECK_OK(listen(listener, 0));

	int admitted = 0;
	while (admitted < CLIENTS && connects_to(&server, admitted ? PATIENCE_MS : FIRST_PATIENCE_MS))
		admitted++;
	OBSERVE("admitted", admitted);
	CHECK_GE(admitted, 1);
	PASS();
}
