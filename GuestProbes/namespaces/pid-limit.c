/*
 * Is kernel.pid_max one number for the whole machine?
 *
 * A write to it in a container changed it for everybody, so containers with an old 32-bit C library could not be given small
 * process ids alone. On later kernels each pid namespace has its own.
 *
 * Source: commit title "pid: allow pid_max to be set per pid namespace" (7863dcc72d0f).
 */
#include <firstbad/kit.h>
#include <sys/mount.h>

PROBE("namespaces.pid-limit", "kernel.pid_max can be lowered in a pid namespace")
{
	char *before = sysctl_text("kernel.pid_max");
	/* Where it is one number for all the init must know what it was. */
	set_sysctl("kernel.pid_max", before);
	pid_t helper = child_in(CLONE_NEWPID | CLONE_NEWNS);
	if (helper == 0) {
		REQUIRE_OK(mount("proc", "/proc", "proc", 0, 0));
		_exit(write_errno("/proc/sys/kernel/pid_max", "4321"));
	}
	CHECK_EQ(end_of(helper, 2000), 0);
	OBSERVE("seen-outside", strcmp(sysctl_text("kernel.pid_max"), "4321") == 0);
	PASS();
}
