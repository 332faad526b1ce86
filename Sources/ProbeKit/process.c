/* Children, namespaces and capabilities of a probe. */
#include "ProbeKit.h"

#include <errno.h>
#include <firstbad/kit.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#define SKIP_AT(location, ...) fb_end(FB_SKIP, (location), "", errno, __VA_ARGS__)

long long fb_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

long long fb_limit_of(long long milliseconds) { return fb_now_ms() + milliseconds * fb_patience_percent / 100; }

static void map(const char *path, unsigned id, const char *location)
{
	char text[32];
	snprintf(text, sizeof text, "0 %u 1", id);
	if ((errno = fb_put(path, text)))
		SKIP_AT(location, "%s cannot be written: %s", path, fb_errno_name(errno));
}

static void become_root(unsigned user, unsigned group, const char *location)
{
	fb_put("/proc/self/setgroups", "deny");
	map("/proc/self/uid_map", user, location);
	map("/proc/self/gid_map", group, location);
}

void fb_new_namespaces(int namespaces, const char *location)
{
	unsigned user = geteuid(), group = getegid();
	if (unshare(namespaces) < 0)
		SKIP_AT(location, "unshare(%#x) is refused: %s", (unsigned)namespaces, fb_errno_name(errno));
	if (namespaces & CLONE_NEWUSER)
		become_root(user, group, location);
	/* Mounts of a fresh namespace would still reach the old one where that is shared. */
	if (namespaces & CLONE_NEWNS)
		mount(0, "/", 0, MS_REC | MS_PRIVATE, 0);
}

/* Children of the probe that still live, for the clean-up. */
static void kill_child(void *process)
{
	kill((pid_t)(long)process, SIGKILL);
	waitpid((pid_t)(long)process, 0, WNOHANG);
}

pid_t fb_child_fork(int namespaces, const char *location)
{
	/* A new pid namespace is entered by children only, so it takes the fork below as its first process. */
	int before = namespaces & (CLONE_NEWPID | CLONE_NEWUSER);
	unsigned user = geteuid(), group = getegid();
	fflush(0);
	if (!(namespaces & CLONE_NEWPID)) {
		pid_t process = fork();
		if (process < 0)
			SKIP_AT(location, "fork() fails: %s", fb_errno_name(errno));
		if (process > 0) {
			at_end(kill_child, (void *)(long)process);
			return process;
		}
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (namespaces)
			fb_new_namespaces(namespaces, location);
		return 0;
	}
	/* clone(2) with the stack of the caller is fork(2) with namespaces; the probe itself moves nowhere. */
	pid_t process = (pid_t)syscall(SYS_clone, (long)(before | SIGCHLD), 0L, 0L, 0L, 0L);
	if (process < 0)
		SKIP_AT(location, "clone(%#x) is refused: %s", (unsigned)before, fb_errno_name(errno));
	if (process > 0) {
		at_end(kill_child, (void *)(long)process);
		return process;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (before & CLONE_NEWUSER)
		become_root(user, group, location);
	if (namespaces & ~before)
		fb_new_namespaces(namespaces & ~before, location);
	return 0;
}

int fb_end_of(pid_t process, int milliseconds, const char *location)
{
	int status = 0;
	pid_t got = 0;
	if (!wait_until((got = waitpid(process, &status, WNOHANG)) != 0, milliseconds)) {
		kill(process, SIGKILL);
		waitpid(process, &status, 0);
		fb_end(FB_SKIP, location, "", 0, "the helper was not done after %d ms", milliseconds);
	}
	if (got < 0)
		SKIP_AT(location, "the helper cannot be waited for: %s", fb_errno_name(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

const char *fb_event_of(pid_t process, int milliseconds, const char *location)
{
	char word[48] = "nothing", *kept;
	int status = 0;
	pid_t got = 0;
	wait_until((got = waitpid(process, &status, WNOHANG | WUNTRACED | WCONTINUED)) != 0, milliseconds);
	if (got < 0)
		SKIP_AT(location, "there is no such child: %s", fb_errno_name(errno));
	if (got > 0 && WIFEXITED(status))
		snprintf(word, sizeof word, "exited-%d", WEXITSTATUS(status));
	else if (got > 0 && WIFSIGNALED(status))
		snprintf(word, sizeof word, "killed-%s", fb_signal_name(WTERMSIG(status)));
	else if (got > 0 && WIFSTOPPED(status))
		snprintf(word, sizeof word, "stopped-%s", fb_signal_name(WSTOPSIG(status)));
	else if (got > 0)
		snprintf(word, sizeof word, "continued");
	if (!(kept = strdup(word)))
		SKIP_AT(location, "no memory: %s", fb_errno_name(errno));
	return kept;
}

void fb_drop_capability(int number, const char *location)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{0}};
	if (syscall(SYS_capget, &header, data) < 0)
		SKIP_AT(location, "capget() fails: %s", fb_errno_name(errno));
	unsigned bit = ~(1u << (number & 31));
	data[number / 32].effective &= bit;
	data[number / 32].permitted &= bit;
	data[number / 32].inheritable &= bit;
	if (syscall(SYS_capset, &header, data) < 0)
		SKIP_AT(location, "capset() fails: %s", fb_errno_name(errno));
}

void fb_become_nobody(const char *location)
{
	/* The calls of the kernel and not musl's: those want every thread to follow. */
	if (syscall(SYS_setgroups, 0, 0) < 0 || syscall(SYS_setresgid, 65534, 65534, 65534) < 0 ||
	    syscall(SYS_setresuid, 65534, 65534, 65534) < 0)
		SKIP_AT(location, "this process may not become another user: %s", fb_errno_name(errno));
	/* A change of user makes /proc/self root's. */
	prctl(PR_SET_DUMPABLE, 1);
}

static struct stat namespace_of(pid_t process, const char *kind, const char *location)
{
	char path[64];
	struct stat status;
	if (process)
		snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)process, kind);
	else
		snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
	if (stat(path, &status) < 0)
		SKIP_AT(location, "%s cannot be looked at: %s", path, fb_errno_name(errno));
	return status;
}

int fb_same_namespace(pid_t one, pid_t other, const char *kind, const char *location)
{
	return namespace_of(one, kind, location).st_ino == namespace_of(other, kind, location).st_ino;
}
