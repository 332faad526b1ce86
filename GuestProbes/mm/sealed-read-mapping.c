/*
 * Can a write-sealed memfd be mapped shared for reading?
 *
 * F_SEAL_WRITE promises that nobody writes. A shared mapping for reading only, without a chance of ever becoming writable, was
 * refused with EPERM all the same, against what memfd_create(2) suggests; later kernels, stable series too, allow it. Android and
 * Wayland hand out such buffers.
 *
 * Source: Debian's changelog: "mm: update memfd seal write check to include F_SEAL_WRITE" in 5.10.241 and 6.1.149.
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

PROBE("mm.sealed-read-mapping", "a write-sealed memfd has no writable mapping", NEEDS("CONFIG_MEMFD_CREATE"))
{
	int fd = REQUIRE_OK(memfd_create("sealed", MFD_ALLOW_SEALING));
	REQUIRE_OK(ftruncate(fd, 4096));
	REQUIRE_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	void *map = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0);
	OBSERVE_ERRNO("errno", map == MAP_FAILED ? errno : 0);
	CHECK_ERRNO((long)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
	if (map != MAP_FAILED)
		CHECK_ERRNO(mprotect(map, 4096, PROT_READ | PROT_WRITE), EACCES);
	PASS();
}
