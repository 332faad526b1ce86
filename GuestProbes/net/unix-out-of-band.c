/*
 * Does a stream socket of AF_UNIX carry out-of-band data?
 *
 * send(MSG_OOB) on a Unix stream socket failed with EOPNOTSUPP until it was implemented in 2021; it can be
 * configured away (CONFIG_AF_UNIX_OOB). Programs that move from TCP to Unix sockets meet it. The probe asks that a byte
 * that was taken also arrives.
 *
 * Source: commit title "af_unix: Add OOB support" (314001f0bf92, August 2021).
 */
#include <firstbad/kit.h>

PROBE("net.unix-out-of-band", "out-of-band data that a Unix socket takes also arrives", NEEDS("CONFIG_UNIX"))
{
	struct pair pair = unix_pair(SOCK_STREAM);
	char byte = 0;
	int error = errno_of(send(pair.client, "x", 1, MSG_OOB));
	OBSERVE_ERRNO("errno", error);
	if (error == 0) {
		CHECK_EQ(CHECK_OK(recv(pair.server, &byte, 1, MSG_OOB)), 1);
		CHECK_EQ(byte, 'x');
	}
	PASS();
}
