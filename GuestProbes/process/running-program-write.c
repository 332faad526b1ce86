/*
 * Can a program be written to while it runs?
 *
 * open() for writing of a program that runs is ETXTBSY since Unix. Linux 6.11 gave that up for programs as it had for
 * libraries, found that tools relied on it, and took the change back.
 *
 * Source: commit title "fs: don't block i_writecount during exec" (2a010c412853, 6.11-rc1), and its revert.
 */
#include <firstbad/kit.h>
#include <sys/sendfile.h>
#include <sys/ptrace.h>

PROBE("process.running-program-write", "a program that runs cannot be opened for writing")
{
	const char *program = temp_text("");
	int from = REQUIRE_OK(open("/proc/self/exe", O_RDONLY)), to = REQUIRE_OK(open(program, O_WRONLY)), status;
	while (REQUIRE_OK(sendfile(to, from, 0, 1 << 20)) > 0)
		;
	close(to);
	REQUIRE_OK(chmod(program, 0700));
	pid_t helper = child();
	if (helper == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execl(program, program, (char *)NULL);
		_exit(errno);
	}
	REQUIRE_OK(waitpid(helper, &status, 0));
	REQUIRE(WIFSTOPPED(status), "the copy does not start: %s", fb_errno_name(WEXITSTATUS(status)));
	int error = errno_of(open(program, O_WRONLY));
	OBSERVE_ERRNO("errno", error);
	CHECK_EQ(error, ETXTBSY);
	PASS();
}
