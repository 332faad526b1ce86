/*
 * Does a datagram cross a veth pair from one network into another?
 *
 * What containers' networks are made of: two ends of a cable, one of them moved into the network of another process.
 *
 * Source: manual page veth(4).
 */
#include <firstbad/kit.h>
#include <poll.h>
#include <sched.h>

PROBE("net.veth-crossing", "a datagram crosses a veth pair from one network into another",
      PRIVATE_NETWORK, MODULE("veth"), NEEDS("CONFIG_VETH"), NEEDS("CONFIG_INET"))
{
	int ready[2], moved[2];
	char byte = 0, text[8] = "";
	REQUIRE_OK(pipe(ready));
	REQUIRE_OK(pipe(moved));
	pid_t other = child();
	if (other == 0) {
		new_network();
		REQUIRE_OK(write(ready[1], &byte, 1));
		REQUIRE_OK(read(moved[0], &byte, 1));
		link_address("right", "10.77.0.2", 24);
		struct address there = endpoint("10.77.0.2", 7700);
		int fd = REQUIRE_OK(socket(AF_INET, SOCK_DGRAM, 0));
		REQUIRE_OK(bind(fd, SOCKADDR(there), there.size));
		REQUIRE_OK(write(ready[1], &byte, 1));
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		CHECK_EQ(poll(&wait, 1, 3000), 1);
		CHECK_EQ(CHECK_OK(recv(fd, text, sizeof text, 0)), 5);
		CHECK_STR_EQ(text, "hello");
		_exit(0);
	}
	REQUIRE_OK(read(ready[0], &byte, 1));
	veth_pair("left", "right");
	link_address("left", "10.77.0.1", 24);
	move_link("right", other);
	REQUIRE_OK(write(moved[1], &byte, 1));
	REQUIRE_OK(read(ready[0], &byte, 1));
	struct address there = endpoint("10.77.0.2", 7700);
	int fd = REQUIRE_OK(socket(AF_INET, SOCK_DGRAM, 0));
	CHECK_EQ(CHECK_OK(sendto(fd, "hello", 5, 0, SOCKADDR(there), there.size)), 5);
	CHECK_EQ(end_of(other, 5000), 0);
	PASS();
}
