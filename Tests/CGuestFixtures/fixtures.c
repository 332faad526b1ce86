#include "CGuestFixtures.h"

#include <firstbad/probe.h>
#include <signal.h>
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
