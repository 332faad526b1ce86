/* Sockets over loopback. */
#include <errno.h>
#include <firstbad/kit.h>
#include <string.h>

#define SKIP_AT(location, ...) fb_end(FB_SKIP, (location), "", errno, __VA_ARGS__)

/* A call that must not fail, in the name of the probe's line. */
static int need(int returned, const char *call, const char *location)
{
	if (returned < 0)
		SKIP_AT(location, "%s fails: %s", call, fb_errno_name(errno));
	return returned;
}

struct address fb_endpoint(const char *text, int port, const char *location)
{
	struct address address;
	memset(&address, 0, sizeof address);
	if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons((uint16_t)port);
		address.size = sizeof address.v4;
	} else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons((uint16_t)port);
		address.size = sizeof address.v6;
	} else {
		fb_end(FB_SKIP, location, "", 0, "%s is no IPv4 or IPv6 address", text);
	}
	return address;
}

struct address fb_bound_address(int fd, const char *location)
{
	struct address address;
	memset(&address, 0, sizeof address);
	address.size = sizeof address.v6;
	need(getsockname(fd, &address.any, &address.size), "getsockname()", location);
	return address;
}

int port_of(struct address address)
{
	return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

/* A socket of this type on a free port of 127.0.0.1. */
static int bound(int type, const char *location)
{
	struct address any = fb_endpoint("127.0.0.1", 0, location);
	int fd = need(socket(AF_INET, type | SOCK_CLOEXEC, 0), "socket(AF_INET)", location);
	need(bind(fd, SOCKADDR(any), any.size), "bind() to 127.0.0.1", location);
	return fd;
}

int fb_tcp_listener(int backlog, struct address *where, const char *location)
{
	int fd = bound(SOCK_STREAM, location);
	need(listen(fd, backlog), "listen()", location);
	if (where)
		*where = fb_bound_address(fd, location);
	return fd;
}

struct pair fb_tcp_pair(const char *location)
{
	struct address where;
	struct pair pair;
	int listener = fb_tcp_listener(1, &where, location);
	pair.client = need(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket(AF_INET)", location);
	need(connect(pair.client, SOCKADDR(where), where.size), "connect() over 127.0.0.1", location);
	pair.server = need(accept4(listener, 0, 0, SOCK_CLOEXEC), "accept()", location);
	close(listener);
	return pair;
}

struct pair fb_udp_pair(const char *location)
{
	struct pair pair = {bound(SOCK_DGRAM, location), bound(SOCK_DGRAM, location)};
	struct address client = fb_bound_address(pair.client, location), server = fb_bound_address(pair.server, location);
	need(connect(pair.client, SOCKADDR(server), server.size), "connect() over 127.0.0.1", location);
	need(connect(pair.server, SOCKADDR(client), client.size), "connect() over 127.0.0.1", location);
	return pair;
}

struct pair fb_unix_pair(int type, const char *location)
{
	int fds[2];
	need(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds), "socketpair(AF_UNIX)", location);
	return (struct pair){fds[0], fds[1]};
}

int socket_option(int fd, int level, int name)
{
	int value = 0;
	socklen_t size = sizeof value;
	return getsockopt(fd, level, name, &value, &size) < 0 ? -1 : value;
}

int set_socket_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof value);
}
