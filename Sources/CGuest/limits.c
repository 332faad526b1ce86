/* Limits of one probe and all its children, by a cgroup of their own (Documentation/admin-guide/cgroup-v2.rst). */
#include "CGuest.h"

#include <errno.h>
#include <firstbad/probe.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOP "/sys/fs/cgroup"

static int is_limited(const struct fb_limits *limits) { return limits->memory_mebibytes || limits->processes; }

static void group_of(int process, char path[64]) { snprintf(path, 64, TOP "/firstbad-%d", process); }

static int put(const char *folder, const char *file, const char *text)
{
	char path[96];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	return fb_write_existing(path, text, strlen(text));
}

static void require(int answer, const char *what)
{
	errno = -answer;
	if (answer < 0)
		fb_refused(what);
}

void fb_limit(const struct fb_limits *limits)
{
	char group[64], number[24];
	if (!is_limited(limits))
		return;
	/* The groups of a machine are not for us to change, and without its limit a probe is not to be let loose there. */
	if (getppid() != 1)
		fb_end(FB_SKIP, "", "", 0, "limits of memory and processes are for guests only");
	group_of(getpid(), group);
	if (limits->memory_mebibytes)
		require(put(TOP, "cgroup.subtree_control", "+memory"), "a limit of memory");
	if (limits->processes)
		require(put(TOP, "cgroup.subtree_control", "+pids"), "a limit of processes");
	require(mkdir(group, 0755) < 0 ? -errno : 0, "a cgroup of its own");
	if (limits->memory_mebibytes) {
		snprintf(number, sizeof number, "%dM", limits->memory_mebibytes);
		require(put(group, "memory.max", number), "a limit of memory");
	}
	if (limits->processes) {
		snprintf(number, sizeof number, "%d", limits->processes);
		require(put(group, "pids.max", number), "a limit of processes");
	}
	require(put(group, "cgroup.procs", "0"), "a cgroup of its own");
	errno = 0;
}

void fb_limit_lift(const struct fb_limits *limits, int process)
{
	char group[64];
	if (!is_limited(limits))
		return;
	group_of(process, group);
	rmdir(group);
	/* As it was, for a probe that looks. */
	put(TOP, "cgroup.subtree_control", "-memory");
	put(TOP, "cgroup.subtree_control", "-pids");
}
