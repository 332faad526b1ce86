/* firstbad/process.h: children, waiting, namespaces and capabilities of a probe. See kit.h. */
#ifndef FIRSTBAD_PROCESS_H
#define FIRSTBAD_PROCESS_H

#include <firstbad/probe.h>
#include <sched.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

/* A helper child: 0 in the child, its id in the probe. It dies with the probe. Skips when fork fails.
 *
 *     pid_t helper = child();
 *     if (helper == 0) { ...; _exit(3); }
 *     CHECK_EQ(end_of(helper, 2000), 3);
 */
#define child() fb_child_fork(0, FB_HERE_)

/* The same in fresh namespaces: child_in(CLONE_NEWUSER | CLONE_NEWNS). With CLONE_NEWUSER the child is root there.
 * With CLONE_NEWPID it is process 1. Skips when the kernel or the user's rights do not allow it. */
#define child_in(namespaces) fb_child_fork((namespaces), FB_HERE_)

/* How a child ended: its exit status, or minus the signal that killed it. After so many milliseconds it is killed and
 * the probe skips: the helper has its own deadline, and its hanging is not the kernel's fault unless you say so. */
#define end_of(process, milliseconds) fb_end_of((process), (milliseconds), FB_HERE_)

/* Moves the calling process into fresh namespaces. */
#define new_namespaces(namespaces) fb_new_namespaces((namespaces), FB_HERE_)

/* What becomes of a child within so many milliseconds, in a word: "exited-3", "killed-SIGTERM", "stopped-SIGSTOP",
 * "continued", or "nothing" when the time is over. A stop that is continued before it was looked at is not seen.
 * CHECK_STR_EQ(event_of(helper, 1000), "stopped-SIGSTOP"); */
#define event_of(process, milliseconds) fb_event_of((process), (milliseconds), FB_HERE_)

/* Waits until an expression is true, at most so many milliseconds; gives whether it became true. Under emulation three
 * times as many, as for the probe's own deadline. It looks once a millisecond, so it is nothing to measure with.
 * CHECK(wait_until(read_number(path) == 0, 1000)); */
#define wait_until(condition, milliseconds)                                                            \
	({                                                                                             \
		long long fb_limit_ = fb_limit_of(milliseconds);                                         \
		int fb_true_;                                                                          \
		while (!(fb_true_ = !!(condition)) && fb_now_ms() < fb_limit_)                         \
			usleep(1000);                                                                  \
		fb_true_;                                                                              \
	})

/* Gives a capability up for good, by its number in <linux/capability.h>; effective, permitted, inheritable. */
#define drop_capability(number) fb_drop_capability((number), FB_HERE_)

/* Makes this process an ordinary user: uid and gid 65534, no groups, no capabilities. */
#define become_nobody() fb_become_nobody(FB_HERE_)

/* Whether two processes (0: this one) are in one namespace of a kind: same_namespace(helper, 0, "time") */
#define same_namespace(one, other, kind) fb_same_namespace((one), (other), (kind), FB_HERE_)

/* Milliseconds of CLOCK_MONOTONIC. */
long long fb_now_ms(void);
/* The time of fb_now_ms() at which a wait of so many milliseconds is over. */
long long fb_limit_of(long long milliseconds);
const char *fb_event_of(pid_t process, int milliseconds, const char *location);
pid_t fb_child_fork(int namespaces, const char *location);
int fb_end_of(pid_t process, int milliseconds, const char *location);
void fb_new_namespaces(int namespaces, const char *location);
void fb_drop_capability(int number, const char *location);
void fb_become_nobody(const char *location);
int fb_same_namespace(pid_t one, pid_t other, const char *kind, const char *location);

#endif
