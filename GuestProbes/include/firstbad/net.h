/* firstbad/net.h: sockets, loopback and small networks of a probe. See kit.h. */
#ifndef FIRSTBAD_NET_H
#define FIRSTBAD_NET_H

#include <arpa/inet.h>
#include <firstbad/probe.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Two connected sockets. */
struct pair { int client, server; };

/* An address on its way through the socket calls: bind(fd, SOCKADDR(address), address.size) */
struct address {
	union { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; };
	socklen_t size;
};
#define SOCKADDR(address) (&(address).any)

/* Text and port as an address, v4 or v6: endpoint("127.0.0.1", 0), endpoint("::1", 80). */
#define endpoint(text, port) fb_endpoint((text), (port), FB_HERE_)

/* A listening TCP socket on a free port of 127.0.0.1, and where it listens. Without SO_REUSEADDR, as socket(2) gives it:
 * what is accepted inherits that, and its TIME_WAIT then keeps the port even from those who say SO_REUSEADDR. */
#define tcp_listener(backlog, where) fb_tcp_listener((backlog), (where), FB_HERE_)

/* Two TCP sockets, connected over 127.0.0.1; `server` is the accepted one, and the listener is closed. Neither has
 * SO_REUSEADDR; set on `server` before it is closed, it frees the port for those who say it too. TIME_WAIT is the part of
 * the end that closes first, and of its port: for that of `server` close that one first, then `client`. */
#define tcp_pair() fb_tcp_pair(FB_HERE_)

/* Two UDP sockets on 127.0.0.1, connected to each other. */
#define udp_pair() fb_udp_pair(FB_HERE_)

/* A socketpair(2) of AF_UNIX: unix_pair(SOCK_STREAM). */
#define unix_pair(type) fb_unix_pair((type), FB_HERE_)

/* The address that a socket is bound to. */
#define bound_address(fd) fb_bound_address((fd), FB_HERE_)

/* The port of an address, as a number of this host. */
int port_of(struct address address);

/* An integer option of a socket; -1 and errno as getsockopt(2) has it. */
int socket_option(int fd, int level, int name);
int set_socket_option(int fd, int level, int name, int value);

/* Moves the calling process into a network of its own in which lo is up. PRIVATE_NETWORK in the heading does it for
 * the whole probe; this is for a second network, in a child. */
#define new_network() fb_new_network(FB_HERE_)

/* Two ends of a cable, as links of these names in this network: veth_pair("left", "right"). With MODULE("veth") in the
 * heading also on kernels that have it as a module. */
#define veth_pair(left, right) fb_veth_pair((left), (right), FB_HERE_)

/* Gives a link an IPv4 address and brings it up: link_address("left", "10.1.1.1", 24) */
#define link_address(link, address, prefix) fb_link_address((link), (address), (prefix), FB_HERE_)

/* Moves a link into the network of another process. */
#define move_link(link, process) fb_move_link((link), (process), FB_HERE_)

struct address fb_endpoint(const char *text, int port, const char *location);
int fb_tcp_listener(int backlog, struct address *where, const char *location);
struct pair fb_tcp_pair(const char *location);
struct pair fb_udp_pair(const char *location);
struct pair fb_unix_pair(int type, const char *location);
struct address fb_bound_address(int fd, const char *location);
void fb_new_network(const char *location);
void fb_veth_pair(const char *left, const char *right, const char *location);
void fb_link_address(const char *link, const char *address, int prefix, const char *location);
void fb_move_link(const char *link, int process, const char *location);

#endif
