/*
 * Does a sysctl tell the machine's architecture?
 *
 * kernel.arch (Linux 6.1) is what `uname -m` says, for programs that have /proc and no uname, as shells in small images.
 *
 * Source: manual page proc(5) of man-pages 6.20 (since Linux 6.1).
 */
#include <firstbad/kit.h>
#include <sys/utsname.h>

PROBE("sysctl.kernel-arch", "kernel.arch is uname(2)'s machine where it is there")
{
	struct utsname name;
	int there = access("/proc/sys/kernel/arch", F_OK) == 0;
	OBSERVE("there", there);
	CHECK_OK(uname(&name));
	if (there)
		CHECK_STR_EQ(sysctl_text("kernel.arch"), name.machine);
	PASS();
}
