/*
 * Does MREMAP_DONTUNMAP work on a mapping of a file?
 *
 * The flag moves pages and leaves the old mapping in place, for garbage collectors and for the Chromium OS loader. It came with
 * Linux 5.7 for private anonymous memory only (EINVAL otherwise); Linux 5.13 allows any mapping but special ones.
 *
 * Source: manual page mremap(2) of man-pages 6.20 ("Before Linux 5.13 ...").
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

PROBE("mm.remap-leaving-file", "after MREMAP_DONTUNMAP both addresses are mapped")
{
	int fd = temp_file();
	REQUIRE_OK(write(fd, "x", 1));
	REQUIRE_OK(ftruncate(fd, 4096));
	char *old = REQUIRE_OK(mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0));
	char *new = mremap(old, 4096, 4096, MREMAP_MAYMOVE | 4 /* MREMAP_DONTUNMAP */, 0);
	OBSERVE_ERRNO("errno", new == MAP_FAILED ? errno : 0);
	if (new != MAP_FAILED) {
		CHECK_EQ(new[0], 'x');
		CHECK_EQ(old[0], 'x');
	} else {
		CHECK_EQ(errno, EINVAL);
	}
	PASS();
}
