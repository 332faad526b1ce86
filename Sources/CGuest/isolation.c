/* Namespaces of one probe: what it does is not seen by the next, and by hand not by the machine. */
#define _GNU_SOURCE
#include "CGuest.h"

#include <errno.h>
#include <fcntl.h>
#include <firstbad/probe.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The network that the init itself is in; -1 while it is there. */
static int home = -1;

int fb_network_enter(void)
{
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (here < 0)
		return -errno;
	if (unshare(CLONE_NEWNET) < 0) {
		int error = errno;
		close(here);
		return -error;
	}
	home = here;
	return fb_loopback_up("lo");
}

int fb_network_leave(void)
{
	if (home < 0)
		return 0;
	int error = setns(home, CLONE_NEWNET) < 0 ? errno : 0;
	close(home);
	home = -1;
	return -error;
}

void fb_refused(const char *what)
{
	fb_end(FB_SKIP, "", "", errno, "%s cannot be had: %s", what, fb_errno_name(errno));
}

/* Process 1 of the probe's pid namespace: collects orphans, and gives the probe's end on. */
static void collect(pid_t probe, int report)
{
	int status;
	for (;;) {
		pid_t process = waitpid(-1, &status, __WALL);
		if (process < 0 && errno == EINTR)
			continue;
		if (process == probe || process < 0)
			break;
	}
	/* Whoever is left dies with this process. */
	_exit(write(report, &status, sizeof status) == sizeof status ? 0 : 1);
}

/* Dies as the probe died, for the init to see. */
static void end_alike(int status)
{
	if (!WIFSIGNALED(status))
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	struct rlimit none = {0, 0};
	/* Not setrlimit(3): in musl it brings the signalling of all threads along, 2 KB. */
	prlimit(0, RLIMIT_CORE, &none, NULL);
	signal(WTERMSIG(status), SIG_DFL);
	kill(getpid(), WTERMSIG(status));
	_exit(1);
}

/* By hand: the machine is not to be changed. */
static int is_sheltered;

static int freeze(const char *top);

static void enter_pids(void)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0 || unshare(CLONE_NEWPID) < 0)
		fb_refused("a pid namespace");
	pid_t first = fork();
	if (first < 0)
		fb_refused("a process in its pid namespace");
	if (first > 0) {
		int status = 0, own;
		close(ends[1]);
		/* From the death of the collector this is the end of file, and what it said was read before. */
		if (read(ends[0], &status, sizeof status) != sizeof status)
			status = SIGKILL;
		while (waitpid(first, &own, 0) < 0 && errno == EINTR)
			;
		end_alike(status);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0) < 0 || (is_sheltered && freeze("/proc")))
		fb_refused("a /proc of its pid namespace");
	pid_t probe = fork();
	if (probe < 0)
		fb_refused("a process in its pid namespace");
	if (probe > 0)
		collect(probe, ends[1]);
	close(ends[0]);
	close(ends[1]);
	setsid();
}

void fb_isolate(int isolation)
{
	if (isolation & (FB_PRIVATE_MOUNTS | FB_PRIVATE_PIDS)) {
		if (fb_mounts_own(isolation & FB_PRIVATE_MOUNTS) < 0)
			fb_refused("mounts of its own");
	}
	if (isolation & FB_PRIVATE_PIDS)
		enter_pids();
	errno = 0;
}

static int put(const char *path, const char *text) { return fb_write_existing(path, text, strlen(text)); }

static int map_root(unsigned user, unsigned group)
{
	char text[32];
	put("/proc/self/setgroups", "deny");
	snprintf(text, sizeof text, "0 %u 1", user);
	int error = put("/proc/self/uid_map", text);
	snprintf(text, sizeof text, "0 %u 1", group);
	return error ? error : put("/proc/self/gid_map", text);
}

struct attributes { uint64_t set, clear, propagation, user_namespace; };

static int set_attributes(const char *path, int flags, struct attributes attributes)
{
	return syscall(442, AT_FDCWD, path, flags, &attributes, sizeof attributes) < 0 ? -errno : 0;
}

/* Makes a mount and all below it read-only, here only; but the sysctls of the network, which is the probe's own, may be
 * written. mount_setattr(2) is in Linux 5.12 and later. */
static int freeze(const char *top)
{
	mount("/proc/sys/net", "/proc/sys/net", 0, MS_BIND, 0);
	int error = set_attributes(top, 0x8000 /* AT_RECURSIVE */, (struct attributes){.set = 1 /* MOUNT_ATTR_RDONLY */});
	if (!error)
		set_attributes("/proc/sys/net", 0, (struct attributes){.clear = 1});
	return error;
}

/* A /dev with what belongs to nobody. Read-only mounts do not keep a device from being written. */
static int harmless_devices(void)
{
	static const char *const names[] = {"null", "zero", "full", "random", "urandom", "tty"};
	enum { count = sizeof names / sizeof *names };
	int nodes[count];
	char path[64], from[64];
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "/dev/%s", names[i]);
		nodes[i] = open(path, O_PATH | O_CLOEXEC);
	}
	if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=1m") < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		if (nodes[i] < 0)
			continue;
		snprintf(path, sizeof path, "/dev/%s", names[i]);
		snprintf(from, sizeof from, "/proc/self/fd/%d", nodes[i]);
		int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
		if (file < 0 || mount(from, path, 0, MS_BIND, 0) < 0)
			return -errno;
		close(file);
		close(nodes[i]);
	}
	mkdir("/dev/shm", 01777);
	if (mkdir("/dev/pts", 0755) == 0 && mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666") == 0 &&
	    symlink("pts/ptmx", "/dev/ptmx") < 0)
		return -errno;
	if (symlink("/proc/self/fd", "/dev/fd") < 0)
		return -errno;
	return 0;
}

int fb_shelter(void)
{
	unsigned user = geteuid(), group = getegid();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		return -errno;
	int error = map_root(user, group);
	if (error)
		return error;
	if (mount(0, "/", 0, MS_REC | MS_PRIVATE, 0) < 0)
		return -errno;
	if ((error = freeze("/")) || (error = harmless_devices()))
		return error;
	is_sheltered = 1;
	fb_fresh_folders();
	return fb_loopback_up("lo");
}
