/* Loading a kernel module (finit_module(2)). */
#define _GNU_SOURCE
#include "CGuest.h"

#include <errno.h>
#include <fcntl.h>
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
		fb_port_forbid();
		int error = syscall(SYS_finit_module, file, "", 0) < 0 ? errno : 0;
		_exit(error);
	}
	int status = 0, ended = process < 0 ? -errno : fb_await(process, milliseconds, &status);
	close(file);
	if (ended < 0)
		return ended;
	if (WIFEXITED(status))
		return -WEXITSTATUS(status);
	/* An Oops ends its process by KILL, too. */
	return ended ? -EFAULT : -ETIMEDOUT;
}
