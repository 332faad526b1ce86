/*
 * What does open(O_DIRECTORY | O_CREAT) do with a name that is not there?
 *
 * The two flags make no sense together. For years the kernel created a regular file and then failed with ENOTDIR, leaving
 * the file behind; since Linux 6.4 the call fails with EINVAL and creates nothing.
 *
 * Source: commit title "open: return EINVAL for O_DIRECTORY | O_CREAT" (43b450632676, 6.4-rc1); Debian's changelog
 * has it in 6.1.30, too.
 */
#include <firstbad/kit.h>

PROBE("fs.open-directory-create", "open(O_DIRECTORY | O_CREAT) opens no regular file")
{
	REQUIRE_OK(chdir(temp_folder()));
	int error = errno_of(open("new", O_DIRECTORY | O_CREAT, 0600));
	OBSERVE_ERRNO("errno", error);
	OBSERVE("left-behind", access("new", F_OK) == 0);
	CHECK_NE(error, 0);
	PASS();
}
