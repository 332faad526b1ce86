/*
 * May the path of fstatat(fd, "", AT_EMPTY_PATH) be NULL?
 *
 * Since Linux 6.11 a null pointer does as well as an empty string, and spares the copy from user space that made this way of
 * fstat() slow. Before that it is EFAULT. Sandboxes that inspect the pointer met it when glibc changed over.
 *
 * Source: manual page statx(2) of man-pages 6.20 ("or NULL since Linux 6.11"); commit title "vfs: support statx(...,
 * NULL, AT_EMPTY_PATH, ...)" (0ef625bba6fb).
 */
#include <firstbad/kit.h>

PROBE("fs.stat-empty-path", "fstatat() of a descriptor takes no path, or refuses with EFAULT")
{
	struct stat status;
	int fd = temp_file();
	int error = errno_of(syscall(SYS_newfstatat, fd, NULL, &status, AT_EMPTY_PATH));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EFAULT);
	PASS();
}
