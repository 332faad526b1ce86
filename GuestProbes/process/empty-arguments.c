/*
 * What does a program see that is started without any argument, not even its name?
 *
 * execve() with an empty argv gave argc = 0, and set-uid programs that took argv[1] for granted read their environment
 * (CVE-2021-4034 in pkexec). Since 2022 the kernel puts one empty string there.
 *
 * Source: Debian's changelog: "exec: Force single empty string when argv is empty" in 5.10.110.
 */
#include <firstbad/kit.h>
#include <sys/ptrace.h>

PROBE("process.empty-arguments", "a program started without arguments starts")
{
	pid_t helper = child();
	if (helper == 0) {
		char *none[] = {NULL};
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execve("/proc/self/exe", none, none);
		_exit(errno);
	}
	int status;
	char path[64];
	REQUIRE_OK(waitpid(helper, &status, 0));
	/* A traced process stops with SIGTRAP when the new program is in place. */
	REQUIRE(WIFSTOPPED(status), "execve() without arguments: %s", fb_errno_name(WEXITSTATUS(status)));
	/* One NUL is one empty string; nothing at all is none. */
	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)helper);
	int fd = REQUIRE_OK(open(path, O_RDONLY));
	OBSERVE("arguments", REQUIRE_OK(read(fd, path, sizeof path)));
	PASS();
}
