/* Loading a kernel module (finit_module(2)). */
#define _GNU_SOURCE
#include "CGuest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A module's init function may sleep for ever, and an Oops in it kills the process that called: neither may happen to
 * PID 1. Every errno of finit_module(2) fits into an exit status. */
int fb_module_load(const char *path, int milliseconds)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	pid_t process = fork();
	if (process == 0) {
		int error = syscall(SYS_finit_module, file, "", 0) < 0 ? errno : 0;
		_exit(error);
	}
	int result = process < 0 ? -errno : -ETIMEDOUT;
	close(file);
	if (process < 0)
		return result;
	uint64_t end = fb_monotonic_milliseconds() + (uint64_t)milliseconds;
	for (;;) {
		int status = 0;
		pid_t dead = waitpid(process, &status, WNOHANG);
		if (dead == process)
			return WIFEXITED(status) ? -WEXITSTATUS(status) : -EFAULT;
		if (dead < 0 && errno != EINTR)
			return -errno;
		if (fb_monotonic_milliseconds() >= end)
			break;
		usleep(500);
	}
	kill(process, SIGKILL);
	return result;
}
