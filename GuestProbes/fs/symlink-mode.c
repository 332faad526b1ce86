/*
 * Can the mode of a symbolic link be changed?
 *
 * A link's mode means nothing, and fchmodat(AT_SYMLINK_NOFOLLOW) says EOPNOTSUPP. By way of /proc/self/fd it could be
 * changed all the same on most file systems (and on some the call failed and yet changed it). Since 2023 the VFS
 * refuses it everywhere.
 *
 * Source: Debian's changelog: "attr: block mode changes of symlinks" in 5.10.197 and 6.1.55 and 6.5.5.
 */
#include <firstbad/kit.h>

PROBE("fs.symlink-mode", "a refused chmod of a symbolic link changes nothing")
{
	struct stat status;
	char path[64];
	REQUIRE_OK(chdir(temp_folder()));
	REQUIRE_OK(symlink("nowhere", "link"));
	int link = REQUIRE_OK(open("link", O_PATH | O_NOFOLLOW));
	snprintf(path, sizeof path, "/proc/self/fd/%d", link);
	int error = errno_of(chmod(path, 0600));
	OBSERVE_ERRNO("errno", error);
	REQUIRE_OK(fstat(link, &status));
	OBSERVE("mode", status.st_mode & 07777);
	if (error)
		CHECK_EQ(status.st_mode & 07777, 0777);
	PASS();
}
