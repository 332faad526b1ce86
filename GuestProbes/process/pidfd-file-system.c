/*
 * What is a pidfd to stat()?
 *
 * All pidfds shared one inode of the anonymous inode file system, so that two could not be compared. On later kernels they live
 * in a file system of their own (pidfs), with an inode for each process.
 *
 * Source: measurement only: between 6.1 and 6.12.
 */
#include <firstbad/kit.h>
#include <sys/vfs.h>

PROBE("process.pidfd-file-system", "pidfds of one process have one inode")
{
	struct statfs system;
	struct stat one, two, other;
	pid_t helper = child();
	if (helper == 0)
		for (;;)
			pause();
	int first = REQUIRE_OK(syscall(__NR_pidfd_open, getpid(), 0));
	int second = REQUIRE_OK(syscall(__NR_pidfd_open, getpid(), 0));
	int third = REQUIRE_OK(syscall(__NR_pidfd_open, helper, 0));
	REQUIRE_OK(fstat(first, &one));
	REQUIRE_OK(fstat(second, &two));
	REQUIRE_OK(fstat(third, &other));
	REQUIRE_OK(fstatfs(first, &system));
	OBSERVE("file-system", system.f_type == 0x50494446 ? "pidfs" : "anonymous");
	OBSERVE("told-apart", one.st_ino != other.st_ino);
	CHECK_EQ(one.st_ino, two.st_ino);
	PASS();
}
