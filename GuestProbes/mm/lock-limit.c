/*
 * How much memory may an ordinary process lock?
 *
 * RLIMIT_MEMLOCK of the first process was 64 KiB since Linux 2.6.9 and is 8 MiB in later kernels: io_uring's rings and secrets of
 * several threads no longer fitted. What a service manager does not set comes from here.
 *
 * Source: commit title "Increase default MLOCK_LIMIT to 8 MiB" (9dcc38e2813e).
 */
#include <firstbad/kit.h>
#include <sys/resource.h>

PROBE("mm.lock-limit", "the first process may lock at least 64 KiB")
{
	struct rlimit limit;
	CHECK_OK(getrlimit(RLIMIT_MEMLOCK, &limit));
	OBSERVE("bytes", limit.rlim_cur);
	CHECK_GE(limit.rlim_cur, 65536);
	PASS();
}
