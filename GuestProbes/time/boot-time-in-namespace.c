/*
 * Does /proc/stat's boot time follow a time namespace?
 *
 * In a time namespace whose clock of boot time is shifted, /proc/uptime and clock_gettime() agree. The `btime` line of
 * /proc/stat, from which ps computes when a process began, did not follow at first.
 *
 * Source: commit title "fs/proc: apply the time namespace offset to /proc/stat btime" (October 2020); measured
 * between 5.10 and 6.1.
 */
#include <firstbad/kit.h>

PROBE("time.boot-time-in-namespace", "btime moves back by the namespace's offset or not at all",
      NEEDS("CONFIG_TIME_NS"))
{
	long outside = atol(field("/proc/stat", "btime"));
	new_namespaces(CLONE_NEWTIME);
	write_text("/proc/self/timens_offsets", "boottime 100000 0");
	pid_t helper = child();
	if (helper == 0) {
		long moved = outside - atol(field("/proc/stat", "btime"));
		/* Both are whole seconds of clocks that go on. */
		_exit(moved >= 99998 && moved <= 100002 ? 1 : moved >= -2 && moved <= 2 ? 0 : 2);
	}
	int moved = end_of(helper, 2000);
	OBSERVE("follows", moved);
	CHECK_LE(moved, 1);
	PASS();
}
