/*
 * Which cgroup counts a fork that its parent's limit refused?
 *
 * pids.events of the cgroup that *was forked in* counted, even when the limit stood in a group above. On later kernels the group
 * whose limit was hit counts, and so do those above it; pids.events.local has the count without children. Monitoring of limits
 * looks at these files.
 *
 * Source: commit title "cgroup/pids: Make event counters hierarchical" (385a635cacfe).
 */
#include <firstbad/kit.h>

static void leave(void *group)
{
	write_errno("/sys/fs/cgroup/cgroup.procs", "0");
	rmdir("/sys/fs/cgroup/outer/inner");
	rmdir(group);
}

PROBE("namespaces.pids-limit-event", "a fork beyond pids.max of the group above is counted once",
      NEEDS("CONFIG_CGROUP_PIDS"))
{
	REQUIRE_PATH("/sys/fs/cgroup/cgroup.procs");
	write_text("/sys/fs/cgroup/cgroup.subtree_control", "+pids");
	REQUIRE_OK(mkdir("/sys/fs/cgroup/outer", 0755));
	at_end(leave, "/sys/fs/cgroup/outer");
	write_text("/sys/fs/cgroup/outer/cgroup.subtree_control", "+pids");
	REQUIRE_OK(mkdir("/sys/fs/cgroup/outer/inner", 0755));
	write_text("/sys/fs/cgroup/outer/pids.max", "1");
	write_text("/sys/fs/cgroup/outer/inner/cgroup.procs", "0");
	pid_t process = fork();
	if (process == 0)
		_exit(0);
	CHECK_LT(process, 0);
	CHECK_EQ(errno, EAGAIN);
	const char *outer = field("/sys/fs/cgroup/outer/pids.events", "max");
	const char *inner = field("/sys/fs/cgroup/outer/inner/pids.events", "max");
	OBSERVE("outer", atoi(outer));
	OBSERVE("inner", atoi(inner));
	CHECK_EQ(atoi(outer) + atoi(inner), 1);
	PASS();
}
