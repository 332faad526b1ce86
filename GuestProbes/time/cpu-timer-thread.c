/*
 * Which thread gets the signal of a process's CPU timer?
 *
 * Any thread may take a signal that is sent to the process, and the kernel used to prefer the main thread. For a profiler that
 * counts the CPU time of the process that was the wrong one: it slept. Since 2023 the signal goes to the thread that runs,
 * if it does not block it.
 *
 * Source: commit title "posix-timers: Prefer delivery of signals to the current thread" (bcb7ee79029d).
 */
#include <firstbad/kit.h>
#include <pthread.h>
#include <time.h>

static volatile pid_t hit;

static void on_alarm(int number)
{
	(void)number;
	hit = (pid_t)syscall(SYS_gettid);
}

/* Armed by the thread that runs, when the main one has long been asleep in pthread_join(). */
static void *burn(void *timer)
{
	struct itimerspec soon = {.it_value.tv_nsec = 20000000};
	usleep(50000);
	REQUIRE_OK(timer_settime(*(timer_t *)timer, 0, &soon, 0));
	long long limit = fb_limit_of(4000);
	while (!hit && fb_now_ms() < limit)
		;
	return 0;
}

PROBE("time.cpu-timer-thread", "a CPU timer's signal reaches a thread of the process", TIMEOUT_S(10))
{
	pthread_t thread;
	timer_t timer;
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	signal(SIGUSR1, on_alarm);
	REQUIRE_OK(timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer));
	REQUIRE(pthread_create(&thread, 0, burn, &timer) == 0, "no thread can be made");
	pthread_join(thread, 0);
	CHECK(hit != 0);
	OBSERVE("thread", hit == getpid() ? "main" : "running");
	PASS();
}
