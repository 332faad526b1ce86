/*
 * Can the initramfs be pivoted away from?
 *
 * pivot_root(2) documents that the first root file system cannot be pivoted: EINVAL, so every initramfs copies switch_root's
 * way of deleting itself. Later kernels mount an immutable empty file system below it, and the call works.
 *
 * Source: commit title "fs: add immutable rootfs" (576ee5dfd459); manual page pivot_root(2) of man-pages 6.20 still
 * tells the old rule.
 */
#include <firstbad/kit.h>
#include <sys/mount.h>

PROBE("fs.pivot-first-root", "pivot_root() from the initramfs works or is refused with EINVAL")
{
	/* The mounts are a copy; the guest's own root stays where it is. */
	REQUIRE_OK(chdir(new_mount("tmpfs", "")));
	int error = errno_of(syscall(SYS_pivot_root, ".", "."));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EINVAL);
	PASS();
}
