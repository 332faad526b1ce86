#include "CGuestFixtures.h"

#include "../../Sources/CGuest/arena.h"

#include <CGuest.h>
#include <firstbad/probe.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void play(enum fixture what)
{
	switch (what) {
	case FIXTURE_PASS:
		OBSERVE("count", 42);
		OBSERVE("word", "ENOSPC");
		PASS();
	case FIXTURE_FAIL: CHECK_EQ(1 + 1, 3);
	case FIXTURE_SKIP: SKIP("one CPU of %d", 2);
	case FIXTURE_SEGFAULT:
		OBSERVE("before", 1);
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	case FIXTURE_FLOOD:
		for (int i = 0; i < 5000; i++)
			OBSERVE("number", i);
		PASS();
	case FIXTURE_TEXT:
		/* As another language says it: a check that failed, then the end, with a path where C has a name. */
		fb_say_text(FB_FAIL, "some/where/probe.swift:7", "100 % of 1 is not 2");
		fb_end_text(FB_FAIL, "probe.swift:9", "a check failed");
	case FIXTURE_SCRIBBLE:
		/* What a wild pointer may do. */
		memset((void *)fb_arena, 1, sizeof *fb_arena);
		_exit(0);
	}
	_exit(99);
}

int fixture_run(enum fixture what)
{
	pid_t process = fork();
	if (process == 0)
		play(what);
	int status = -1;
	/* This process only: other tests have children of their own. */
	waitpid(process, &status, 0);
	return status;
}

int fixture_await(enum fixture_end how)
{
	pid_t waiter = fork();
	if (waiter == 0) {
		int status;
		pid_t process = fork();
		if (process == 0) {
			if (how == FIXTURE_KILL)
				raise(SIGKILL);
			while (how == FIXTURE_NEVER)
				pause();
			_exit(0);
		}
		_exit(fb_await(process, 300, &status) + 100);
	}
	int status = -1;
	waitpid(waiter, &status, 0);
	return WEXITSTATUS(status) - 100;
}

int fixture_read_in_child(void *memory)
{
	pid_t process = fork();
	if (process == 0) {
		fb_pool_leave();
		if (fb_pool_take(16) || fb_pool_give(memory))
			_exit(99);
		signal(SIGSEGV, SIG_DFL);
		_exit(*(volatile char *)memory);
	}
	int status = -1;
	waitpid(process, &status, 0);
	return status;
}
