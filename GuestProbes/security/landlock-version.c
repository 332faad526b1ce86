/*
 * Which Landlock is there?
 *
 * An unprivileged process can give up rights to files (Linux 5.13), to renaming between folders (5.19), truncation (6.2), TCP
 * ports (6.7), devices (6.10) and so on; the version tells. Sandboxes ask for it and get by with less. ENOSYS is a kernel
 * without, EOPNOTSUPP one where it is not switched on.
 *
 * Source: manual page landlock(7) of man-pages 6.20.
 */
#include <firstbad/kit.h>

PROBE("security.landlock-version", "Landlock has a version of 1 or more where it is there")
{
	errno = 0;
	long version = syscall(__NR_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
	int error = version < 0 ? errno : 0;
	OBSERVE("version", version < 0 ? 0 : version);
	OBSERVE_ERRNO("errno", error);
	CHECK(error == ENOSYS || error == EOPNOTSUPP || version >= 1);
	PASS();
}
