/*
 * May a process without CAP_SETFCAP map root into a user namespace?
 *
 * Whoever maps uid 0 of the parent can write file capabilities there as if root. Since Linux 5.12 writing such a uid_map takes
 * CAP_SETFCAP in the parent namespace as well as CAP_SETUID.
 *
 * Source: Debian's changelog: "capabilities: require CAP_SETFCAP to map uid 0" in 5.10.35; manual page
 * user_namespaces(7) of man-pages 6.20 (Linux 5.12).
 */
#include <firstbad/kit.h>
#include <linux/capability.h>

PROBE("namespaces.file-capability-map", "uid 0 can be mapped with CAP_SETFCAP, and without it maybe not",
      NEEDS("CONFIG_USER_NS"))
{
	int step[2];
	char path[64];
	REQUIRE_OK(pipe(step));
	REQUIRE(getuid() == 0, "only root can map uid 0");
	drop_capability(CAP_SETFCAP);
	pid_t helper = child();
	if (helper == 0) {
		REQUIRE_OK(unshare(CLONE_NEWUSER));
		REQUIRE_OK(write(step[1], "x", 1));
		for (;;)
			pause();
	}
	REQUIRE_OK(read(step[0], path, 1));
	snprintf(path, sizeof path, "/proc/%d/uid_map", (int)helper);
	int error = write_errno(path, "0 0 1");
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EPERM);
	PASS();
}
