/*
 * What timer slack does a real-time thread have?
 *
 * Its sleeps were never rounded up to let timers coincide, and yet /proc/self/timerslack_ns and prctl(PR_GET_TIMERSLACK) told
 * 50,000 ns; later kernels tell 0, in stable series too.
 *
 * Source: Debian's changelog: "hrtimer: Use and report correct timerslack values for realtime tasks" in 6.1.132.
 */
#include <firstbad/kit.h>
#include <sys/prctl.h>

PROBE("time.realtime-slack", "a real-time process has the usual timer slack or none")
{
	struct sched_param priority = {.sched_priority = 1};
	OBSERVE("usual", prctl(PR_GET_TIMERSLACK));
	REQUIRE_OK(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &priority));
	long slack = CHECK_OK(prctl(PR_GET_TIMERSLACK));
	OBSERVE("real-time", slack);
	CHECK(slack == 0 || slack == 50000);
	PASS();
}
