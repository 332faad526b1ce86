/*
 * A new pipe holds sixteen pages, 64 KiB on x86.
 *
 * pipe(7), "Pipe capacity": since Linux 2.6.11.
 */
#include <fcntl.h>
#include <firstbad/probe.h>
#include <unistd.h>

PROBE("team.pipe-size", "a new pipe holds 65536 bytes")
{
	int ends[2];

	REQUIRE(pipe(ends) == 0, "no pipe");
	int size = fcntl(ends[0], F_GETPIPE_SZ);
	OBSERVE("bytes", size);
	CHECK_EQ(size, 65536);
	PASS();
}
