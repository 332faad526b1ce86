/*
 * Can a file on tmpfs be opened with O_DIRECT?
 *
 * open() failed with EINVAL for as long as tmpfs exists, and test suites of databases had to know. Linux 6.6 takes the flag
 * and goes through the page cache all the same.
 *
 * Source: commit title "tmpfs: trivial support for direct IO" (e88e0d366f9c).
 */
#include <firstbad/kit.h>

PROBE("fs.tmpfs-direct", "O_DIRECT on tmpfs works or is refused with EINVAL", NEEDS("CONFIG_TMPFS"))
{
	int fd = open(temp_text("0123456789"), O_RDONLY | O_DIRECT);
	OBSERVE_ERRNO("errno", fd < 0 ? errno : 0);
	if (fd >= 0)
		CHECK_EQ(lseek(fd, 0, SEEK_END), 10);
	else
		CHECK_EQ(errno, EINVAL);
	PASS();
}
