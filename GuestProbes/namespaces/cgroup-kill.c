/*
 * Can a whole cgroup be killed by one write?
 *
 * cgroup.kill (2021) kills every process of a group, however fast they fork; systemd and container runtimes use it where
 * it is there and loop over cgroup.procs where it is not.
 *
 * Source: commit title "cgroup: introduce cgroup.kill" (661ee6280931).
 */
#include <firstbad/kit.h>

static void away(void *group) { rmdir(group); }

PROBE("namespaces.cgroup-kill", "a write to cgroup.kill kills the processes of the group")
{
	REQUIRE_PATH("/sys/fs/cgroup/cgroup.procs");
	REQUIRE_OK(mkdir("/sys/fs/cgroup/victims", 0755));
	at_end(away, "/sys/fs/cgroup/victims");
	int there = access("/sys/fs/cgroup/victims/cgroup.kill", F_OK) == 0;
	OBSERVE("there", there);
	if (there) {
		pid_t helper = child();
		if (helper == 0) {
			write_text("/sys/fs/cgroup/victims/cgroup.procs", "0");
			write_text("/sys/fs/cgroup/victims/cgroup.kill", "1");
			for (;;)
				pause();
		}
		CHECK_EQ(end_of(helper, 3000), -SIGKILL);
		CHECK(wait_until(strstr(read_text("/sys/fs/cgroup/victims/cgroup.events"), "populated 0"), 2000));
	}
	PASS();
}
