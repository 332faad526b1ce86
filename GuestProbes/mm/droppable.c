/*
 * Is there memory that the kernel may drop?
 *
 * MAP_DROPPABLE (Linux 6.11) is for caches and for getrandom()'s state in the vDSO: under pressure its pages become zero
 * instead of being swapped. Older kernels do not know the mapping type; MAP_SHARED_VALIDATE's rules make it EINVAL.
 *
 * Source: manual page mmap(2) of man-pages 6.20; measured between 6.1 and 6.12.
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

PROBE("mm.droppable", "droppable memory can be used, or is refused with EINVAL")
{
	char *memory = mmap(0, 4096, PROT_READ | PROT_WRITE, 8 /* MAP_DROPPABLE */ | MAP_ANONYMOUS, -1, 0);
	OBSERVE_ERRNO("errno", memory == MAP_FAILED ? errno : 0);
	if (memory != MAP_FAILED)
		CHECK_EQ(memory[0], 0);
	else
		CHECK_EQ(errno, EINVAL);
	PASS();
}
