/*
 * Can a pidfd stand for one thread?
 *
 * pidfd_open() took the id of a thread group's leader only: any other thread was EINVAL, or ENOENT later. PIDFD_THREAD (Linux
 * 6.9) gives a descriptor for just that thread; without the flag the old rule stands.
 *
 * Source: manual page pidfd_open(2) of man-pages 6.20 (PIDFD_THREAD, since Linux 6.9).
 */
#include <firstbad/kit.h>
#include <pthread.h>

static void *answer(void *error)
{
	pid_t thread = (pid_t)syscall(SYS_gettid);
	((int *)error)[0] = errno_of(syscall(__NR_pidfd_open, thread, 0));
	((int *)error)[1] = errno_of(syscall(__NR_pidfd_open, thread, O_EXCL /* PIDFD_THREAD */));
	return 0;
}

PROBE("process.pidfd-thread", "pidfd_open() without PIDFD_THREAD refuses a thread that is no leader")
{
	pthread_t thread;
	int error[2] = {0, 0};
	REQUIRE(pthread_create(&thread, 0, answer, error) == 0, "no thread can be made");
	pthread_join(thread, 0);
	OBSERVE_ERRNO("plain", error[0]);
	OBSERVE_ERRNO("thread", error[1]);
	CHECK_NE(error[0], 0);
	PASS();
}
