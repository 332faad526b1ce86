/*
 * When does unshare(CLONE_NEWTIME) reach the process itself?
 *
 * It is meant for children, and a program that then called execve() stayed in the old namespace. On later kernels a new
 * program begins in the new one.
 *
 * Source: commit title "fs/exec: switch timens when a task gets a new mm" (October 2022); measured between 6.1 and
 * 6.12.
 */
#include <firstbad/kit.h>
#include <sys/ptrace.h>

PROBE("namespaces.time-by-exec", "a program started after unshare(CLONE_NEWTIME) is in one of the two namespaces",
      NEEDS("CONFIG_TIME_NS"))
{
	int status;
	pid_t helper = child();
	if (helper == 0) {
		new_namespaces(CLONE_NEWTIME);
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execl("/proc/self/exe", "init", "list", (char *)NULL);
		_exit(errno);
	}
	REQUIRE_OK(waitpid(helper, &status, 0));
	REQUIRE(WIFSTOPPED(status), "the program does not start");
	OBSERVE("namespace", same_namespace(helper, 0, "time") ? "old" : "new");
	PASS();
}
