/*
 * Can a process that asked for a new time namespace still vfork()?
 *
 * unshare(CLONE_NEWTIME) takes effect for children. A child that shares its parent's memory would have shared the wrong clock
 * pages, so vfork() and posix_spawn() failed with EINVAL after it, until kernels let such a child enter at exec.
 *
 * Source: commit title "fs/exec: switch timens when a task gets a new mm" (October 2022); measured between 6.1 and
 * 6.12.
 */
#include <firstbad/kit.h>

PROBE("time.vfork-new-time", "vfork() after unshare(CLONE_NEWTIME) works or is refused with EINVAL",
      NEEDS("CONFIG_TIME_NS"))
{
	new_namespaces(CLONE_NEWTIME);
	errno = 0;
	pid_t process = vfork();
	if (process == 0)
		_exit(0);
	int error = process < 0 ? errno : 0;
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EINVAL);
	PASS();
}
