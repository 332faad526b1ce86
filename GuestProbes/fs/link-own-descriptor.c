/*
 * May an ordinary user give a file that it opened a name, by linkat(AT_EMPTY_PATH)?
 *
 * Giving an O_TMPFILE file its name took CAP_DAC_READ_SEARCH, or a detour over /proc/self/fd. On later kernels the process
 * that opened the file may do it, as long as its credentials are the same.
 *
 * Source: commit title "vfs: relax linkat() AT_EMPTY_PATH - aka flink() - requirements"; measured between 6.1 and
 * 6.12.
 */
#include <firstbad/kit.h>

PROBE("fs.link-own-descriptor", "linkat(AT_EMPTY_PATH) names one's own file or fails with ENOENT",
      NEEDS("CONFIG_TMPFS"))
{
	const char *folder = temp_folder();
	REQUIRE_OK(chmod(folder, 0777));
	REQUIRE_OK(chdir(folder));
	become_nobody();
	int fd = REQUIRE_OK(open(".", O_TMPFILE | O_RDWR, 0600));
	int error = errno_of(linkat(fd, "", AT_FDCWD, "name", AT_EMPTY_PATH));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == ENOENT);
	CHECK_EQ(access("name", F_OK), error ? -1 : 0);
	PASS();
}
