/*
 * What size has /proc/self/fd?
 *
 * stat() said 0, and to count the open descriptors the folder had to be listed. On later kernels the size is the number of
 * descriptors; monitoring agents use it where it is not 0.
 *
 * Source: commit title "proc: report open files as size in stat() for /proc/pid/fd"; measured between 6.1 and 6.12.
 */
#include <firstbad/kit.h>

PROBE("sysctl.fd-folder-size", "the size of /proc/self/fd is 0 or the number of descriptors")
{
	struct stat before, after;
	REQUIRE_OK(stat("/proc/self/fd", &before));
	REQUIRE_OK(dup(0));
	REQUIRE_OK(dup(0));
	REQUIRE_OK(stat("/proc/self/fd", &after));
	OBSERVE("counts", after.st_size > 0);
	CHECK_EQ(after.st_size - before.st_size, after.st_size > 0 ? 2 : 0);
	PASS();
}
