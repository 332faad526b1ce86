/* One probe in a process, a session and an output pipe of its own. */
#define _GNU_SOURCE
#include "CGuest.h"
#include "arena.h"

#include <errno.h>
#include <fcntl.h>
#include <firstbad/probe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

fb_result fb_probe_call(int index);

static void on_child(int number) { (void)number; }

/* Where a death is read; -1 on a kernel without CONFIG_SIGNALFD, where a handler ends ppoll(2). */
static int deaths = -1;

/* SIGCHLD stays blocked, but inside ppoll where a handler is to be called, so that no death falls between looking and
 * sleeping. */
static void block_child_signal(void)
{
	static int is_blocked;
	if (is_blocked)
		return;
	is_blocked = 1;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, 0);
	deaths = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	/* Never ignored, as a shell may have left it: the dead would be gone before we ask. */
	signal(SIGCHLD, deaths < 0 ? on_child : SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
}

static const char *const oom_score = "/proc/self/oom_score_adj";

int fb_await(int process, int milliseconds, int *status)
{
	block_child_signal();
	sigset_t death;
	sigemptyset(&death);
	sigaddset(&death, SIGCHLD);
	uint64_t end = fb_monotonic_milliseconds() + (uint64_t)milliseconds;
	for (int is_killed = 0;;) {
		/* Before the look: who was not looked at for long may have died in time. */
		int is_late = fb_monotonic_milliseconds() >= end;
		pid_t dead = waitpid(process, status, WNOHANG);
		if (dead)
			return dead < 0 ? -errno : !is_killed;
		if (is_late && is_killed)
			return -ETIMEDOUT;
		if (is_late) {
			kill(process, SIGKILL);
			is_killed = 1;
			end += 200;
		}
		static const struct timespec moment = {0, 20000000};
		sigtimedwait(&death, 0, &moment);
	}
}

/* When memory runs out it is the probe that must go. PID 1 is never killed for that, so its children may have the score
 * from it: opening a file of a new process is the dearest part of starting one. */
static void prepare_oom_score(void)
{
	static int is_prepared;
	if (!is_prepared && getpid() == 1)
		is_prepared = fb_write_existing(oom_score, "1000", 4) == 0;
}

/* Out of the way of tests that look at low descriptor numbers; a larger one would cost a larger table. */
enum { DOORBELL = 127 };

/* Everything from 3 on but the doorbell. The init has less than 64; by hand there may be any number. */
static void close_the_rest(int is_by_hand)
{
	/* close_range(2) is in Linux 5.9 and later. */
	if (fb_doorbell == DOORBELL && syscall(436, 3, is_by_hand ? DOORBELL - 1 : 63, 0) == 0 &&
	    (!is_by_hand || syscall(436, DOORBELL + 1, ~0U, 0) == 0))
		return;
	for (int descriptor = 3; descriptor < 64; descriptor++)
		if (descriptor != fb_doorbell)
			close(descriptor);
}

/* Its standard input, opened once by the init: a process's first open() costs ten times its later ones. */
static int nothing_to_read = -1;

static void become_probe(int index, int isolation, int has_mounts, const struct fb_child *child)
{
	int is_by_hand = getppid() != 1;
	fb_pool_leave();
	fb_port_forbid();
	/* By hand nobody ends what the init leaves behind when it is killed. */
	if (is_by_hand)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	/* What PID 1 has changed; by hand whoever started us may have changed any. */
	if (deaths < 0)
		signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	for (int number = 1; number < 32 && is_by_hand; number++)
		signal(number, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, 0);

	if (nothing_to_read >= 0)
		dup2(nothing_to_read, 0);
	dup2(child->output_end, 1);
	dup2(child->output_end, 2);
	/* The doorbell goes out of the way of tests that look at low descriptor numbers. */
	fb_doorbell = dup3(child->doorbell_end, DOORBELL, O_CLOEXEC);
	if (fb_doorbell < 0)
		fb_doorbell = fcntl(child->doorbell_end, F_DUPFD_CLOEXEC, 3);
	int is_isolated = has_mounts && fb_mounts_enter() == 0;
	close_the_rest(is_by_hand);
	if (is_by_hand)
		fb_write_existing(oom_score, "1000", 4);
	setvbuf(stdout, 0, _IOLBF, 0);
	/* To write first: the first read of shared memory would map sixteen pages of it, for one that is wanted. */
	fb_reached(0, 0);
	fb_limit(&child->limits);
	if (!is_isolated)
		fb_isolate(isolation);
	errno = 0;
	fb_probe_call(index);
	/* probe.h makes this unreachable from C; another language gets here. No message: no result. */
	fflush(0);
	_exit(0);
}

int fb_child_start(int index, int isolation, struct fb_limits limits, struct fb_child *child)
{
	/* Among the real mounts nothing of ours keeps one from being taken down. */
	if (!(isolation & FB_PRIVATE_MOUNTS)) {
		fb_mounts_drop();
		fb_kernel_files_close();
	}
	if (isolation == FB_PRIVATE_MOUNTS)
		fb_mounts_keep();
	block_child_signal();
	prepare_oom_score();
	if (nothing_to_read < 0)
		nothing_to_read = open("/dev/null", O_RDONLY | O_CLOEXEC);
	*child = (struct fb_child){.limits = limits};
	int ready = fb_pipes_open(child);
	if (ready < 0)
		return ready;
	int has_mounts = isolation == FB_PRIVATE_MOUNTS && fb_mounts_are_open();
	pid_t process = fork();
	int error = errno;
	if (process == 0)
		become_probe(index, isolation, has_mounts, child);
	child->process = process;
	if (process < 0) {
		fb_child_close(child);
		return -error;
	}
	return 0;
}

void fb_child_wait(const struct fb_child *child, int milliseconds)
{
	struct pollfd all[] = {{.fd = child->output, .events = POLLIN},
			       {.fd = child->doorbell, .events = POLLIN},
			       {.fd = deaths, .events = POLLIN}};
	struct timespec limit = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
	sigset_t none;
	sigemptyset(&none);
	if (ppoll(all, 3, &limit, deaths < 0 ? &none : 0) <= 0)
		return;
	struct signalfd_siginfo death;
	if (all[1].revents)
		fb_doorbell_quieten();
	if (all[2].revents)
		(void)!read(deaths, &death, sizeof death);
}

void fb_child_close(struct fb_child *child)
{
	fb_limit_lift(&child->limits, child->process);
	fb_pipes_leave();
}

int fb_reap(int *status)
{
	pid_t process = waitpid(-1, status, WNOHANG | __WALL);
	return process < 0 ? -errno : (int)process;
}

int fb_status_exited(int status) { return WIFEXITED(status); }
int fb_status_code(int status) { return WEXITSTATUS(status); }
int fb_status_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

void fb_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1); }

static void kill_children(void)
{
	char path[64], list[1024];
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	long size = fb_read_file(path, list, sizeof list - 1);
	if (size <= 0)
		return;
	list[size] = 0;
	/* Each with a blank behind it; a number at the very end of what was read may be cut short, and another's. */
	for (char *next = list, *end; (end = strchr(next, ' ')); next = end + 1) {
		long process = fb_decimal(next);
		if (process > 1)
			kill((pid_t)process, SIGKILL);
	}
}

void fb_kill_all(int group)
{
	if (getpid() == 1) {
		kill(-1, SIGKILL);
		return;
	}
	kill(-group, SIGKILL);
	kill_children();
}
