/*
 * Can fchmodat() be told not to follow a link?
 *
 * The old system call has no flags, so C libraries emulated AT_SYMLINK_NOFOLLOW through /proc. fchmodat2() takes them since
 * Linux 6.6. The probe asks for a regular file, where it must work, flag or not.
 *
 * Source: commit title "fs: Add fchmodat2()" (09da082b07bb); manual page chmod(2) of man-pages 6.20 (flags since
 * Linux 6.6).
 */
#include <firstbad/kit.h>

PROBE("fs.fchmodat2", "fchmodat2() changes a regular file's mode")
{
	struct stat status;
	const char *path = temp_text("x");
	int error = errno_of(syscall(__NR_fchmodat2, AT_FDCWD, path, 0640, AT_SYMLINK_NOFOLLOW));
	OBSERVE_ERRNO("errno", error);
	if (error != ENOSYS) {
		CHECK_EQ(error, 0);
		CHECK_OK(stat(path, &status));
		CHECK_EQ(status.st_mode & 07777, 0640);
	}
	PASS();
}
